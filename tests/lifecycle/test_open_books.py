"""Open-book agreements: recorded, corrected, ended, one at a time."""

import datetime as dt

import pytest

from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Event
from lifecycle.facts import of_one
from lifecycle.models import OpenBook
from lifecycle.open_book_actions import change_open_book, end_open_book, record_open_book
from tests.concurrently import at_once

TODAY = business_today()


def days(number):
    return TODAY + dt.timedelta(days=number)


def test_the_manager_records_corrects_and_ends_an_agreement(account, cast, client):
    client.force_login(cast["olga_owner"])
    typed = {"since": days(-9).isoformat(), "until": "", "note": "Costs of the new line"}

    page = client.post(f"/accounts/{account.pk}/open-books/", typed, follow=True)
    book = OpenBook.objects.get()
    assert "Costs of the new line" in page.content.decode()
    assert of_one(account.pk, TODAY).open_book == book.pk
    assert of_one(account.pk, days(-10)).open_book is None

    path = f"/open-books/{book.pk}/"
    answer = client.post(path, {**typed, "since": days(-5).isoformat(), "version": 1})
    assert answer.status_code == 302
    client.post(f"{path}end/")
    book.refresh_from_db()
    assert (book.since, book.until, book.by) == (days(-5), TODAY, cast["olga_owner"])
    assert of_one(account.pk, TODAY).open_book == book.pk  # its last day
    assert of_one(account.pk, days(1)).open_book is None
    told = Event.objects.filter(account=account, kind__startswith="openbook.").order_by("pk")
    assert [event.kind.split(".")[1] for event in told] == ["recorded", "changed", "ended"]
    assert "Open-book agreement ended" in client.get(f"/accounts/{account.pk}/history/").text

    again = client.post(f"{path}end/", follow=True)
    assert "ended on" in again.content.decode()


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("", "", "since"),
        ("2026-13-01", "", "since"),
        ("x\0", "", "since"),
        ("2026-03-02", "2026-03-01", "until"),
        ("2026-01-01", "2026-02-01", "since"),  # the first day of another
        ("2026-02-28", "", "since"),  # its last
        ("2026-02-10", "2026-02-11", "since"),
    ],
)
def test_days_without_sense_are_refused_at_their_field(since, until, field, account, cast, client):
    record_open_book(account, by=None, since=dt.date(2026, 2, 1), until=dt.date(2026, 2, 28))
    client.force_login(cast["olga_owner"])

    answer = client.post(f"/accounts/{account.pk}/open-books/", {"since": since, "until": until})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert OpenBook.objects.count() == 1
    record_open_book(account, by=None, since=dt.date(2026, 3, 1))


def test_a_correction_cannot_run_into_another(account):
    first = record_open_book(account, by=None, since=days(-99), until=days(-50))
    record_open_book(account, by=None, since=days(-49))

    with pytest.raises(Refused, match="Another agreement"):
        change_open_book(first, by=None, version=1, until=days(-49))
    assert OpenBook.objects.get(pk=first.pk).until == days(-50)
    assert not Event.objects.filter(kind="openbook.changed").exists()


def test_the_second_of_two_corrections_sees_both_values(account, cast, client):
    book = record_open_book(account, by=None, since=days(-9), note="Old")
    client.force_login(cast["olga_owner"])
    change_open_book(book, by=None, version=1, note="Theirs")

    answer = client.post(
        f"/open-books/{book.pk}/",
        {"since": days(-9).isoformat(), "note": "Mine", "initial-note": "Old", "version": 1},
    )

    assert answer.status_code == 409
    (both,) = answer.context["form"].conflict
    assert (both.theirs, both.yours) == ("Theirs", "Mine")


def test_an_agreement_that_has_not_begun_cannot_end(account):
    book = record_open_book(account, by=None, since=days(2))
    with pytest.raises(Refused, match="not begun"):
        end_open_book(book, by=None)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_overlap_recorded_at_once_one_is_refused(account):
    answers = at_once(
        lambda: record_open_book(account, by=None, since=days(-9), until=days(9)),
        lambda: record_open_book(account, by=None, since=days(0), until=days(20)),
    )

    assert sum(isinstance(answer, Refused) for answer in answers) == 1, answers
    assert OpenBook.objects.count() == 1


def test_the_api_records_and_corrects(account, cast, client):
    client.force_login(cast["olga_owner"])
    body = {"account": account.pk, "since": "2026-02-01", "note": "All"}

    made = client.post("/api/v1/open-books/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    again = client.post("/api/v1/open-books/", body, content_type="application/json")
    assert again.status_code == 409
    path = f"/api/v1/open-books/{made.json()['id']}/"
    ended = client.patch(
        path, {"until": "2026-02-03", "version": 1}, content_type="application/json"
    )
    assert (ended.status_code, ended.json()["until"]) == (200, "2026-02-03")
    late = client.patch(path, {"until": None, "version": 1}, content_type="application/json")
    assert late.status_code == 409
    assert late.json()["conflict"]["fields"]["until"] == {"yours": None, "theirs": "2026-02-03"}


def test_the_api_reads_policies_for_all_and_changes_them_for_directors(cast, client):
    client.force_login(cast["vera_viewer"])
    gates = client.get("/api/v1/stage-gates/?stage=mid&kind=share").json()["results"]
    tiers = client.get("/api/v1/tier-policies/").json()["results"]
    assert (gates[0]["least"], len(tiers)) == (30, 3)
    gate = f"/api/v1/stage-gates/{gates[0]['id']}/"
    tier = f"/api/v1/tier-policies/{tiers[0]['id']}/"
    json = {"content_type": "application/json"}
    assert client.patch(gate, {"least": 20, "version": 1}, **json).status_code == 403

    client.force_login(cast["dora_director"])
    assert client.patch(gate, {"least": 20, "version": 1}, **json).json()["least"] == 20
    assert client.patch(gate, {"least": 10, "version": 1}, **json).status_code == 409
    assert client.patch(gate, {"least": 90, "version": 2}, **json).status_code == 409
    assert client.patch(gate, {"days": 731, "version": 2}, **json).status_code == 400
    assert client.patch(gate, {"days": 7, "version": 2}, **json).status_code == 409
    changed = client.patch(tier, {"levels": ["director", "staff"], "version": 1}, **json)
    assert changed.json()["levels"] == ["staff", "director"]
    assert client.patch(tier, {"levels": ["pope"], "version": 2}, **json).status_code == 400


def test_the_api_rates_a_stance(account, cast, client):
    client.force_login(cast["olga_owner"])
    body = {"account": account.pk, "date": "2026-02-01", "suppliers": 5, "length": 3}

    made = client.post("/api/v1/supplier-stances/", body, content_type="application/json")

    assert (made.status_code, made.json()["readiness"]) == (201, 75)
    for wrong in ({"suppliers": 6}, {"date": "2999-01-01"}, {"suppliers": None, "length": None}):
        refused = client.post(
            "/api/v1/supplier-stances/", body | wrong, content_type="application/json"
        )
        assert refused.status_code in (400, 409), wrong
