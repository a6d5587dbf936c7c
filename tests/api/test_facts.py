"""Complaints and satisfaction over the API."""

import datetime as dt

from customers.calendar import business_today
from customers.models import Complaint, SatisfactionScore


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
