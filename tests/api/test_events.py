"""Events over the API."""

import threading

import pytest
from django.db import connection, transaction

from customers import actions, events
from customers.models import Event


# Only what is committed is shown; hence real transactions.
@pytest.mark.django_db(transaction=True)
def test_events_are_followed_by_id(api, account, cast):
    for name in ("Ann", "Bea", "Cid"):
        actions.add_contact(account, by=cast["ed_editor"], name=name)
    caller = api("ed_editor")

    first = caller.get("events/", page_size=2).json()
    second = caller.client.get(first["next"], headers=caller.headers).json()
    third = caller.client.get(second["next"], headers=caller.headers).json()
    actions.add_contact(account, by=cast["ed_editor"], name="Dan")
    fourth = caller.client.get(third["next"], headers=caller.headers).json()

    names = [
        [row["changes"]["name"][1] for row in page["results"]]
        for page in (first, second, third, fourth)
    ]
    assert names == [["Ann", "Bea"], ["Cid"], [], ["Dan"]]
    assert [page["more"] for page in (first, second, third)] == [True, False, False]
    assert first["results"][0]["kind"] == "contact.added"
    assert first["results"][0]["actor"] == cast["ed_editor"].pk


@pytest.mark.django_db(transaction=True)
def test_events_are_as_visible_as_their_account(api, account, far_account, cast):
    actions.add_contact(far_account, by=cast["dora_director"], name="Canary")
    events.record("run.published", as_of=(None, "2026-01-01"))

    assert api("ed_editor").get("events/").json()["results"] == []
    assert len(api("rita_reader").get("events/").json()["results"]) == 2
    assert api("dora_director").get("events/", kind="run.published").json()["more"] is False


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "1.0"])
def test_a_wrong_cursor_is_named(api, account, after):
    answer = api("ed_editor").get("events/", after=after)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["after"])


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_late_is_not_passed_over(api, account, cast):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: ids are committed in order")
    written, done = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            events.record("slow", account)
            written.set()
            done.wait(10)
        connection.close()

    worker = threading.Thread(target=slow)
    worker.start()
    written.wait(10)
    events.record("quick", account)
    caller = api("ed_editor")
    during = caller.get("events/").json()["results"]
    done.set()
    worker.join()

    after = caller.get("events/").json()["results"]

    assert during == []
    assert [row["kind"] for row in after] == ["slow", "quick"]
    assert Event.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="one database in a file")
def test_a_transaction_of_another_database_holds_nothing_back(api, account, cast):
    import psycopg2

    settings = connection.get_connection_params()
    names = {"dbname": "template1", "host": settings.get("host"), "user": settings.get("user")}
    other = psycopg2.connect(**{k: v for k, v in names.items() if v})
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")  # gives the transaction an id
        events.record("quick", account)

        shown = api("ed_editor").get("events/").json()["results"]
    other.close()

    assert [row["kind"] for row in shown] == ["quick"]
