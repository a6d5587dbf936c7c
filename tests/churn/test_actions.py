"""Flags raised, answered and closed by people."""

import datetime as dt

import pytest

from accounts_crm.models import NightlyRun
from churn.actions import acknowledge_flag, close_flag, raise_flag, start_recovery
from churn.models import Flag, Risk
from customers.errors import Refused
from customers.models import Event


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
    close_flag(flag, by=cast["olga_owner"], outcome="lost")

    account.refresh_from_db()
    assert account.status == "lost"
    assert kinds()[-2:] == ["flag.closed", "account.changed"]


def test_closing_otherwise_leaves_the_account_as_it_is(flag, cast, account):
    close_flag(flag, by=cast["olga_owner"], outcome="false_alarm")

    account.refresh_from_db()
    assert account.status == "active"


def test_doing_it_again_changes_nothing(flag, cast):
    person = cast["olga_owner"]
    acknowledge_flag(flag, by=person)
    acknowledge_flag(flag, by=person, version=1)
    close_flag(flag, by=person, outcome="lost")
    close_flag(flag, by=person, outcome="lost", reason="Twice")

    assert kinds() == ["flag.opened", "flag.acknowledged", "flag.closed", "account.changed"]


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
