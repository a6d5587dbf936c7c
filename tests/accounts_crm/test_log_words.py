"""Days in words, a person first met, and entries sent twice."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from customers.models import Contact, Interaction, NextStep

LOG = "/log/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def olga(cast, client):
    client.force_login(cast["olga_owner"])
    return cast["olga_owner"]


def entry_of(account, **typed):
    return {"account": account.pk, "kind": "call", "when": "now", **typed}


def test_days_are_typed_in_words(client, olga, account):
    with time_machine.travel("2026-09-16T02:30:00Z", tick=False):  # 10:30 in Shanghai
        client.force_login(olga)
        client.post(
            LOG,
            entry_of(
                account,
                when="other",
                at="前天下午3点",
                step_what="Ring",
                step_due="date",
                step_date="下周一",
            ),
        )

    entry = Interaction.objects.get()
    assert entry.at == dt.datetime(2026, 9, 14, 7, tzinfo=dt.UTC)
    assert entry.next_step.due == dt.date(2026, 9, 21)


def test_what_was_understood_is_said_beside_the_field(client, olga):
    with time_machine.travel("2026-09-16T02:30:00Z", tick=False):
        client.force_login(olga)
        at = client.get("/log/dates/", {"at": "last Friday 15:00"}).text
        due = client.get("/log/dates/", {"step_date": "月底"}).text
        unknown = client.get("/log/dates/", {"at": "<b>soon"})

    assert at.startswith("Understood as: Fri")
    assert "11" in at
    assert "15:00" in at or "3 p.m." in at
    assert due.startswith("Understood as: Wed")
    assert "is no moment" in unknown.text
    assert unknown.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("query", ["", "?at=", "?at=%00", "?step_date=" + "9" * 5000, "?x=1"])
def test_nonsense_is_answered_in_words(client, olga, query):
    assert client.get("/log/dates/" + query).status_code == 200


def test_a_person_first_met_comes_with_title_and_function(client, olga, account):
    typed = {"someone_new": "Sun Li", "someone_title": "Chief engineer", "someone_function": "rnd"}
    client.post(LOG, entry_of(account, new="1", **typed))

    person = Contact.objects.get()
    assert (person.name, person.job_title, person.function) == ("Sun Li", "Chief engineer", "rnd")
    assert list(Interaction.objects.get().theirs.all()) == [person]


# --- Sent twice -------------------------------------------------------------------------------
def test_the_same_key_twice_is_one_entry(client, olga, account):
    typed = entry_of(account, key="k-1", note="Once", new="1", someone_new="Sun Li")
    first, again = client.post(LOG, typed), client.post(LOG, typed | {"another": "1"})

    assert (first.status_code, again.status_code) == (302, 302)
    assert Interaction.objects.count() == Contact.objects.count() == 1


def test_the_same_key_for_another_entry_is_refused_and_a_new_key_offered(client, olga, account):
    client.post(LOG, entry_of(account, key="k-1", note="One"))
    refused = client.post(LOG, entry_of(account, key="k-1", note="Two"), headers=HTMX)

    assert refused.status_code == 422
    assert "saved from here already" in refused.text
    assert Interaction.objects.get().note == "One"
    client.post(LOG, entry_of(account, key=refused.context["key"], note="Two"))
    assert Interaction.objects.count() == 2


def test_a_refused_entry_keeps_its_key(client, olga, account):
    refused = client.post(LOG, entry_of(account, key="k-1", kind=""))

    assert refused.context["key"] == "k-1"
    client.post(LOG, entry_of(account, key="k-1"))
    assert Interaction.objects.count() == 1


def test_keys_are_a_persons_own(client, olga, account, cast):
    client.post(LOG, entry_of(account, key="k-1"))
    client.force_login(cast["ed_editor"])
    client.post(LOG, entry_of(account, key="k-1"))

    assert Interaction.objects.count() == 2


@pytest.mark.parametrize("key", ["a b", "x" * 101, "\x00", "钥匙"])
def test_a_key_that_is_none_is_refused(client, olga, account, key):
    assert client.post(LOG, entry_of(account, key=key)).status_code == 422
    assert not Interaction.objects.exists()


def test_an_entry_that_waited_happened_when_it_was_typed(client, olga, account):
    typed_at = timezone.now() - dt.timedelta(days=2)
    stamp = typed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    client.post(
        LOG,
        entry_of(account, key="k", typed_at=stamp, step_what="Ring", step_due="tomorrow"),
    )

    assert abs(Interaction.objects.get().at - typed_at) < dt.timedelta(seconds=1)
    expected = timezone.localtime(typed_at).date() + dt.timedelta(days=1)
    assert NextStep.objects.get().due == expected


@pytest.mark.parametrize("typed_at", ["x", "2001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "\x00"])
def test_an_entry_that_waited_too_long_comes_back(client, olga, account, typed_at):
    response = client.post(LOG, entry_of(account, key="k", typed_at=typed_at))

    assert response.status_code == 422
    assert not Interaction.objects.exists()
