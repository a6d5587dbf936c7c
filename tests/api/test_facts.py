"""Complaints, satisfaction, receivables and competitors over the API."""

import datetime as dt

import pytest

from customers.calendar import business_today
from customers.models import CompetitorSighting, Complaint, Event, Receivable, SatisfactionScore


def test_a_complaint_is_recorded_and_resolved(api, account):
    caller = api("ina_integration")

    made = caller.post(
        "complaints/",
        {
            "account": account.pk,
            "category": "quality",
            "severity": 3,
            "opened_on": "2026-02-01",
            "text": "轴承 cracked",
            "source": "QS",
        },
    )
    resolved = caller.patch(
        f"complaints/{made.json()['id']}/", {"resolved_on": "2026-02-20", "version": 1}
    )

    assert made.status_code == 201, made.content
    assert resolved.json()["resolved_on"] == "2026-02-20"
    assert Complaint.objects.get().text == "轴承 cracked"


def test_a_complaint_wrong_in_shape_names_every_field(api, account):
    answer = api("stan_steward").post(
        "complaints/",
        {"account": account.pk, "category": "colour", "severity": 4, "opened_on": "1492-01-01"},
    )

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"category", "severity", "opened_on", "text"}


def test_a_complaint_wrong_in_meaning_is_refused(api, account):
    caller = api("stan_steward")
    body = {"account": account.pk, "category": "price", "severity": 1, "text": "x"}
    tomorrow = (business_today() + dt.timedelta(days=1)).isoformat()

    future = caller.post("complaints/", {**body, "opened_on": tomorrow})
    turned = caller.post(
        "complaints/", {**body, "opened_on": "2026-02-02", "resolved_on": "2026-02-01"}
    )

    assert (future.status_code, list(future.json()["errors"])) == (409, ["opened_on"])
    assert (turned.status_code, list(turned.json()["errors"])) == (409, ["resolved_on"])
    assert not Complaint.objects.exists()


def test_complaints_are_filtered(api, account, far_account):
    for where, resolved in ((account, None), (account, "2026-02-02"), (far_account, None)):
        Complaint.objects.create(
            account=where,
            category="price",
            severity=1,
            opened_on="2026-02-01",
            resolved_on=resolved,
            text="x",
        )

    assert api("ed_editor").get("complaints/", open="true").json()["count"] == 1
    assert api("rita_reader").get("complaints/", category="price").json()["count"] == 3
    assert api("stan_steward").get("complaints/", open="perhaps").status_code == 400


def test_satisfaction_is_recorded(api, account):
    caller = api("ed_editor")

    made = caller.post(
        "satisfaction/", {"account": account.pk, "score": 9, "date": "2026-01-31", "source": "NPS"}
    )
    wrong = caller.post("satisfaction/", {"account": account.pk, "score": 11, "date": "2026-01-31"})

    assert made.status_code == 201, made.content
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["score"])
    assert SatisfactionScore.objects.get().score == 9
    assert caller.get("satisfaction/").json()["results"] == [made.json()]
    assert caller.patch(f"satisfaction/{made.json()['id']}/", {}).status_code == 405


INVOICE = {
    "type": "invoice",
    "reference": "R-7",
    "issued_on": "2026-01-05",
    "due_on": "2026-02-04",
    "amount": "1250.50",
    "currency": "EUR",
}


def test_an_invoice_is_recorded_and_paid(api, account):
    caller = api("ina_integration")

    made = caller.post("receivables/", {"account": account.pk, **INVOICE})
    paid = caller.patch(
        f"receivables/{made.json()['id']}/", {"settled_on": "2026-03-01", "version": 1}
    )

    assert made.status_code == 201, made.content
    assert (paid.json()["settled_on"], paid.json()["amount"]) == ("2026-03-01", "1250.50")
    assert Receivable.objects.get().amount_minor == 1250_50
    told = dict(Event.objects.filter(account=account).values_list("kind", "changes"))
    assert told["receivable.changed"] == {"settled_on": [None, "2026-03-01"]}
    assert told["receivable.recorded"]["amount_minor"] == [None, 1250_50]


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"amount": "0"}, 400, "amount"),
        ({"amount": "-1"}, 400, "amount"),
        ({"amount": "1.005"}, 400, "amount"),
        ({"amount": "1e400"}, 400, "amount"),
        ({"amount": "9999999999999"}, 400, "amount"),
        ({"currency": "EUX"}, 400, "currency"),
        ({"type": "loan"}, 400, "type"),
        ({"issued_on": "1492-01-01"}, 400, "issued_on"),
        ({"amount": None}, 409, "amount"),
        ({"reference": ""}, 409, "reference"),
        ({"due_on": None}, 409, "due_on"),
        ({"due_on": "2026-01-04"}, 409, "due_on"),
        ({"issued_on": "2199-01-01", "due_on": "2199-01-02"}, 409, "issued_on"),
        ({"settled_on": "2026-01-04"}, 409, "settled_on"),
        ({"settled_on": "2199-01-01"}, 409, "settled_on"),
        ({"type": "insolvency"}, 409, "due_on"),
    ],
)
def test_a_receivable_that_cannot_be_is_refused_at_its_field(api, account, wrong, status, field):
    caller = api("stan_steward")

    answer = caller.post("receivables/", {"account": account.pk, **INVOICE, **wrong})

    assert (answer.status_code, list(answer.json()["errors"])) == (status, [field])
    assert not Receivable.objects.exists()

    made = caller.post("receivables/", {"account": account.pk, **INVOICE}).json()
    answer = caller.patch(f"receivables/{made['id']}/", {**wrong, "version": 1})

    assert (answer.status_code, list(answer.json()["errors"])) == (status, [field])
    assert caller.get(f"receivables/{made['id']}/").json() == made


def test_the_same_figure_in_another_currency_is_another_amount(api, account):
    caller = api("stan_steward")
    made = caller.post("receivables/", {"account": account.pk, **INVOICE, "amount": "1250"}).json()

    changed = caller.patch(f"receivables/{made['id']}/", {"currency": "JPY", "version": 1})

    assert changed.json()["amount"] == "1250"
    assert Receivable.objects.get().amount_minor == 1250


def test_who_settles_second_is_shown_both_days(api, account):
    caller = api("stan_steward")
    made = caller.post("receivables/", {"account": account.pk, **INVOICE}).json()
    path = f"receivables/{made['id']}/"
    caller.patch(path, {"settled_on": "2026-03-01", "version": 1})

    second = caller.patch(path, {"settled_on": "2026-03-02", "version": 1})

    assert second.status_code == 409
    assert second.json()["conflict"]["fields"] == {
        "settled_on": {"yours": "2026-03-02", "theirs": "2026-03-01"}
    }


def test_receivables_are_filtered_and_credit_trouble_needs_no_amount(api, account, far_account):
    caller = api("stan_steward")
    caller.post("receivables/", {"account": account.pk, **INVOICE, "settled_on": "2026-02-01"})
    hold = {"account": far_account.pk, "type": "credit_hold", "issued_on": "2026-03-01"}
    made = caller.post("receivables/", hold)

    assert made.status_code == 201, made.content
    assert (made.json()["amount"], made.json()["currency"]) == (None, "CNY")
    assert [row["id"] for row in caller.get("receivables/", open="true").json()["results"]] == [
        made.json()["id"]
    ]
    assert caller.get("receivables/", due_to="2026-02-04").json()["count"] == 1
    assert caller.get("receivables/", ordering="-due_on").json()["results"][1]["due_on"] is None
    assert api("ed_editor").get("receivables/").json()["count"] == 1


def test_a_competitor_is_recorded_and_corrected(api, account):
    caller, seen = api("ed_editor"), {"competitor": " Norvik Drives ", "seen_on": "2026-02-01"}

    made = caller.post("sightings/", {"account": account.pk, **seen})
    wrong = caller.post("sightings/", {"account": account.pk, **seen, "share": 101})
    tomorrow = (business_today() + dt.timedelta(days=1)).isoformat()
    future = caller.post("sightings/", {"account": account.pk, **seen, "seen_on": tomorrow})
    fixed = caller.patch(f"sightings/{made.json()['id']}/", {"share": 0}, If_Match='"1"')

    assert made.status_code == 201, made.content
    assert (made.json()["share"], made.json()["competitor"]) == (None, "Norvik Drives")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["share"])
    assert (future.status_code, list(future.json()["errors"])) == (409, ["seen_on"])
    assert fixed.json()["share"] == 0
    assert CompetitorSighting.objects.get().version == 2
    assert Event.objects.get(kind="sighting.changed").changes == {"share": [None, 0]}
