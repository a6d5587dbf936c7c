"""Calls sent again, and calls sent at once."""

import threading

import pytest
from django.db import connection

from accounts_crm.models import IdempotentCall
from customers.models import Contact, Event


def test_a_call_sent_again_changes_nothing_more(api, account):
    caller = api("ed_editor")
    body = {"account": account.pk, "name": "Ann"}

    first = caller.post("contacts/", body, Idempotency_Key="k-1")
    again = caller.post("contacts/", body, Idempotency_Key="k-1")
    other = caller.post("contacts/", body, Idempotency_Key="k-2")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert other.json()["id"] != first.json()["id"]
    assert Contact.objects.count() == 2


def test_a_change_sent_again_is_answered_as_it_was(api, account):
    caller = api("ed_editor")

    first = caller.patch(
        f"accounts/{account.pk}/", {"city": "Turku"}, If_Match='"1"', Idempotency_Key="k"
    )
    again = caller.patch(
        f"accounts/{account.pk}/", {"city": "Turku"}, If_Match='"1"', Idempotency_Key="k"
    )

    # Without the key the second would be stale.
    assert (again.status_code, again.json()) == (200, first.json())
    assert Event.objects.filter(kind="account.changed").count() == 1


def test_a_key_belongs_to_one_request(api, account, far_account):
    caller = api("dora_director")
    caller.post("contacts/", {"account": account.pk, "name": "Ann"}, Idempotency_Key="k")

    body = caller.post("contacts/", {"account": account.pk, "name": "Bea"}, Idempotency_Key="k")
    path = caller.post("flags/", {"account": account.pk, "name": "Ann"}, Idempotency_Key="k")

    assert (body.status_code, path.status_code) == (422, 422)
    assert set(body.json()) == {"detail", "errors"}
    assert Contact.objects.count() == 1


def test_a_key_belongs_to_one_person(api, account):
    body = {"account": account.pk, "name": "Ann"}

    first = api("ed_editor").post("contacts/", body, Idempotency_Key="k")
    second = api("olga_owner").post("contacts/", body, Idempotency_Key="k")

    again = api("olga_owner", "contacts:write").post("contacts/", body, Idempotency_Key="k")

    assert first.json()["id"] != second.json()["id"]
    assert again.json() == second.json()


def test_a_call_that_failed_leaves_no_key(api, account, far_account):
    caller = api("ed_editor")
    right = {"account": account.pk, "name": "Ann"}

    wrong = caller.post("contacts/", {"account": account.pk, "name": ""}, Idempotency_Key="k")
    unseen = caller.post(
        "contacts/", {"account": far_account.pk, "name": "Ann"}, Idempotency_Key="k"
    )
    stale = caller.patch(
        f"accounts/{account.pk}/", {"city": "x"}, If_Match='"9"', Idempotency_Key="k"
    )
    assert [wrong.status_code, unseen.status_code, stale.status_code] == [400, 404, 409]
    assert not IdempotentCall.objects.exists()

    assert caller.post("contacts/", right, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "å"])
def test_a_key_is_short_and_printable(api, account, key):
    answer = api("ed_editor").post(
        "contacts/", {"account": account.pk, "name": "Ann"}, Idempotency_Key=key
    )

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])


def test_a_key_does_not_let_in(api, stranger, account):
    body = {"account": account.pk, "name": "Ann"}
    api("ed_editor").post("contacts/", body, Idempotency_Key="k")

    assert stranger.post("contacts/", body, Idempotency_Key="k").status_code == 401
    reading = api("ed_editor", "contacts:read")
    assert reading.post("contacts/", body, Idempotency_Key="k").status_code == 403


def at_once(*calls):
    """Make calls in threads of their own, all released together; return their answers."""
    gate, answers = threading.Barrier(len(calls)), []

    def run(call):
        try:
            gate.wait(10)
            answers.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_three_at_once_make_one_row(api, account):
    callers = [api("ed_editor", "*:write", *["*:read"] * n) for n in range(3)]

    for number in range(10):
        body = {"account": account.pk, "name": f"Ann {number}"}
        answers = at_once(
            *(
                lambda caller=caller, body=body, key=f"k{number}": caller.post(
                    "contacts/", body, Idempotency_Key=key
                )
                for caller in callers
            )
        )
        assert [answer.status_code for answer in answers] == [201] * 3
        assert len({answer.json()["id"] for answer in answers}) == 1

    assert Contact.objects.count() == 10
    assert Event.objects.filter(kind="contact.added").count() == 10


@pytest.mark.django_db(transaction=True)
def test_of_edits_at_once_one_wins_and_none_is_lost(api, account):
    callers = [api(name) for name in ("ed_editor", "olga_owner", "dora_director")]
    version, stored = 1, []

    for number in range(10):
        answers = at_once(
            *(
                lambda caller=caller, city=f"{number}-{who}", version=version: (
                    city,
                    caller.patch(f"accounts/{account.pk}/", {"city": city, "version": version}),
                )
                for who, caller in enumerate(callers)
            )
        )
        winners = [city for city, answer in answers if answer.status_code == 200]
        losers = [answer for _city, answer in answers if answer.status_code == 409]
        assert (len(winners), len(losers)) == (1, 2)
        account.refresh_from_db()
        assert account.city == winners[0]
        for loser in losers:
            assert loser.json()["conflict"]["fields"]["city"]["theirs"] == winners[0]
        stored += winners
        version += 1

    account.refresh_from_db()
    assert account.version == 11
    changes = Event.objects.filter(kind="account.changed").order_by("pk")
    assert [event.changes["city"][1] for event in changes] == stored


def test_an_answer_that_quotes_a_nul_is_kept_and_repeated(api, account):
    caller = api("dora_director")
    lines = [{"strange\0field": 1}]

    first = caller.post("order-lines/bulk/", lines, Idempotency_Key="k")
    again = caller.post("order-lines/bulk/", lines, Idempotency_Key="k")

    assert (first.status_code, again.status_code) == (200, 200)
    assert "strange\0field" in str(first.json()) or "strange\\x00field" in str(first.json())
    assert again.json() == first.json()
