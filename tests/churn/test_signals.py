"""Signals at and around their thresholds; unknown stays unknown; the future never counts."""

import datetime as dt

import pytest

from customers.models import Account
from lifecycle.models import TierPolicy
from tests.churn.facts import D, ago, complaint, contact, fired, monthly, step
from tests.nights import order

pytestmark = pytest.mark.django_db


# --- order gap -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "strength"),
    [(59, None), (60, None), (61, 0.2625), (90, 0.625), (120, 1.0), (300, 1.0)],
)
def test_order_gap_fires_above_two_rhythms(account, gap, strength):
    for n in range(4):  # every 30 days
        order(account, ago(gap + 30 * n), 100)

    found = fired("order_gap", account)

    assert (found and found[0]) == strength
    if found:
        assert found[1] == {
            "days": gap,
            "rhythm": 30.0,
            "purchases": 4,
            "last": ago(gap).isoformat(),
        }


def test_order_gap_is_unknown_below_three_purchase_days(account):
    order(account, ago(300), 100)
    order(account, ago(200), 100)
    order(account, ago(200), 100)  # another order of the same day

    assert fired("order_gap", account) is None


def test_a_daily_buyer_is_given_a_week(account):
    for n in range(10):
        order(account, ago(14 + n), 100)
    assert fired("order_gap", account) is None  # 14 days are not above two weeks

    account.order_lines.filter(date=ago(14)).delete()
    assert fired("order_gap", account)[0] == pytest.approx(0.25 + 0.75 * (15 / 7 - 2) / 2, abs=1e-4)


def test_returns_and_orders_worth_nothing_are_no_purchase(account):
    for days in (190, 160, 130):
        order(account, ago(days), 100)
    order(account, ago(10), -50)
    order(account, ago(9), 0)
    # Two lines of one order that sum to less than nothing.
    order(account, ago(8), 40, order_id="both", line_id="1")
    order(account, ago(8), -60, order_id="both", line_id="2")

    assert fired("order_gap", account)[1]["days"] == 130


# --- value falling ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recent", "strength"),
    [(900, None), (541, None), (540, None), (539, 0.2521), (450, 0.4375), (180, 1.0), (-80, 1.0)],
)
def test_value_falling_fires_two_fifths_below_the_usual(account, recent, strength):
    order(account, ago(90 + 365), 9999)  # too long ago to count
    monthly(account, 300, since=90 + 360)
    account.order_lines.filter(date=ago(90)).update(revenue=50)  # 3,650 in 365 days
    order(account, ago(89), recent)

    found = fired("value_falling", account)

    if strength is None:
        assert found is None
    else:
        assert found[0] == strength
        assert found[1] == {
            "recent": recent,
            "usual": 900,
            "season": 900,
            "enough": 540,
            "lacking": round(1 - recent / 900, 4),
            "since": ago(89).isoformat(),
            "measure": "revenue",
            "currency": "CNY",
        }


def test_value_falling_measures_a_young_account_by_its_own_time(account):
    # 100 days of history before the last 90: a usual quarter is 900 of its 1,000.
    for days in (99, 75, 50, 30, 10):
        order(account, ago(90 + days), 200)
    order(account, ago(60), 450)

    assert fired("value_falling", account)[1]["lacking"] == 0.5


def test_value_falling_is_unknown_without_a_quarter_of_history_or_positive_value(
    account, far_account
):
    monthly(account, 1000, since=90 + 88)
    monthly(far_account, 100, since=400)
    order(far_account, ago(200), -2000)

    assert fired("value_falling", account) is None
    assert fired("value_falling", far_account) is None


@pytest.mark.parametrize(("rhythm", "known"), [(30, True), (31, False)])
def test_value_falling_is_unknown_where_orders_are_rare(account, rhythm, known):
    for n in range(12):
        order(account, ago(91 + n * rhythm), 100)

    assert (fired("value_falling", account) is not None) == known


def test_value_falling_is_of_the_measure_of_the_run(account):
    monthly(account, 4000, since=300, cost=100)
    for days in (70, 40, 10):
        order(account, ago(days), 4000, cost=3900)

    assert fired("value_falling", account, measure="revenue") is None
    assert fired("value_falling", account, measure="margin")[1]["recent"] == 300


# --- no contact ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tier", "days", "strength"),
    [
        ("ordinary", 60, None),
        ("ordinary", 61, 0.2625),
        ("ordinary", 120, 1.0),
        ("partner", 30, None),
        ("partner", 45, 0.625),
        ("strategic", 15, 0.3036),
    ],
)
def test_no_contact_fires_beyond_the_cadence_of_the_tier(cast, account, tier, days, strength):
    Account.objects.filter(pk=account.pk).update(tier=tier)
    contact(account, cast["olga_owner"], ago(days + 40))
    last = contact(account, cast["olga_owner"], ago(days))

    found = fired("no_contact", account)

    assert (found and found[0]) == strength
    if found:
        every = TierPolicy.objects.get(tier=tier).contact_every_days
        assert found[1] == {
            "days": days,
            "every": every,
            "last": ago(days).isoformat(),
            "interaction": last.pk,
        }


def test_no_contact_is_unknown_where_none_was_ever_logged(account):
    order(account, ago(5), 100)

    assert fired("no_contact", account) is None


# --- steps overdue ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "strength"), [(-1, None), (0, 0.275), (14, 0.625), (29, 1.0), (200, 1.0)]
)
def test_steps_are_overdue_from_the_end_of_their_day(cast, account, due, strength):
    found = step(account, cast["olga_owner"], ago(due), created=ago(300))

    answer = fired("steps_overdue", account)

    assert (answer and answer[0]) == strength
    if answer:
        assert answer[1]["steps"] == [found.pk]
        assert answer[1]["days"] == due + 1


def test_steps_are_open_by_their_dates_not_by_their_state(cast, account):
    person = cast["olga_owner"]
    step(account, person, ago(10), state="done", closed=D)
    step(account, person, ago(10), created=D + dt.timedelta(days=1))
    assert fired("steps_overdue", account) is None

    late = step(account, person, ago(8), state="dropped", closed=D + dt.timedelta(days=1))
    assert fired("steps_overdue", account)[1]["steps"] == [late.pk]


# --- quality complaints ----------------------------------------------------------------------


@pytest.mark.parametrize(("severity", "strength"), [(1, 0.5), (2, 0.75), (3, 1.0)])
def test_quality_complaints_weigh_by_severity(account, severity, strength):
    complaint(account, severity=1, opened=ago(40))
    worst = complaint(account, severity=severity)

    found = fired("quality_complaint", account)

    assert found[0] == strength
    assert found[1]["severity"] == severity
    assert found[1]["count"] == 2
    assert worst.pk in found[1]["complaints"]
    assert found[1]["days"] == 40


@pytest.mark.parametrize(
    ("values", "open_at_d"),
    [
        ({"opened": D}, True),
        ({"opened": D + dt.timedelta(days=1)}, False),
        ({"resolved": D}, False),
        ({"resolved": D + dt.timedelta(days=1)}, True),
        ({"category": "delivery", "severity": 3}, False),
    ],
)
def test_quality_complaints_are_open_by_their_dates(account, values, open_at_d):
    complaint(account, **values)

    assert (fired("quality_complaint", account) is not None) == open_at_d
