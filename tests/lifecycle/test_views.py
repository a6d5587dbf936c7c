"""Moving an account in the browser: its panel, the form, without scripts, the toast with undo."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from customers.models import Account, Event
from lifecycle import actions
from lifecycle.models import Interruption, StageMove
from tests.words import text


def moves(account):
    return f"/accounts/{account.pk}/stage-moves/"


def at(account, stage):
    Account.objects.filter(pk=account.pk).update(stage=stage)
    account.refresh_from_db()


def events_of(answer):
    return answer.headers.get("HX-Trigger", "")


@pytest.fixture
def ed(client, cast):
    client.force_login(cast["ed_editor"])
    return client


def test_without_scripts_a_move_is_a_form_a_redirect_and_a_message(ed, account):
    at(account, "early")
    form = ed.get(moves(account))
    assert form.status_code == 200
    assert "Move stage" in text(form)

    answer = ed.post(
        moves(account), {"was": "early", "to": "mid", "reason": "Second supplier"}, follow=True
    )

    account.refresh_from_db()
    assert account.stage == "mid"
    assert answer.redirect_chain == [(f"/accounts/{account.pk}/#stage", 302)]
    assert "Vorholm Cranes moved to “Mid”." in text(answer)
    assert StageMove.objects.get().reason == "Second supplier"


def test_without_scripts_a_refused_move_shows_the_form_with_the_reason(ed, account):
    answer = ed.post(moves(account), {"was": "pre", "to": "partnership", "reason": "At once"})

    assert answer.status_code == 422
    assert "one step at a time" in text(answer)
    assert "At once" in text(answer)
    account.refresh_from_db()
    assert account.stage == "pre"


def test_a_move_from_an_old_page_is_a_conflict(ed, account):
    at(account, "mid")

    answer = ed.post(moves(account), {"was": "early", "to": "pre"})

    assert answer.status_code == 409
    assert "no longer in “Early”" in text(answer)
    assert 'name="was" value="mid"' in answer.content.decode()  # to choose anew from what holds
    assert not StageMove.objects.exists()


def test_an_interruption_asks_for_causes_and_the_panel_shows_them(ed, account):
    at(account, "mid")
    asked = ed.post(moves(account), {"was": "mid", "to": "interrupted", "reason": "Cracks"})
    assert asked.status_code == 422
    assert "at least one cause" in text(asked)

    ed.post(
        moves(account),
        {"was": "mid", "to": "interrupted", "causes": ["quality", "market"], "reason": "Cracks"},
    )

    page = text(ed.get(f"/accounts/{account.pk}/"))
    for shown in ("Broke here", "Quality problem", "Change of market position", "Cracks"):
        assert shown in page
    assert "Resume" in page

    resumed = ed.post(moves(account), {"was": "interrupted", "to": "mid"}, follow=True)
    assert "resumed in “Mid”" in text(resumed)
    assert Interruption.objects.get().resumed_to == "mid"


def test_on_a_board_the_answer_is_a_toast_with_the_inverse_move(ed, account):
    answer = ed.post(
        moves(account),
        {"was": "pre", "to": "early", "place": "board"},
        headers={"HX-Request": "true"},
    )

    html = answer.content.decode()
    assert "moved to “Early”" in html
    assert 'name="was" value="early"' in html
    assert 'name="to" value="pre"' in html
    assert "stage-moved" in events_of(answer)

    ed.post(moves(account), {"was": "early", "to": "pre", "place": "board"})
    account.refresh_from_db()
    assert account.stage == "pre"


def test_the_undo_of_a_resumption_restores_the_old_break(ed, account, cast):
    actions.interrupt(account, by=cast["olga_owner"], causes=["trust", "chain"], note="Left")
    long_ago = timezone.now() - dt.timedelta(days=40)
    Interruption.objects.update(started_at=long_ago, stage="mid")

    answer = ed.post(
        moves(account), {"to": "mid", "place": "board"}, headers={"HX-Request": "true"}
    )

    assert Interruption.objects.get().resumed_to == "mid"
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.content.decode()))
    undo = {name: sent[name] for name in ("to", "was", "undoes", "place")}
    assert (undo["to"], undo["was"]) == ("interrupted", "mid")
    ed.post(moves(account), undo)
    account.refresh_from_db()
    broken = Interruption.objects.get()  # no second one
    assert (account.stage, broken.stage, broken.started_at) == ("interrupted", "mid", long_ago)
    assert (broken.ended_at, broken.ended_by, broken.resumed_to) == (None, None, "")
    assert (broken.note, broken.undone) == ("Left", False)
    assert [c.cause for c in broken.causes.all()] == ["trust", "chain"]


def test_on_a_board_a_refusal_is_a_message_of_failure_and_changes_nothing(ed, account):
    answer = ed.post(
        moves(account),
        {"was": "pre", "to": "mid", "place": "board"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 422
    assert "one step at a time" in events_of(answer).encode().decode("unicode_escape")
    assert '"level": "error"' in events_of(answer)
    assert not Event.objects.filter(kind__startswith="stage.").exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"to": "moon"},
        {"to": "early\x00"},
        {"to": "early", "was": "moon"},
        {"to": "early", "reason": "x" * 2001},
        {"to": "early", "reason": "nul \x00"},
        {"to": "interrupted", "causes": "weather"},
        {"to": "interrupted", "causes": ["trust", "\x00"]},
    ],
)
def test_hostile_forms_are_refused_and_change_nothing(ed, account, sent):
    for place in ({}, {"place": "board"}):
        answer = ed.post(moves(account), sent | place, headers={"HX-Request": "true"})
        assert answer.status_code == 422
    assert ed.get(moves(account), {"to": "\x00"}).status_code == 200
    account.refresh_from_db()
    assert account.stage == "pre"
    assert not StageMove.objects.exists()


def test_a_viewer_sees_the_track_and_no_way_to_move(client, account, cast):
    actions.move_stage(account, to="early", by=cast["ed_editor"])
    client.force_login(cast["vera_viewer"])

    page = client.get(f"/accounts/{account.pk}/").content.decode()

    assert "Early" in page
    assert "Since" in page
    assert "stage-moves" not in page


def test_the_timeline_tells_moves_in_words(ed, account, cast):
    actions.move_stage(account, to="early", by=cast["olga_owner"], reason="First order")

    page = text(ed.get(f"/accounts/{account.pk}/timeline/"))

    for shown in ("Stage moved", "Pre", "Early", "First order"):
        assert shown in page
