"""The signals beyond orders and cadence, at and around their thresholds."""

import datetime as dt

import pytest

from customers.models import Contact
from lifecycle.models import Interruption
from teams.models import Handover, HandoverTick
from tests.churn.facts import (
    D,
    ago,
    complaint,
    contact,
    fired,
    monthly,
    noon,
    potential,
    score,
    somebody,
    strength_of,
)
from tests.nights import order

pytestmark = pytest.mark.django_db
TOMORROW = D + dt.timedelta(days=1)


# --- value falling and the season ------------------------------------------------------------


def seasonal(account, *, quiet):
    """Order weekly for two years, but for the same quiet quarter, the last one of which is now."""
    for days in range(0, 730, 7):
        if days % 365 >= quiet:
            order(account, ago(days), 100)


def test_a_quiet_season_is_no_falling_value(account, far_account):
    seasonal(account, quiet=75)
    for days in range(75, 730, 7):  # the quarter is quiet for the first time
        order(far_account, ago(days), 100)

    assert fired("value_falling", account) is None
    assert fired("value_falling", far_account)[1]["season"] == 1300


def test_a_season_that_fails_is_a_falling_value(account):
    for days in range(365, 455, 2):  # the season of last year, and little else
        order(account, ago(days), 1000)
    for days in range(10, 365, 15):
        order(account, ago(days), 100)
    order(account, ago(456), 100)

    figures = fired("value_falling", account)[1]

    assert (figures["recent"], figures["season"]) == (600, 45_000)
    assert figures["lacking"] == pytest.approx(1 - 600 * 365 / 90 / 46_900, abs=1e-3)


def test_a_year_ago_without_positive_value_tells_no_season(account):
    for days in range(20, 470, 10):
        order(account, ago(days), -100 if 365 <= days < 455 else 100)
    account.order_lines.filter(date__gt=ago(90)).delete()
    order(account, ago(500), 100)

    assert fired("value_falling", account) is None


# --- product categories ----------------------------------------------------------------------


def buy(account, category, *days, value=100):
    for day in days:
        order(account, ago(day), value, category=category)


@pytest.mark.parametrize(
    ("value", "strength"), [(100, None), (101, 0.2517), (180, 0.375), (900, 1.0), (9000, 1.0)]
)
def test_a_dropped_category_counts_by_its_part_of_the_year(account, value, strength):
    buy(account, "bearings", 120, 110, 100, value=300)
    buy(account, "bearings", 40)
    buy(account, "grease", 150, 130, value=value // 3)
    buy(account, "grease", 91, value=value - 2 * (value // 3))

    found = fired("categories_dropped", account)

    assert (found and found[0]) == strength
    if found:
        assert (found[1]["categories"], found[1]["lost"]) == (["grease"], value)


@pytest.mark.parametrize("last", [90, 89])
def test_a_category_is_dropped_after_ninety_days(account, last):
    buy(account, "bearings", 120, 60, 40)
    buy(account, "grease", 140, 115, last)

    found = fired("categories_dropped", account)

    assert (found is not None) == (last == 90)
    if found:
        assert found[1]["categories"] == ["grease"]
        assert found[1]["last"] == ago(90).isoformat()


def test_what_was_bought_rarely_or_twice_is_not_missed(account):
    buy(account, "bearings", 60)
    buy(account, "grease", 130, 100)
    buy(account, "belts", 200, 165, 130)  # every 35 days

    assert fired("categories_dropped", account) is None


def test_categories_are_unknown_where_the_account_is_silent_or_lines_have_none(account):
    buy(account, "grease", 140, 120, 100)
    assert fired("categories_dropped", account) is None  # the order gap speaks of that

    buy(account, "bearings", 10)
    assert fired("categories_dropped", account) is not None

    buy(account, "", 5)
    assert fired("categories_dropped", account) is None


# --- wallet share ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "strength"), [(850, None), (849, 0.2521), (675, 0.625), (500, 1.0), (0, 1.0)]
)
def test_wallet_share_counts_by_the_part_that_is_lost(account, now, strength):
    potential(account, 5000, ago(400))
    order(account, ago(500), 1000)
    order(account, ago(100), now)

    assert strength_of("wallet_falling", account) == strength


def test_wallet_share_falls_where_the_customer_grows_without_us(account):
    early, late = potential(account, 2000, ago(380)), potential(account, 4000, ago(20))
    potential(account, 9000, TOMORROW)
    order(account, ago(500), 1000)
    order(account, ago(100), 1000)

    figures = fired("wallet_falling", account)[1]

    assert (figures["before"], figures["share"], figures["lost"]) == (0.5, 0.25, 0.5)
    assert figures["potentials"] == [early.pk, late.pk]


def test_wallet_share_is_unknown_without_potential_then_and_now(account, far_account):
    for one in (account, far_account):
        order(one, ago(500), 1000)
        order(one, ago(100), 10)
    potential(account, 5000, ago(20))  # nothing known a year ago
    potential(far_account, 5000, ago(400))
    early = potential(far_account, 5000, ago(30))
    far_account.potentials.filter(pk=early.pk).update(amount=None)  # no rate

    assert fired("wallet_falling", account) is None
    assert fired("wallet_falling", far_account) is None


# --- tone ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tones", "strength"),
    [
        ([1, 1, 1, 1, 1, 1], None),
        ([0, 0, 1, 1, 1, 1], None),  # two thirds of a grade below
        ([0, 0, 0, 1, 1, 1], 0.4),
        ([-1, -1, -1, 1, 1, 1], 1.0),
        ([-2, -2, -2, 1, 1], None),  # too few before to compare with
        ([2, 2, 2, -2, -2, -2], None),
    ],
)
def test_tone_turns_when_three_entries_are_below_those_before(cast, account, tones, strength):
    for n, tone in enumerate(tones):
        contact(account, cast["olga_owner"], ago(5 + 20 * n), tone=tone)
        contact(account, cast["olga_owner"], ago(6 + 20 * n))  # without a tone: unknown

    assert strength_of("tone_turning", account) == strength


@pytest.mark.parametrize(("third", "known"), [(179, True), (180, False)])
def test_a_tone_of_long_ago_says_nothing_of_today(cast, account, third, known):
    for days, tone in ((100, -2), (120, -2), (third, -2), (200, 1), (220, 1), (240, 1)):
        contact(account, cast["olga_owner"], ago(days), tone=tone)

    assert (fired("tone_turning", account) is not None) == known


# --- people ----------------------------------------------------------------------------------


def test_contacts_that_rest_on_one_person_are_single_threaded(cast, account):
    olga, ed, wen, lin = (
        cast["olga_owner"],
        cast["ed_editor"],
        somebody(account),
        somebody(account, "Lin"),
    )
    for days in (300, 200):
        contact(account, olga, ago(days), ours=[olga], theirs=[wen])
    assert fired("single_threaded", account) is None  # two entries are no habit

    contact(account, olga, ago(100), ours=[olga], theirs=[wen])
    assert fired("single_threaded", account) == (
        1.0,
        {"theirs": wen.pk, "ours": olga.pk, "sides": 2, "entries": 3},
    )

    contact(account, olga, ago(90), ours=[olga, ed], theirs=[wen])
    assert fired("single_threaded", account)[0] == 0.625

    contact(account, olga, D, ours=[olga], theirs=[lin])
    assert fired("single_threaded", account) is None
    assert fired("single_threaded", account, as_of=ago(1)) is not None

    Contact.objects.filter(pk=lin.pk).update(left_on=D)
    assert fired("single_threaded", account)[1]["theirs"] == wen.pk


@pytest.mark.parametrize(("oldest", "known"), [(364, True), (365, False)])
def test_single_threads_are_those_of_a_year(cast, account, oldest, known):
    wen = somebody(account)
    for days in (oldest, 20, 10):
        contact(account, cast["olga_owner"], ago(days), theirs=[wen])

    assert (fired("single_threaded", account) is not None) == known


@pytest.mark.parametrize(("left", "strength"), [(-1, None), (0, 0.625), (179, 0.625), (180, None)])
@pytest.mark.parametrize("who", [{"attitude": "champion"}, {"dmu_role": "decider"}])
def test_a_champion_or_decider_is_missed_for_half_a_year(account, who, left, strength):
    gone = somebody(account, left_on=ago(left), **who)
    somebody(account, "Lin", left_on=ago(3), attitude="sceptic", dmu_role="buyer")

    found = fired("champion_left", account)

    assert (found and found[0]) == strength
    if found:
        assert found[1]["contacts"] == [gone.pk]


def test_a_successor_is_somebody_met_since(cast, account):
    somebody(account, left_on=ago(50), attitude="champion")
    heir = somebody(account, "Lin", dmu_role="decider")
    for day in (ago(50), TOMORROW):  # before it was so, and after the day
        contact(account, cast["olga_owner"], day, theirs=[heir])
    assert fired("champion_left", account)[0] == 0.625

    contact(account, cast["olga_owner"], ago(49), theirs=[heir])
    assert fired("champion_left", account) is None

    Contact.objects.filter(pk=heir.pk).update(left_on=ago(2))
    assert fired("champion_left", account)[0] == 1.0  # both are gone


@pytest.mark.parametrize(
    ("opened", "done", "strength"),
    [(-1, 0, None), (0, 0, 1.0), (179, 0, 1.0), (180, 0, None), (30, 3, 0.4375), (30, 1, 0.8125)],
)
def test_a_handover_counts_by_its_open_points(cast, account, opened, done, strength):
    handover = Handover.objects.create(
        account=account, was=cast["ed_editor"], to=cast["olga_owner"], opened_on=ago(opened)
    )
    for n, item in enumerate(HandoverTick.Item):
        at = noon(ago(1)) if n < done else noon(TOMORROW)
        HandoverTick.objects.create(handover=handover, item=item, at=at)

    assert strength_of("manager_changed", account) == strength


def test_a_handover_is_open_until_its_last_day(cast, account):
    handover = Handover.objects.create(
        account=account,
        was=cast["ed_editor"],
        to=cast["olga_owner"],
        opened_on=ago(9),
        closed_at=noon(TOMORROW),
    )
    assert fired("manager_changed", account)[1]["handover"] == handover.pk

    Handover.objects.update(closed_at=noon(D))
    assert fired("manager_changed", account) is None


# --- voices ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recent", "before", "strength"),
    [(1, 0, None), (2, 0, 0.5), (2, 4, 0.2534), (2, 5, None), (4, 0, 1.0), (9, 9, 1.0)],
)
def test_complaints_rise_above_an_average_quarter(account, recent, before, strength):
    for n in range(recent):
        complaint(account, category="price", severity=1, opened=ago(89 - n), resolved=ago(1))
    for n in range(before):
        complaint(account, category="invoice", severity=1, opened=ago(90 + 30 * n))
    complaint(account, opened=ago(90 + 365))  # too long ago
    complaint(account, opened=TOMORROW)

    found = fired("complaints_rising", account)

    assert (found and found[0]) == strength
    if found:
        assert len(found[1]["complaints"]) == recent


@pytest.mark.parametrize(
    ("scores", "strength"),
    [
        ([(10, 5), (20, 6)], None),  # a point
        ([(10, 5), (20, 7)], 0.5),
        ([(10, 5), (20, 6), (30, 7)], 0.375),
        ([(10, 4), (20, 9)], 1.0),
        ([(10, 9), (20, 4)], None),
        ([(10, 2)], None),  # nothing to compare with
        ([(364, 5), (400, 8)], 0.75),
        ([(365, 5), (400, 8)], None),  # too old to say anything of today
        ([(10, 5), (740, 8)], 0.75),
        ([(10, 5), (741, 8)], None),
    ],
)
def test_satisfaction_falls_below_the_mean_before(account, scores, strength):
    for days, number in scores:
        score(account, number, ago(days))
    score(account, 0, TOMORROW)

    assert strength_of("satisfaction_falling", account) == strength


# --- interrupted -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("started", "ended", "now"),
    [
        (D, None, True),
        (TOMORROW, None, False),
        (ago(30), D, False),
        (ago(30), TOMORROW, True),
    ],
)
def test_a_stage_is_interrupted_by_its_dates(account, started, ended, now):
    Interruption.objects.create(
        account=account,
        stage="mid",
        started_at=noon(started),
        ended_at=ended and noon(ended),
        resumed_to="mid" if ended else "",
    )

    found = fired("interrupted", account)

    assert (found is not None) == now
    if found:
        assert found[0] == 1.0
        assert found[1]["stage"] == "mid"
        assert found[1]["since"] == started.isoformat()


def test_a_night_may_look_at_some_accounts_only(account, far_account):
    for one in (account, far_account):
        monthly(one, 100, since=300)
        complaint(one)

    assert fired("quality_complaint", account, accounts=[far_account.pk]) is None
    assert fired("quality_complaint", far_account, accounts=[far_account.pk]) is not None
