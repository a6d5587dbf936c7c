"""Flags that runs open: when, for whom, and never twice."""

import datetime as dt

import pytest

from accounts_crm.models import NightlyRun
from churn import flags
from churn.actions import acknowledge_flag, close_flag, raise_flag
from churn.models import Flag, Risk
from customers.models import Account, Complaint, Event
from tests.nights import make_run, order

D = dt.date(2024, 6, 1)

pytestmark = pytest.mark.django_db


def night(number, *, stakes=None, fatal=(), superseding=False, **scores):
    """Publish a run of a day with risks of these scores; return the number of flags opened.

    scores  by account code; None for one that is not scored
    """
    as_of = D + dt.timedelta(days=number)
    if superseding:
        NightlyRun.objects.filter(as_of=as_of).update(state="superseded")
    attempt = NightlyRun.objects.filter(as_of=as_of).count() + 1
    run = NightlyRun.objects.create(as_of=as_of, attempt=attempt, state="running")
    for code, score in scores.items():
        account, _made = Account.objects.get_or_create(code=code, name=code)
        Risk.objects.create(
            run=run,
            account=account,
            scored="lapsed" if score is None else "scored",
            score=score,
            level="" if score is None else "high" if score >= 70 else "low",
            value_at_stake=(stakes or {}).get(code, 100),
            fatal=code in fatal,
            findings=[{"signal": "order_gap", "figures": {"days": number}}],
        )
    opened = flags.open_after(run, today=as_of + dt.timedelta(days=1))["flags"]
    NightlyRun.objects.filter(pk=run.pk).update(state="published")
    return opened


def opened(kind="score"):
    return sorted(Flag.objects.filter(kind=kind).values_list("account__code", flat=True))


def close_all(outcome="false_alarm"):
    for flag in Flag.objects.exclude(state="closed"):
        close_flag(flag, by=None, outcome=outcome)


def test_a_score_that_turns_high_opens_a_flag_with_its_findings(db):
    night(1, a=69, b=10)

    assert night(2, a=70, b=10) == 1

    flag = Flag.objects.get()
    assert (flag.account.code, flag.kind, flag.state, flag.score) == ("a", "score", "open", 70)
    assert flag.as_of == D + dt.timedelta(days=2)
    assert flag.findings == [{"signal": "order_gap", "figures": {"days": 2}}]
    event = Event.objects.get(kind="flag.opened")
    assert event.subject == {"flag": flag.pk}
    assert event.account == flag.account


def test_a_score_that_stays_high_opens_no_second_flag(db):
    night(1, a=10)
    night(2, a=80)

    assert [night(n, a=80) for n in range(3, 8)] == [0] * 5
    assert [night(n, a=score) for n, score in ((8, 60), (9, 90), (10, 20), (11, 75))] == [0] * 4
    assert Flag.objects.count() == 1


def test_the_first_run_flags_the_highest_values_at_stake_only(db, settings):
    settings.RISK_FIRST_RUN_FLAGS = 2
    stakes = {"a": 5, "b": 500, "c": 50, "d": None}

    assert night(1, stakes=stakes, a=90, b=70, c=80, d=99, e=20) == 2

    assert opened() == ["b", "c"]
    # The rest is listed; it gets a flag once it has been lower and turns high again.
    assert night(2, a=90, b=70, c=80, d=99) == 0
    assert night(3, a=50) == 0
    assert night(4, a=90) == 1


def test_the_first_run_flags_every_fatal_signal(db, settings):
    settings.RISK_FIRST_RUN_FLAGS = 1

    night(1, fatal="abc", a=70, b=70, c=90)

    assert opened("fatal") == ["a", "b", "c"]
    assert len(opened("score")) == 1


def test_repeating_the_first_run_opens_nothing_more(db, settings):
    settings.RISK_FIRST_RUN_FLAGS = 2
    stakes = {"a": 3, "b": 2, "c": 1}
    night(1, stakes=stakes, fatal="a", a=90, b=90, c=90)

    assert night(1, stakes=stakes, fatal="a", a=90, b=90, c=90, superseding=True) == 0

    close_all()
    assert night(1, stakes=stakes, fatal="a", a=90, b=90, c=90, superseding=True) == 0


def test_a_fatal_signal_that_newly_fires_opens_a_flag_beside_one_for_the_score(db):
    night(1, a=75)
    assert opened() == ["a"]

    night(2, fatal="a", a=80)
    night(3, fatal="a", a=80)

    assert (opened(), opened("fatal")) == (["a"], ["a"])


def test_after_closing_a_flag_waits_for_a_score_below_65(db):
    night(1, a=10)
    night(2, a=80)
    close_all()

    # Up and down between 65 and high: no flapping.
    assert [night(n, a=score) for n, score in ((3, 68), (4, 75), (5, 65), (6, 90))] == [0] * 4
    # Below 65: armed again.
    assert night(7, a=64) == 0
    assert night(8, a=72) == 1
    assert Flag.objects.filter(state="closed").count() == 1


def test_scores_below_65_before_the_closing_do_not_arm(db):
    night(1, a=80)
    night(2, a=30)
    night(3, a=68)
    close_all("recovered")

    assert night(4, a=90) == 0


def test_a_flag_closed_when_the_account_was_calm_holds_nothing_back(db):
    night(1, a=10)
    night(2, fatal="a", a=80)
    night(3, a=60)
    close_all("recovered")

    # Both rise again the night after: new warnings, not old ones.
    assert night(4, fatal="a", a=80) == 2


def test_after_closing_a_fatal_flag_waits_until_its_signal_has_stopped(db):
    night(1, a=10)
    night(2, fatal="a", a=75)
    close_all()

    assert night(3, fatal="a", a=75) == 0
    assert night(4, a=75) == 0  # it has stopped
    assert night(5, fatal="a", a=75) == 1
    assert opened("fatal") == ["a", "a"]


def test_an_answered_flag_is_still_open(db):
    night(1, a=80)
    acknowledge_flag(Flag.objects.get(), by=None)
    night(2, a=10)

    assert night(3, a=80) == 0


def test_a_flag_raised_by_hand_holds_back_no_other_kind(account):
    raise_flag(account, by=None, reason="Their buyer hinted at a tender.")
    code = {account.code: 80}
    Account.objects.filter(pk=account.pk).update(name=account.code)

    assert night(1, **code) == 1


def test_accounts_that_are_not_scored_get_no_flag(db):
    night(1, a=10)

    assert night(2, a=None) == 0


def test_an_earlier_date_computed_late_opens_nothing(db):
    night(5, a=10)

    assert night(3, a=90, fatal="a") == 0
    # Nor does it count as the night before.
    assert night(6, a=90) == 1


def test_a_missed_night_compares_with_the_newest_before_it(db):
    night(1, a=80)
    close_all("recovered")
    night(2, a=20)

    assert night(30, a=80) == 1


def test_sixty_nights_around_the_threshold_open_one_flag(db):
    scores = [50] + [69 + (n * 7) % 5 for n in range(60)]

    total = sum(night(n, a=score) for n, score in enumerate(scores))

    assert total == 1


def test_whole_nights_open_and_keep_flags(cast):
    """From order lines to flags: a complaint is fatal once, however often the night is repeated."""
    accounts = [Account.objects.create(code=f"n{n}", name=f"N {n}") for n in range(12)]
    for n, account in enumerate(accounts):
        for day in range(0, 300, 10 + n):
            order(account, D - dt.timedelta(days=day), 1000 + day)
    make_run(D)
    assert opened("fatal") == []
    Complaint.objects.create(
        account=accounts[4],
        category="quality",
        severity=3,
        opened_on=D + dt.timedelta(days=1),
        text="Brake drum cracked",
    )

    for days in (1, 1, 2):
        make_run(D + dt.timedelta(days=days))

    assert opened("fatal") == ["n4"]
    flag = Flag.objects.get(kind="fatal")
    assert flag.findings[0]["signal"] == "quality_complaint"
