"""Whom the nights ask about which flags, what they escalate, what they wake."""

import datetime as dt
import itertools
import random

import pytest
import time_machine

from accounts_crm.models import NightlyRun, Notice
from accounts_crm.tasks import relay
from churn import flags
from churn.actions import acknowledge_flag, close_flag, snooze_flag
from churn.models import Flag, Risk
from customers.models import Account, Event, Region
from teams.directing import directors_of
from teams.models import Post

D = dt.date(2024, 6, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def company(cast):
    """Return 12 accounts of Olga and 2 of nobody, all in the region East."""
    east, olga = Region.objects.get(name="East"), cast["olga_owner"]
    return [
        Account.objects.create(
            code=f"a{n}", name=f"A {n}", region=east, owner=olga if n < 12 else None
        )
        for n in range(14)
    ]


def night(number, accounts, *scores, fatal=()):
    """Publish a run of a day; stakes fall from account to account. Return its facts."""
    as_of = D + dt.timedelta(days=number)
    run = NightlyRun.objects.create(as_of=as_of, attempt=1, state="running")
    Risk.objects.bulk_create(
        Risk(
            run=run,
            account=account,
            scored="scored",
            score=score,
            level="high" if score >= 70 else "low",
            value_at_stake=1000 - place,
            fatal=place in fatal,
        )
        for place, (account, score) in enumerate(
            zip(accounts, itertools.cycle(scores), strict=False)
        )
    )
    facts = flags.open_after(run, today=as_of + dt.timedelta(days=1))
    NightlyRun.objects.filter(pk=run.pk).update(state="published")
    return facts


def told():
    return set(Flag.objects.exclude(told_on=None).values_list("account__code", flat=True))


def test_a_manager_is_asked_about_the_greatest_stakes_and_the_rest_waits(company, cast, client):
    night(1, company, 10)

    facts = night(2, company, 80)

    assert facts == {"flags": 14, "asked": 7, "waiting": 7, "woken": 0, "escalated": 0}
    # Five of Olga's; nobody's accounts burden nobody.
    assert told() == {"a0", "a1", "a2", "a3", "a4", "a12", "a13"}
    due = set(Flag.objects.exclude(told_on=None).values_list("due", flat=True))
    assert due == {D + dt.timedelta(days=3 + 7)}
    relay()
    olgas = Notice.objects.filter(user=cast["olga_owner"]).order_by("pk")
    assert sorted(olgas.values_list("count", flat=True)) == [1, 1, 1, 1, 1, 7]
    client.force_login(cast["olga_owner"])
    page = client.get("/notices/").content.decode()
    assert "7 more flags, which wait until your week has room" in page
    assert "/risk/?flag=waiting" in page


def test_fatal_signals_never_wait_but_count(company):
    night(1, company, 10)

    night(2, company[:12], 80, fatal=range(6))

    assert Flag.objects.filter(kind="fatal").exclude(told_on=None).count() == 6
    assert not Flag.objects.filter(kind="score").exclude(told_on=None).exists()


def test_what_waits_is_asked_about_when_the_week_is_over(company):
    night(1, company, 10)
    night(2, company, 80)
    assert [night(n, company, 80)["asked"] for n in range(3, 9)] == [0] * 6

    assert night(9, company, 80)["asked"] == 5

    assert Event.objects.filter(kind="flag.asked").count() == 5
    assert Event.objects.filter(kind="flag.opened").count() == 14
    assert Flag.objects.waiting().count() == 2


def test_an_answered_flag_waits_no_longer(company, cast):
    night(1, company, 10)
    night(2, company, 80)
    acknowledge_flag(Flag.objects.waiting().first(), by=cast["olga_owner"])

    assert night(3, company, 80)["waiting"] == 6


def test_sixty_nights_open_no_second_flag_and_ask_no_more_than_the_week_allows(company, settings):
    """Scores wander around both thresholds, and people close some of what they are asked about."""
    dice = random.Random(7)
    scores = [60] * len(company)
    for number in range(60):
        scores = [min(95, max(40, score + dice.randint(-9, 9))) for score in scores]
        night(number, company, *scores)
        for flag in Flag.objects.filter(state="open").exclude(told_on=None):
            if dice.random() < 0.3:
                close_flag(flag, by=None, outcome="recovered")
        standing = Flag.objects.standing()
        assert standing.count() == standing.values("account").distinct().count()

    mine = Flag.objects.filter(account__owner__isnull=False).exclude(told_on=None)
    days = list(mine.values_list("told_on", flat=True))
    weeks = [
        sum(first <= day < first + dt.timedelta(days=7) for day in days)
        for first in (D + dt.timedelta(days=n) for n in range(60))
    ]
    assert max(weeks) == settings.FLAGS_A_WEEK
    assert Flag.objects.count() > len(company)  # closed ones did open anew
    for account in company:
        for earlier, later in itertools.pairwise(account.flags.order_by("as_of")):
            between = account.risks.filter(
                run__as_of__gte=earlier.closed_as_of, run__as_of__lt=later.as_of
            )
            assert between.filter(score__lt=65).exists()  # no flapping


def test_what_nobody_answers_goes_to_the_director_once(company, cast):
    night(1, company[:2], 10)
    night(2, company[:2], 80)
    first, second = Flag.objects.order_by("pk")
    acknowledge_flag(second, by=cast["olga_owner"])

    assert [night(n, company[:2], 80)["escalated"] for n in (3, 9, 10, 11)] == [0, 0, 1, 0]

    first.refresh_from_db()
    assert first.escalated_on == D + dt.timedelta(days=11)  # due the day before
    event = Event.objects.get(kind="flag.escalated")
    assert (event.account, event.subject) == (first.account, {"flag": first.pk})
    relay()
    heard = Notice.objects.filter(event=event).values_list("user__username", flat=True)
    assert list(heard) == ["dirk_director"]  # of East; not the one above


def test_a_snoozed_flag_rests_until_its_day_and_asks_anew(company, cast):
    night(1, company[:1], 10)
    night(2, company[:1], 80)
    flag = Flag.objects.get()
    with time_machine.travel(dt.datetime(2024, 6, 4, 4, tzinfo=dt.UTC)):
        snooze_flag(flag, until=dt.date(2024, 6, 20), by=cast["olga_owner"], version=1)
    assert not Flag.objects.calling().exists()

    assert [night(n, company[:1], 80)["woken"] for n in (15, 17, 18, 19)] == [0, 0, 1, 0]

    flag.refresh_from_db()
    assert (flag.state, flag.snoozed_until, flag.version) == ("open", None, 3)
    assert flag.due == dt.date(2024, 6, 27)
    assert Flag.objects.calling().get() == flag
    relay()
    assert Notice.objects.get(event__kind="flag.woken").user == cast["olga_owner"]


def test_an_old_date_computed_late_asks_wakes_and_escalates_nothing(company):
    night(9, company, 80)
    Flag.objects.update(due=dt.date(2024, 1, 1), told_on=dt.date(2024, 1, 1))

    assert set(night(3, company, 80).values()) == {0}


def test_the_nearest_post_directs_and_nobody_his_own_account(company, cast, far_account):
    south = Region.objects.create(name="South", parent=Region.objects.get(name="East"))
    below, own = company[0], company[1]
    Account.objects.filter(pk=below.pk).update(region=south)
    Account.objects.filter(pk=own.pk).update(owner=cast["dirk_director"])

    found = directors_of([below.pk, own.pk, far_account.pk])

    dirk, dora = cast["dirk_director"].pk, cast["dora_director"].pk
    assert found == {below.pk: {dirk}, own.pk: {dora}, far_account.pk: {dora}}
    Post.objects.filter(title="East").update(holder=None)
    assert directors_of([below.pk]) == {below.pk: {dora}}
