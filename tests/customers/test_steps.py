import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from customers import actions
from customers.models import Contact, Event, NextStep

HTMX = {"HX-Request": "true"}


@pytest.fixture
def olga(cast, client):
    client.force_login(cast["olga_owner"])
    return cast["olga_owner"]


@pytest.fixture
def step(account, cast):
    return actions.plan_step(
        account,
        by=cast["olga_owner"],
        what="Send the <quote>",
        due=timezone.localdate() - dt.timedelta(days=2),
    )


def state(step):
    return f"/next-steps/{step.pk}/state/"


def due(step):
    return f"/next-steps/{step.pk}/due/"


def plan(account):
    return f"/accounts/{account.pk}/next-steps/"


# --- Closing ------------------------------------------------------------------------------------
@pytest.mark.parametrize("wanted", ["done", "dropped"])
def test_a_step_is_closed_and_opened_again_in_place(client, olga, step, wanted):
    closed = client.post(state(step), {"state": wanted, "place": "day"}, headers=HTMX)

    assert closed.status_code == 200
    assert f'id="step-{step.pk}" class="closed"' in closed.text
    assert "Send the &lt;quote&gt;" in closed.text
    assert "Undo" in closed.text
    assert "step-changed" in closed["HX-Trigger"]
    step.refresh_from_db()
    assert step.state == wanted

    again = client.post(state(step), {"state": "open", "place": "day"}, headers=HTMX)

    assert 'class="late"' in again.text
    assert "Undo" not in again.text
    step.refresh_from_db()
    assert (step.state, step.closed_at) == ("open", None)


def test_closing_twice_changes_nothing_the_second_time(client, olga, step):
    for _ in range(2):
        assert client.post(state(step), {"state": "done"}, headers=HTMX).status_code == 200

    assert Event.objects.filter(kind="step.done").count() == 1


def test_without_scripts_the_person_comes_back_to_where_the_step_was(client, olga, step):
    for referer, target in (
        ("http://testserver/?x=1", "http://testserver/?x=1"),
        ("http://elsewhere.example/", step.account.get_absolute_url()),
        ("", step.account.get_absolute_url()),
    ):
        response = client.post(state(step), {"state": "done"}, headers={"referer": referer})
        assert response.url == target


def test_an_unknown_state_is_named_and_changes_nothing(client, olga, step):
    response = client.post(state(step), {"state": "forgotten"}, headers=HTMX)

    assert response.status_code == 422
    assert "Say done, dropped or open." in response.text
    assert NextStep.objects.get().state == "open"
    assert client.post(state(step), {"state": "x"}).status_code == 302


def test_the_step_keeps_the_people_it_came_from(client, olga, account):
    wang = Contact.objects.create(account=account, name="Wang Jue")
    entry = actions.log_contact(
        account,
        by=olga,
        kind="visit",
        theirs=[wang],
        step={"what": "Ring back", "due": timezone.localdate()},
    )

    response = client.post(state(entry.next_step), {"state": "done", "place": "day"}, headers=HTMX)

    assert "Wang Jue" in response.text
    assert "Vorholm Cranes" in response.text


# --- Moving -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ({"to": "tomorrow"}, 16),
        ({"to": "week"}, 22),
        ({"to": "date", "date": "2026-09-30"}, 30),
        ({"to": "date", "date": "2026-09-15"}, 15),
        ({"to": "week", "date": "rubbish"}, 22),
    ],
)
def test_a_step_moves_to_a_day(client, olga, step, typed, day):
    with time_machine.travel("2026-09-15T03:00:00Z", tick=False):
        client.force_login(olga)
        response = client.post(due(step), typed, headers=HTMX)

    assert response.status_code == 200
    step.refresh_from_db()
    assert (step.due, step.version) == (dt.date(2026, 9, day), 2)


def test_tomorrow_is_that_of_the_person(client, olga, step):
    type(olga).objects.update(time_zone="America/New_York")
    with time_machine.travel("2026-09-15T03:00:00Z", tick=False):  # still the 14th there
        client.force_login(olga)
        client.post(due(step), {"to": "tomorrow"})

    assert NextStep.objects.get().due == dt.date(2026, 9, 15)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Say when it is due"),
        ({"to": "someday"}, "someday"),
        ({"to": "date"}, "Give the day"),
        ({"to": "date", "date": "31.12.2026"}, "such as 2026-09-18"),
        ({"to": "date", "date": "2020-01-01"}, "has passed"),
    ],
)
def test_a_wrong_day_is_named_and_changes_nothing(client, olga, step, typed, said):
    response = client.post(due(step), typed, headers=HTMX)

    assert response.status_code == 422
    assert said in response.text
    assert NextStep.objects.get().version == 1
    assert client.post(due(step), typed).status_code == 302


def test_of_two_who_move_a_step_the_second_sees_both_days(client, olga, step, cast):
    today = timezone.localdate()
    actions.change_step(step, by=cast["ed_editor"], version=1, due=today + dt.timedelta(days=3))

    response = client.post(due(step), {"to": "week", "version": "1"}, headers=HTMX)

    assert response.status_code == 409
    assert "Somebody else moved this to" in response.text
    assert 'name="version" value="2"' in response.text
    assert NextStep.objects.get().due == today + dt.timedelta(days=3)


# --- Planning -----------------------------------------------------------------------------------
def test_a_step_is_planned(client, olga, account, cast):
    typed = {"what": "Ring back", "to": "week", "who": cast["ed_editor"].pk}

    page = client.post(plan(account), typed)
    panel = client.post(plan(account), typed, headers=HTMX)

    assert page.url == account.get_absolute_url()
    assert panel.status_code == 200
    assert "step-changed" in panel["HX-Trigger"]
    assert "Ring back" not in panel.text
    steps = NextStep.objects.all()
    assert [(step.what, step.who) for step in steps] == [("Ring back", cast["ed_editor"])] * 2


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"what": " "}, "what", "Say what"),
        ({"what": "x" * 201}, "what", "at most 200"),
        ({"to": ""}, "to", "Say when"),
        ({"to": "date", "date": ""}, "date", "Give the day"),
        ({"who": "0"}, "who", "this account"),
    ],
)
def test_each_fault_of_a_plan_is_named_and_what_was_typed_stays(
    client, olga, account, typed, field, said
):
    typed = {"what": "Ring back", "to": "week"} | typed
    for headers in (HTMX, {}):
        response = client.post(plan(account), typed, headers=headers)

        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]
        assert said in response.text
        assert typed["what"] in response.text
    assert not NextStep.objects.exists()


def test_a_step_for_somebody_who_left_is_refused(client, olga, account, cast):
    cast["ed_editor"].is_active = False
    cast["ed_editor"].save()

    response = client.post(
        plan(account), {"what": "Ring", "to": "week", "who": cast["ed_editor"].pk}
    )

    assert "has left the company" in response.context["form"].errors["who"][0]
    assert not NextStep.objects.exists()


# --- Access -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ed_editor", 302),
        ("dirk_director", 302),
        ("vera_viewer", 403),
        ("rita_reader", 403),
        ("stan_steward", 403),
        ("otto_outsider", 404),
        ("ada_admin", 404),
    ],
)
def test_who_may_change_steps(client, cast, account, step, name, status):
    client.force_login(cast[name])

    assert client.post(state(step), {"state": "done"}).status_code == status
    assert client.post(due(step), {"to": "week"}).status_code == status
    assert client.post(plan(account), {"what": "Ring", "to": "week"}).status_code == status
    assert client.get(state(step)).status_code == 405


def test_without_a_log_in_nothing_changes(client, step):
    response = client.post(state(step), {"state": "done"})

    assert response.status_code == 302
    assert NextStep.objects.get().state == "open"
