"""The calendar of a person's next steps."""

import datetime as dt

import pytest
from icalendar import Calendar

from accounts_crm.models import CalendarAddress
from customers import actions
from customers.models import NextStep

DUE = dt.date(2030, 5, 6)


@pytest.fixture
def olga(client, cast, account):
    client.force_login(cast["olga_owner"])
    return cast["olga_owner"]


def plan(account, who, what="Call back", due=DUE):
    return actions.plan_step(account, by=who, what=what, due=due, who=who)


def make(client):
    client.post("/me/calendar/")
    url = client.get("/me/").context["calendar_url"]
    client.logout()
    return url


def events(response):
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_open_steps_are_read_without_a_log_in(client, olga, account, cast):
    step = plan(account, olga, "Quote; with, commas\nand lines 报价 🙂")
    plan(account, cast["ed_editor"])

    (event,) = events(client.get(make(client)))

    assert event["summary"] == "Quote; with, commas\nand lines 报价 🙂 · Vorholm Cranes"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (DUE, DUE + dt.timedelta(days=1))
    assert event["uid"] == f"step-{step.pk}@testserver"
    assert event["url"].endswith(f"/accounts/{account.pk}/")


def test_the_key_is_shown_once_and_kept_as_a_hash(client, olga, account):
    client.post("/me/calendar/")
    url = client.get("/me/").context["calendar_url"]

    assert client.get("/me/").context["calendar_url"] == ""
    assert CalendarAddress.objects.get().key_hash not in url


def test_a_new_address_ends_the_old_one_and_none_ends_it_for_good(client, olga, account, cast):
    old = make(client)
    client.force_login(olga)
    new = make(client)
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    client.force_login(olga)
    client.post("/me/calendar/", {"address": "none"})
    assert client.get(new).status_code == 404


def test_who_left_has_no_calendar_and_who_lost_an_account_sees_it_no_more(
    client, olga, account, far_account
):
    plan(account, olga)
    NextStep.objects.create(account=far_account, who=olga, what="Canary", due=DUE, created_on=DUE)
    url = make(client)

    assert [str(event["summary"]) for event in events(client.get(url))] == [
        "Call back · Vorholm Cranes"
    ]
    olga.is_active = False
    olga.save()
    assert client.get(url).status_code == 404


def test_nothing_new_is_not_sent_again(client, olga, account):
    step = plan(account, olga)
    url = make(client)
    first = client.get(url)
    again = {"If-None-Match": first["ETag"]}

    assert client.get(url, headers=again).status_code == 304
    actions.change_step(step, by=olga, version=step.version, due=DUE + dt.timedelta(days=1))
    assert client.get(url, headers=again).status_code == 200
    assert "private" in first["Cache-Control"]
    assert first["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("key", ["x", "%00", "a" * 3000, "..%2f"])
def test_guessed_keys_find_nothing(client, olga, account, key):
    client.logout()

    assert client.get(f"/calendar/{key}.ics").status_code == 404
