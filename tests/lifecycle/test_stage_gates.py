"""What each stage rests on: changed by directors, in order, with history."""

import pytest

from customers.errors import Refused
from customers.models import Event
from lifecycle.gate_actions import change_gate
from lifecycle.models import StageGate
from tests.concurrently import at_once


def gate(stage, kind):
    return StageGate.objects.get(stage=stage, kind=kind)


def at(client, person):
    client.force_login(person)
    return client


def test_a_director_changes_a_gate_and_the_page_tells_who_and_what(cast, client):
    row = gate("mid", "levels")

    answer = at(client, cast["dora_director"]).post(
        f"/policies/stages/{row.pk}/", {"least": 3, "days": 90, "version": 1}, follow=True
    )

    row.refresh_from_db()
    assert (row.least, row.days, row.version) == (3, 90, 2)
    event = Event.objects.get(kind="stage_gate.changed")
    assert event.changes == {"least": [2, 3], "days": [180, 90]}
    assert event.actor == cast["dora_director"]
    page = answer.content.decode()
    assert "<td>180</td><td>90</td>" in page
    assert "Dora" in page


def test_a_gate_can_be_given_up_and_another_asked_for(cast, client):
    dora = at(client, cast["dora_director"])
    given_up, new = gate("synergistic", "open_book"), gate("early", "director")

    dora.post(f"/policies/stages/{given_up.pk}/", {"least": 0, "version": 1})
    page = dora.post(
        f"/policies/stages/{new.pk}/", {"least": 1, "days": 365, "version": 1}, follow=True
    )

    asked = page.context["asked"]
    assert (given_up in asked, new in asked) == (False, True)
    assert [one.stage for one in asked][:3] == ["early", "early", "mid"]


@pytest.mark.parametrize(
    ("stage", "kind", "typed", "field"),
    [
        ("mid", "share", {"least": -1}, "least"),
        ("mid", "share", {"least": 101}, "least"),
        ("mid", "share", {"least": "9" * 30}, "least"),
        ("mid", "share", {"least": "x\0"}, "least"),
        ("mid", "share", {"least": 61}, "least"),  # the partnership asks for 60
        ("synergistic", "share", {"least": 59}, "least"),
        ("early", "trade", {"least": 2}, "least"),
        ("mid", "levels", {"least": 6, "days": 180}, "least"),
        ("mid", "levels", {"least": 2, "days": 0}, "days"),
        ("mid", "levels", {"least": 2, "days": 731}, "days"),
        ("mid", "levels", {"least": 2}, "days"),
        ("mid", "share", {"least": 30, "version": 0}, "version"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(stage, kind, typed, field, cast, client):
    row = gate(stage, kind)

    answer = at(client, cast["dora_director"]).post(
        f"/policies/stages/{row.pk}/", {"version": 1, **typed}
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    row.refresh_from_db()
    assert row.version == 1
    assert not Event.objects.filter(kind="stage_gate.changed").exists()


@pytest.mark.parametrize(
    ("low", "high", "refused"),
    [
        ((3, 180), (3, 180), False),
        ((3, 180), (3, 200), True),  # the same, and sooner
        ((4, 180), (3, 180), True),
        ((4, 181), (3, 180), False),  # more, but in more time
        ((3, 90), (4, 365), False),
        ((9, 10), (0, 180), False),  # the higher stage does not ask
    ],
)
def test_a_lower_stage_cannot_ask_for_more_than_a_higher(low, high, refused, cast):
    StageGate.objects.filter(stage="partnership", kind="functions").update(
        least=high[0], days=high[1]
    )
    row = gate("mid", "functions")
    values = {"least": low[0], "days": low[1], "by": cast["dora_director"], "version": 1}

    if not refused:
        change_gate(row, **values)
        return
    with pytest.raises(Refused, match="cannot ask for more"):
        change_gate(row, **values)
    row.refresh_from_db()
    assert (row.least, row.version) == (2, 1)
    assert not Event.objects.filter(kind="stage_gate.changed").exists()


def test_an_action_refuses_what_a_form_would(cast):
    for kind, values in (
        ("share", {"least": 101}),
        ("share", {"days": 10}),
        ("levels", {"days": None}),
    ):
        with pytest.raises(Refused) as refused:
            change_gate(gate("mid", kind), by=cast["dora_director"], version=1, **values)
        assert refused.value.field == next(iter(values))


def test_the_second_of_two_directors_sees_both_values(cast, client):
    row = gate("mid", "share")
    change_gate(row, by=cast["dirk_director"], version=1, least=25)

    answer = at(client, cast["dora_director"]).post(
        f"/policies/stages/{row.pk}/", {"least": 20, "version": 1}
    )

    assert answer.status_code == 409
    assert answer.context["form"].both == [("At least, %", "25", "20")]
    row.refresh_from_db()
    assert row.least == 25


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_cannot_turn_the_order_round(cast):
    mid, high = gate("mid", "share"), gate("partnership", "share")
    by = cast["dora_director"]

    answers = at_once(
        lambda: change_gate(mid, by=by, version=1, least=55),
        lambda: change_gate(high, by=by, version=1, least=40),
    )

    assert sum(isinstance(answer, Refused) for answer in answers) == 1, answers
    assert gate("mid", "share").least <= gate("partnership", "share").least


@pytest.mark.parametrize("path", ["/policies/stages/", "/policies/tiers/"])
def test_the_pages_cost_the_same_after_many_changes(
    path, cast, client, django_assert_max_num_queries
):
    for number in range(60):
        row = gate("mid", "share")
        change_gate(row, by=cast["dora_director"], version=row.version, least=20 + number % 2)
    at(client, cast["dora_director"]).get(path)

    with django_assert_max_num_queries(15):
        client.get(path)
