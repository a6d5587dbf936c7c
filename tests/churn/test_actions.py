"""Flags raised, answered and closed by people."""

import datetime as dt

import pytest

from accounts_crm.models import NightlyRun
from churn.actions import (
    acknowledge_flag,
    assign_flag,
    close_flag,
    raise_flag,
    snooze_flag,
    start_recovery,
)
from churn.models import Flag, Playbook, Risk
from churn.queries import with_success
from customers.actions import close_step
from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Event, NextStep
from tests.concurrently import at_once


@pytest.fixture
def flag(account, cast):
    return raise_flag(account, by=cast["olga_owner"], reason="A tender is out.")


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_a_flag_raised_by_hand_carries_the_newest_findings(account, cast):
    for day, score in ((1, 20), (2, 55)):
        run = NightlyRun.objects.create(as_of=dt.date(2024, 6, day), attempt=1, state="published")
        Risk.objects.create(
            run=run, account=account, scored="scored", score=score, findings=[{"signal": "x"}]
        )

    flag = raise_flag(account, by=cast["olga_owner"], reason="  A tender is out. ")

    assert (flag.kind, flag.state, flag.reason) == ("manual", "open", "A tender is out.")
    assert (flag.score, flag.as_of, flag.findings) == (55, dt.date(2024, 6, 2), [{"signal": "x"}])
    event = Event.objects.get(kind="flag.opened")
    assert event.actor == cast["olga_owner"]
    assert event.changes["reason"] == [None, "A tender is out."]


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_flag_by_hand_needs_a_reason(account, cast, reason):
    with pytest.raises(Refused) as refused:
        raise_flag(account, by=cast["olga_owner"], reason=reason)

    assert refused.value.field == "reason"
    assert not Flag.objects.exists()


def test_one_flag_by_hand_is_open_at_a_time(account, cast, flag):
    with pytest.raises(Refused, match="open flag raised by hand"):
        raise_flag(account, by=cast["ed_editor"], reason="Again.")
    assert kinds() == ["flag.opened"]

    close_flag(flag, by=cast["olga_owner"], outcome="recovered")
    raise_flag(account, by=cast["ed_editor"], reason="Again.")
    assert Flag.objects.count() == 2


def test_the_life_of_a_flag(flag, cast):
    person = cast["ed_editor"]

    acknowledge_flag(flag, by=person, version=1)
    start_recovery(flag, by=person, version=2)
    close_flag(flag, by=person, outcome="recovered", version=3, reason="New frame contract.")

    flag.refresh_from_db()
    assert (flag.state, flag.outcome, flag.version) == ("closed", "recovered", 4)
    assert flag.closed_at is not None
    assert kinds() == [
        "flag.opened",
        "flag.acknowledged",
        "flag.recovery",
        "flag.closed",
        "flag.noted",
    ]
    closing = Event.objects.get(kind="flag.closed")
    assert closing.changes["state"] == ["recovery", "closed"]
    assert closing.changes["outcome"] == ["", "recovered"]
    assert Event.objects.get(kind="flag.noted").changes["reason"] == [None, "New frame contract."]


def test_closing_notes_the_date_that_the_next_warning_waits_for(flag, cast, account):
    run = NightlyRun.objects.create(as_of=dt.date(2024, 6, 9), attempt=1, state="published")
    Risk.objects.create(run=run, account=account, scored="scored", score=1)

    close_flag(flag, by=cast["olga_owner"], outcome="false_alarm")

    assert flag.closed_as_of == dt.date(2024, 6, 9)


def test_closing_as_lost_makes_the_account_lost(flag, cast, account):
    with pytest.raises(Refused) as refused:
        close_flag(flag, by=cast["olga_owner"], outcome="lost")
    assert refused.value.field == "type"
    assert Flag.objects.get().state == "open"

    close_flag(flag, by=cast["olga_owner"], outcome="lost", defection={"type": "price"})

    account.refresh_from_db()
    assert account.status == "lost"
    assert (flag.defection.type, flag.defection.date) == ("price", day(0))
    assert kinds()[-3:] == ["flag.closed", "defection.recorded", "account.changed"]


def test_closing_otherwise_leaves_the_account_as_it_is(flag, cast, account):
    close_flag(flag, by=cast["olga_owner"], outcome="false_alarm")

    account.refresh_from_db()
    assert account.status == "active"


def test_doing_it_again_changes_nothing(flag, cast):
    person = cast["olga_owner"]
    acknowledge_flag(flag, by=person)
    acknowledge_flag(flag, by=person, version=1)
    close_flag(flag, by=person, outcome="lost", defection={"type": "price"})
    close_flag(flag, by=person, outcome="lost", reason="Twice")

    assert kinds() == [
        "flag.opened",
        "flag.acknowledged",
        "flag.closed",
        "defection.recorded",
        "account.changed",
    ]


@pytest.mark.parametrize(
    ("act", "values"),
    [(acknowledge_flag, {}), (start_recovery, {}), (close_flag, {"outcome": "lost"})],
)
def test_a_closed_flag_stays_closed(flag, cast, act, values):
    close_flag(flag, by=cast["olga_owner"], outcome="recovered")

    with pytest.raises(Refused, match="Closed"):
        act(flag, by=cast["olga_owner"], **values)

    assert Flag.objects.get().outcome == "recovered"


def test_recovery_does_not_go_back_to_acknowledged(flag, cast):
    start_recovery(flag, by=cast["olga_owner"])

    with pytest.raises(Refused, match="In recovery"):
        acknowledge_flag(flag, by=cast["olga_owner"])


def test_closing_needs_an_outcome(flag, cast):
    with pytest.raises(Refused) as refused:
        close_flag(flag, by=cast["olga_owner"], outcome="")

    assert refused.value.field == "outcome"


def test_a_stale_version_is_refused_with_both_values(flag, cast):
    start_recovery(flag, by=cast["ed_editor"], version=1)

    with pytest.raises(Refused) as refused:
        close_flag(flag, by=cast["olga_owner"], outcome="lost", version=1)

    assert refused.value.conflict["version"] == 2
    assert refused.value.conflict["fields"]["state"] == {"yours": "closed", "theirs": "recovery"}
    flag.account.refresh_from_db()
    assert flag.account.status == "active"


def day(ahead):
    return business_today() + dt.timedelta(days=ahead)


def test_a_flag_of_today_is_the_managers_and_due_in_a_week(flag, cast):
    assert flag.answerer == cast["olga_owner"]
    assert (flag.told_on, flag.due) == (day(0), day(7))


def test_snoozing_says_until_when(flag, cast):
    snooze_flag(flag, until=day(30), by=cast["olga_owner"], version=1)

    flag.refresh_from_db()
    assert (flag.state, flag.snoozed_until) == ("acknowledged", day(30))
    start_recovery(flag, by=cast["olga_owner"])
    flag.refresh_from_db()
    assert flag.snoozed_until is None
    assert kinds() == ["flag.opened", "flag.snoozed", "flag.recovery"]


@pytest.mark.parametrize("ahead", [-1, 0, 31])
def test_a_snooze_without_a_near_end_is_refused(flag, cast, ahead):
    with pytest.raises(Refused) as refused:
        snooze_flag(flag, until=day(ahead), by=cast["olga_owner"])

    assert refused.value.field == "snoozed_until"


def test_a_flag_is_handed_to_somebody_who_may_change_the_account(flag, cast):
    assign_flag(flag, owner=cast["ed_editor"], due=day(3), by=cast["olga_owner"], version=1)

    flag.refresh_from_db()
    assert (flag.answerer, flag.due) == (cast["ed_editor"], day(3))
    for name in ("vera_viewer", "otto_outsider", "rita_reader"):
        with pytest.raises(Refused, match="cannot answer"):
            assign_flag(flag, owner=cast[name], by=cast["olga_owner"])
    for ahead in (-1, 31):
        with pytest.raises(Refused, match="Choose a day"):
            assign_flag(flag, due=day(ahead), by=cast["olga_owner"])
    close_flag(flag, by=cast["olga_owner"], outcome="recovered")
    with pytest.raises(Refused, match="Closed"):
        assign_flag(flag, owner=None, by=cast["olga_owner"])


@pytest.fixture
def playbook(db):
    plan = [
        {"after_days": 2, "what": "Ring the buyer"},
        {"after_days": 14, "what": "Offer a frame contract"},
    ]
    return Playbook.objects.create(name="Hold the price", against="price", plan=plan)


def test_a_playbook_becomes_next_steps_of_who_answers(flag, cast, playbook):
    start_recovery(flag, by=cast["ed_editor"], version=1, playbook=playbook)
    start_recovery(flag, by=cast["ed_editor"], playbook=playbook)  # twice

    steps = flag.steps.order_by("due")
    assert [(step.what, step.due, step.who) for step in steps] == [
        ("Ring the buyer", day(2), cast["olga_owner"]),
        ("Offer a frame contract", day(14), cast["olga_owner"]),
    ]
    assert NextStep.objects.count() == 2
    other = Playbook.objects.create(name="Other", against="price")
    with pytest.raises(Refused, match="Hold the price"):
        start_recovery(flag, by=cast["ed_editor"], playbook=other)


def test_a_playbook_may_come_later_but_not_one_out_of_use(flag, cast, playbook):
    start_recovery(flag, by=cast["ed_editor"])
    with pytest.raises(Refused, match="no longer in use"):
        start_recovery(
            flag, by=cast["ed_editor"], playbook=Playbook(pk=9, name="Old", active=False)
        )
    start_recovery(flag, by=cast["ed_editor"], playbook=playbook)

    flag.refresh_from_db()
    assert (flag.state, flag.playbook, flag.steps.count()) == ("recovery", playbook, 2)


@pytest.mark.parametrize(("outcome", "left"), [("recovered", 1), ("false_alarm", 0), ("lost", 0)])
def test_steps_left_are_dropped_unless_the_account_recovers(flag, cast, playbook, outcome, left):
    start_recovery(flag, by=cast["ed_editor"], playbook=playbook)
    close_step(flag.steps.first(), by=cast["ed_editor"])

    close_flag(flag, by=cast["ed_editor"], outcome=outcome, defection={"type": "price"})

    assert flag.steps.filter(state="open").count() == left
    assert flag.steps.filter(state="done").count() == 1


def test_success_counts_what_was_recovered_of_what_ended(flag, cast, playbook, account):
    for outcome in ("recovered", "recovered", "lost", "false_alarm", ""):
        closed = {"state": "closed", "outcome": outcome} if outcome else {"kind": "score"}
        Flag.objects.create(
            account=account, playbook=playbook, reason="x", **{"kind": "manual", **closed}
        )

    found = with_success(Playbook.objects.all()).get()

    assert (found.recovered, found.ended, found.under_way) == (2, 3, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_wins_and_the_other_sees_both_values(account, cast):
    flag = raise_flag(account, by=cast["olga_owner"], reason="A tender is out.")

    def close(outcome, name):
        mine = Flag.objects.get(pk=flag.pk)
        return lambda: close_flag(mine, by=cast[name], outcome=outcome, version=1)

    outcomes = at_once(close("recovered", "olga_owner"), close("false_alarm", "ed_editor"))

    (lost,) = [one for one in outcomes if isinstance(one, Exception)]
    assert isinstance(lost, Refused), lost
    assert lost.conflict["version"] == 2
    assert set(lost.conflict["fields"]) >= {"outcome"}
    assert Event.objects.filter(kind="flag.closed").count() == 1
