"""Moves against the evidence of the latest night: a reason is asked for, in every way of moving."""

import datetime as dt

import pytest

from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account, Event, NextStep
from lifecycle import actions
from lifecycle.against import is_against
from lifecycle.models import Assessment, Interruption, StageMove
from lifecycle.remedies import proposed
from lifecycle.stages import TRACK
from tests.nights import make_run, order

DAY = business_today() - dt.timedelta(days=1)


@pytest.fixture
def night(account):
    """Return the run of last night: Vorholm bought, which supports Early and no more."""
    order(account, DAY - dt.timedelta(days=7), 900_00)
    return make_run(DAY)


def at(account, stage):
    Account.objects.filter(pk=account.pk).update(stage=stage)
    account.refresh_from_db()


def stage_of(account):
    return Account.objects.values_list("stage", flat=True).get(pk=account.pk)


def supports(night, account, stage):
    Assessment.objects.filter(run=night, account=account).update(supported=stage)


@pytest.mark.parametrize("supported", TRACK)
@pytest.mark.parametrize("was", TRACK)
@pytest.mark.parametrize("to", TRACK)
def test_a_move_is_against_the_evidence_that_leads_away_from_it(supported, was, to):
    shown, held, wanted = (TRACK.index(one) for one in (supported, was, to))
    up, down = wanted > held, wanted < held

    expected = (up and wanted > shown) or (down and shown >= held)

    assert is_against(supported, was, to) is expected
    assert not is_against("", was, to)


def test_a_move_above_the_evidence_needs_a_reason_and_says_what_is_missing(account, cast, night):
    at(account, "early")

    with pytest.raises(Refused, match="Not shown yet for “Mid”") as refused:
        actions.move_stage(account, to="mid", by=cast["ed_editor"], reason=" \n")

    said = str(refused.value)
    assert refused.value.field == "reason"
    for point in ("Wallet share of at least 30% (unknown)", "2 functions of theirs met", "Say why"):
        assert point in said
    assert "purchase" not in said  # which is there
    assert stage_of(account) == "early"
    assert not StageMove.objects.exists()

    move = actions.move_stage(account, to="mid", by=cast["ed_editor"], reason="New contract")
    assert (stage_of(account), move.reason) == ("mid", "New contract")


def test_a_move_down_from_what_the_evidence_supports_needs_a_reason(account, cast, night):
    at(account, "early")

    with pytest.raises(Refused, match="still supports “Early”"):
        actions.move_stage(account, to="pre", by=cast["ed_editor"])

    supports(night, account, "pre")
    actions.move_stage(account, to="pre", by=cast["ed_editor"])
    assert stage_of(account) == "pre"


def test_a_move_with_the_evidence_and_one_before_the_first_night_need_none(
    account, far_account, cast, night
):
    actions.move_stage(account, to="early", by=cast["ed_editor"])
    assert stage_of(account) == "early"

    Assessment.objects.filter(account=far_account).delete()  # opened since
    actions.move_stage(far_account, to="early", by=cast["dora_director"])
    assert stage_of(far_account) == "early"


def test_only_the_latest_published_night_speaks(account, cast, night):
    at(account, "early")
    make_run(DAY - dt.timedelta(days=1))
    supports(night, account, "mid")
    actions.move_stage(account, to="mid", by=cast["ed_editor"])
    night.state = "superseded"
    night.save()

    with pytest.raises(Refused, match="Not shown yet"):
        actions.move_stage(account, to="partnership", by=cast["ed_editor"])


def test_a_night_whose_figures_are_thinned_out_says_what_it_supports(account, cast, night):
    at(account, "early")
    Assessment.objects.update(figures={})

    with pytest.raises(Refused, match="supports no more than “Early”"):
        actions.move_stage(account, to="mid", by=cast["ed_editor"])


def test_one_takes_back_the_own_move_without_a_reason_and_nobody_elses(account, cast, night):
    ed, olga = cast["ed_editor"], cast["olga_owner"]
    move = actions.move_stage(account, to="early", by=ed)

    for person, undoes in ((olga, move.pk), (ed, move.pk + 1), (ed, None)):
        with pytest.raises(Refused, match="still supports"):
            actions.change_stage(account, to="pre", by=person, undoes=undoes)
    actions.change_stage(account, to="pre", by=ed, was="early", undoes=move.pk)

    assert stage_of(account) == "pre"


def test_an_old_move_is_not_taken_back_without_a_reason(account, cast, night):
    move = actions.move_stage(account, to="early", by=cast["ed_editor"])
    StageMove.objects.update(at=move.at - actions.SECOND_THOUGHTS)

    with pytest.raises(Refused, match="still supports"):
        actions.change_stage(account, to="pre", by=cast["ed_editor"], undoes=move.pk)


@pytest.mark.parametrize("broke_at", ["pre", "mid", "synergistic"])
def test_a_relationship_resumes_where_its_evidence_is(account, cast, night, broke_at):
    at(account, broke_at)
    ed = cast["ed_editor"]
    actions.interrupt(account, by=ed, causes=["trust"])

    if broke_at != "early":
        with pytest.raises(Refused, match="resumes in “Early”, as its evidence supports"):
            actions.change_stage(account, to=broke_at, by=ed)
    actions.change_stage(account, to="early", by=ed)

    broken = Interruption.objects.get()
    assert stage_of(account) == broken.resumed_to == "early"
    assert not broken.undone


def test_the_undo_of_a_break_goes_back_to_where_it_was_and_drops_its_steps(
    client, account, cast, night
):
    at(account, "mid")
    client.force_login(cast["ed_editor"])
    url, htmx = f"/accounts/{account.pk}/stage-moves/", {"HX-Request": "true"}
    day = business_today() + dt.timedelta(days=3)
    sent = {"to": "interrupted", "was": "mid", "causes": ["quality", "trust"]}
    sent |= {"what-quality": "Send the 8D report", "due-quality": day, "what-trust": ""}
    broke = client.post(url, sent, headers=htmx)
    step = NextStep.objects.get()
    assert (step.what, step.due, step.who, step.state) == (
        "Send the 8D report", day, cast["olga_owner"], "open",
    )  # fmt: skip
    move = StageMove.objects.get()
    assert f'name="undoes" value="{move.pk}"' in broke.content.decode()

    client.post(
        url, {"to": "mid", "was": "interrupted", "undoes": move.pk, "place": "board"}, headers=htmx
    )

    step.refresh_from_db()
    assert (stage_of(account), step.state) == ("mid", "dropped")
    assert Interruption.objects.get().undone


def test_what_is_taken_back_is_brought_back_with_its_steps(account, cast, night):
    ed = cast["ed_editor"]
    broke = actions.interrupt(account, by=ed, causes=["quality"], remedies=proposed())
    back = actions.resume(account, by=ed, to=broke.was, undoes=broke.pk)
    assert (Interruption.objects.get().undone, NextStep.objects.get().state) == (True, "dropped")

    again = actions.interrupt(account, by=ed, causes=[], undoes=back.pk)

    broken = Interruption.objects.get()
    assert (broken.undone, broken.ended_at, stage_of(account)) == (False, None, "interrupted")
    assert NextStep.objects.get().state == "open"
    event = Event.objects.filter(kind="stage.interrupted").latest("pk")
    assert event.subject == {"stagemove": again.pk}
    assert event.changes["causes"] == [None, ["quality"]]


@pytest.mark.parametrize("who", ["olga_owner", "ed_editor"])
def test_only_the_own_resumption_just_made_is_taken_back(account, cast, night, who):
    ed = cast["ed_editor"]
    actions.interrupt(account, by=ed, causes=["trust"])
    move = actions.resume(account, by=ed)
    if who == "ed_editor":
        StageMove.objects.filter(pk=move.pk).update(at=move.at - actions.SECOND_THOUGHTS)

    with pytest.raises(Refused, match="at least one cause"):
        actions.interrupt(account, by=cast[who], causes=[], undoes=move.pk)
    actions.interrupt(account, by=cast[who], causes=["quality"], undoes=move.pk)

    assert Interruption.objects.count() == 2
    assert Interruption.objects.filter(ended_at=None).count() == 1


def test_a_resumption_leaves_the_steps_alone(account, cast, night):
    ed = cast["ed_editor"]
    actions.interrupt(account, by=ed, causes=["trust"], remedies=proposed())
    actions.resume(account, by=ed)

    assert NextStep.objects.get().state == "open"  # of trust alone
    assert not Interruption.objects.get().undone


def test_a_step_goes_to_who_planned_it_where_nobody_manages_the_account(account, cast, night):
    Account.objects.filter(pk=account.pk).update(owner=None)
    account.refresh_from_db()
    actions.interrupt(account, by=cast["ed_editor"], causes=["quality"], remedies=proposed())

    assert NextStep.objects.get().who == cast["ed_editor"]


# In the browser


@pytest.fixture
def ed(client, cast):
    client.force_login(cast["ed_editor"])
    return client


def test_the_form_tells_beforehand_and_again_when_a_reason_is_missing(ed, account, night):
    at(account, "early")
    url = f"/accounts/{account.pk}/stage-moves/"
    form = ed.get(url).content.decode()
    assert "To “Mid” only with a reason: Not shown yet for “Mid”" in form
    assert "To “Pre” only with a reason: The evidence still supports “Early”" in form

    refused = ed.post(url, {"was": "early", "to": "mid"})

    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in page
    assert "Say why you move it all the same" in page
    assert ed.post(url, {"was": "early", "to": "mid", "reason": "Contract"}).status_code == 302
    assert stage_of(account) == "mid"


def test_a_board_gets_the_form_to_ask_for_the_reason(ed, account, night):
    at(account, "early")
    answer = ed.post(
        f"/accounts/{account.pk}/stage-moves/",
        {"was": "early", "to": "mid", "place": "board"},
        headers={"HX-Request": "true"},
    )

    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#stage-dialog")
    assert 'value="mid" checked' in answer.content.decode()
    assert stage_of(account) == "early"


def test_the_form_says_where_it_resumes_before_one_presses_the_button(ed, account, cast, night):
    at(account, "mid")
    actions.interrupt(account, by=cast["ed_editor"], causes=["trust"])

    form = ed.get(f"/accounts/{account.pk}/stage-moves/").content.decode()
    assert "resumes in “Early”, the stage that its evidence supports" in form

    Assessment.objects.all().delete()
    form = ed.get(f"/accounts/{account.pk}/stage-moves/").content.decode()
    assert "resumes in “Mid”, the stage where it broke" in form


def test_steps_are_proposed_for_each_cause_quality_first_and_faults_named(ed, account, night):
    url = f"/accounts/{account.pk}/stage-moves/"
    form = ed.get(url, {"to": "interrupted"}).content.decode()
    assert form.index('name="what-quality"') < form.index('name="what-trust"')
    assert "Agree corrective action" in form

    sent = {"to": "interrupted", "was": "pre", "causes": ["quality"], "what-quality": "Report"}
    yesterday = business_today() - dt.timedelta(days=2)
    for day, said in (("", "Give the day"), ("soon", "such as"), (yesterday, "has passed")):
        refused = ed.post(url, sent | {"due-quality": day, "due-trust": "rubbish"})
        assert refused.status_code == 422
        assert said in refused.content.decode()
        assert 'value="Report"' in refused.content.decode()
    assert not Interruption.objects.exists()
    assert not NextStep.objects.exists()


def test_the_account_page_shows_what_is_done_about_a_break(ed, account, cast, night):
    actions.interrupt(account, by=cast["ed_editor"], causes=["quality"], remedies=proposed())

    page = ed.get(f"/accounts/{account.pk}/").content.decode()

    remedies = page[page.index('class="remedies"') :]
    remedies = remedies[: remedies.index("</ul>")]
    assert "Agree corrective action" in remedies
    assert "Olga" in remedies
