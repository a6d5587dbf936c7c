"""Moves between stages, breaks and resumptions: what is allowed, refused, and written."""

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import F

from customers.errors import Refused
from customers.models import Account, Event, Stage
from lifecycle import actions
from lifecycle.models import Interruption, StageMove
from lifecycle.stages import NEXT, TRACK, Cause


def at(account, stage):
    """Bring an account to a stage behind everybody's back."""
    Account.objects.filter(pk=account.pk).update(stage=stage)
    account.refresh_from_db()
    return account


def nothing_written(account, stage):
    account.refresh_from_db()
    return (
        account.stage == stage
        and not StageMove.objects.exists()
        and not Event.objects.filter(kind__startswith="stage.").exists()
    )


def test_a_move_writes_stage_version_history_and_event_at_once(account, cast):
    version = account.version

    move = actions.move_stage(account, to="early", by=cast["ed_editor"], reason=" First order ")

    account.refresh_from_db()
    assert (account.stage, account.version) == ("early", version + 1)
    assert (move.was, move.to, move.reason, move.by) == (
        "pre", "early", "First order", cast["ed_editor"],
    )  # fmt: skip
    event = Event.objects.get(kind="stage.moved")
    assert event.changes == {"stage": ["pre", "early"], "reason": [None, "First order"]}
    assert (event.account, event.actor) == (account, cast["ed_editor"])


@pytest.mark.parametrize("stage", TRACK)
@pytest.mark.parametrize("to", TRACK)
def test_a_move_goes_one_step_up_or_down_and_no_further(account, cast, stage, to):
    at(account, stage)

    if abs(TRACK.index(stage) - TRACK.index(to)) == 1:
        assert to in NEXT[stage]
        actions.move_stage(account, to=to, by=cast["ed_editor"])
        account.refresh_from_db()
        assert account.stage == to
    else:
        with pytest.raises(Refused, match="already" if to == stage else "one step at a time"):
            actions.move_stage(account, to=to, by=cast["ed_editor"])
        assert nothing_written(account, stage)


def test_a_stale_move_is_refused_with_both_values(account, cast):
    at(account, "early")
    Account.objects.filter(pk=account.pk).update(stage="mid", version=F("version") + 1)

    with pytest.raises(Refused, match="moved by someone else") as refused:
        actions.move_stage(account, to="mid", by=cast["ed_editor"])

    assert refused.value.conflict["fields"] == {"stage": {"yours": "mid", "theirs": "mid"}}
    assert nothing_written(account, "mid")


def test_a_move_from_a_stage_that_the_person_no_longer_sees_is_refused(account, cast):
    at(account, "mid")

    with pytest.raises(Refused, match="no longer in “Early”") as refused:
        actions.change_stage(account, was="early", to="pre", by=cast["ed_editor"])

    assert refused.value.conflict["fields"] == {"stage": {"yours": "pre", "theirs": "mid"}}
    assert nothing_written(account, "mid")


@pytest.mark.parametrize("stage", TRACK)
def test_every_stage_may_be_interrupted_and_resumes_where_it_broke(account, cast, stage):
    at(account, stage)
    ed = cast["ed_editor"]

    actions.interrupt(account, by=ed, causes=["market", "quality"], note="Rotor cracks")

    broken = Interruption.objects.get(account=account)
    assert (broken.stage, broken.note, broken.started_by) == (stage, "Rotor cracks", ed)
    assert [cause.cause for cause in broken.causes.all()] == ["quality", "market"]
    event = Event.objects.get(kind="stage.interrupted")
    assert event.changes["stage"] == [stage, "interrupted"]
    assert event.changes["causes"] == [None, ["quality", "market"]]

    move = actions.resume(account, by=ed, reason="New rotors")

    account.refresh_from_db()
    broken.refresh_from_db()
    assert account.stage == broken.resumed_to == stage
    assert (broken.ended_at, broken.ended_by) == (move.at, ed)
    assert [(one.was, one.to) for one in StageMove.objects.order_by("pk")] == [
        (stage, "interrupted"), ("interrupted", stage),
    ]  # fmt: skip


def test_an_interruption_needs_a_cause(account, cast):
    with pytest.raises(Refused, match="at least one cause"):
        actions.interrupt(account, by=cast["ed_editor"], causes=[])

    assert nothing_written(account, "pre")


def test_an_account_is_not_interrupted_twice(account, cast):
    ed = cast["ed_editor"]
    actions.interrupt(account, by=ed, causes=[Cause.TRUST])

    with pytest.raises(Refused, match="interrupted already"):
        actions.interrupt(account, by=ed, causes=[Cause.TRUST])

    assert Interruption.objects.count() == StageMove.objects.count() == 1


def test_an_interrupted_account_does_not_move_and_resumes_nowhere_else(account, cast):
    at(account, "mid")
    ed = cast["ed_editor"]
    actions.interrupt(account, by=ed, causes=[Cause.FINANCE])

    with pytest.raises(Refused, match="Resume the relationship first"):
        actions.move_stage(account, to="mid", by=ed)
    with pytest.raises(Refused, match="resumes in “Mid”"):
        actions.change_stage(account, to="early", by=ed)

    account.refresh_from_db()
    assert account.stage == "interrupted"
    assert Interruption.objects.get().ended_at is None


def test_what_is_not_interrupted_does_not_resume(account, cast):
    with pytest.raises(Refused, match="not interrupted; it is in “Pre”"):
        actions.resume(account, by=cast["ed_editor"])

    assert nothing_written(account, "pre")


def test_a_break_of_which_nothing_is_known_resumes_at_the_beginning(account, cast):
    at(account, "interrupted")

    actions.resume(account, by=cast["ed_editor"])

    account.refresh_from_db()
    assert account.stage == "pre"


def test_an_unknown_cause_is_a_mistake_of_the_program(account, cast):
    with pytest.raises(ValueError, match="weather"):
        actions.interrupt(account, by=cast["ed_editor"], causes=["weather"])


def test_the_tables_keep_the_rules_by_themselves(account):
    open_break = {"account": account, "stage": "mid"}
    Interruption.objects.create(**open_break)

    for model, values in (
        (Interruption, open_break),
        (Interruption, {**open_break, "stage": "interrupted"}),
        (Interruption, {**open_break, "resumed_to": "mid"}),
        (StageMove, {"account": account, "was": "mid", "to": "mid"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(**values)


def race(*tries):
    """Run functions at once, each in a thread of its own; return what came of each."""
    start, answers = threading.Barrier(len(tries)), [None] * len(tries)

    def run(place, attempt):
        start.wait()
        try:
            attempt()
            answers[place] = "done"
        except Refused as refusal:
            answers[place] = str(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(tries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("to", ["partnership", "interrupted"])
def test_of_two_moves_at_once_exactly_one_wins(account, cast, to):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads share no memory database")
    at(account, Stage.MID)
    version = account.version
    copies = [Account.objects.get(pk=account.pk) for _ in range(2)]

    answers = race(
        lambda: actions.change_stage(copies[0], to="early", by=cast["ed_editor"]),
        lambda: actions.change_stage(copies[1], to=to, by=cast["olga_owner"], causes=["trust"]),
    )

    assert answers.count("done") == 1, answers
    assert "moved by someone else" in next(answer for answer in answers if answer != "done")
    account.refresh_from_db()
    move = StageMove.objects.get()
    assert (account.stage, account.version) == (move.to, version + 1)
    assert Interruption.objects.count() == (account.stage == "interrupted")
    assert Event.objects.filter(kind__startswith="stage.").count() == 1
