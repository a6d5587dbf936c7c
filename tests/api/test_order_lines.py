"""Order lines over the API."""

import datetime as dt
import json

import pytest

from accounts_crm.models import IdempotentCall
from customers.calendar import business_today
from customers.models import Account, Event, OrderLine
from tests.api.test_idempotency import at_once

LINE = {
    "customer_id": "A-1",
    "order_id": "4711",
    "line_id": "1",
    "order_date": "2026-03-01",
    "product_id": "P-9",
    "category": "轴承",
    "quantity": "12.5",
    "revenue": "1250.10",
    "cost": "1000",
    "currency": "CNY",
}


def lines(count, **values):
    return [{**LINE, "line_id": str(n), **values} for n in range(1, count + 1)]


def test_a_line_is_stored_shown_and_replaced(api, account):
    caller = api("ina_integration")

    made = caller.post("order-lines/", LINE)
    same = caller.post("order-lines/", LINE)
    changed = caller.post("order-lines/", {**LINE, "revenue": "1300.00"})

    assert made.status_code == 201, made.content
    body = made.json()
    assert body == {
        **LINE,
        "id": body["id"],
        "source": "ina_integration *:write",
        "account": account.pk,
        "quantity": "12.500",
        "cost": "1000.00",
    }
    assert (same.status_code, same.json()) == (200, body)
    assert (changed.status_code, changed.json()) == (200, {**body, "revenue": "1300.00"})
    assert made["Location"] == f"/api/v1/order-lines/{body['id']}/"
    assert OrderLine.objects.get().revenue == 1300_00
    assert caller.get(f"order-lines/{body['id']}/").json()["revenue"] == "1300.00"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customer_id", "nobody"),
        ("customer_id", ""),
        ("customer_id", {"a": 1}),
        ("customer_id", "a\0b"),
        ("order_id", None),
        ("order_id", "x" * 65),
        ("line_id", ["1"]),
        ("order_date", "yesterday"),
        ("order_date", "2026-02-30"),
        ("order_date", 20260301.5),
        ("revenue", "a lot"),
        ("revenue", "NaN"),
        ("revenue", True),
        ("revenue", 10**30),
        ("revenue", "0.001"),
        ("cost", "1e999999"),
        ("currency", "XXX"),
        ("quantity", "twelve"),
        ("quantity", 10**4000),
        ("colour", "blue"),
    ],
    ids=lambda value: str(value)[:20],
)
@pytest.mark.parametrize("who", ["ina_integration", "ed_editor"])
def test_a_wrong_value_is_named(api, account, who, name, value):
    answer = api(who).post("order-lines/", {**LINE, name: value})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    assert not OrderLine.objects.exists()


def test_every_wrong_value_is_named(api, account):
    answer = api("ed_editor").post(
        "order-lines/", {"customer_id": "?", "order_date": "x", "revenue": "y", "colour": 1}
    )

    assert set(answer.json()["errors"]) == {"customer_id", "order_date", "revenue", "colour"}


def test_a_future_order_is_refused(api, account):
    tomorrow = (business_today() + dt.timedelta(days=1)).isoformat()

    answer = api("ina_integration").post("order-lines/", {**LINE, "order_date": tomorrow})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["order_date"])


def test_each_line_of_many_is_stored_or_refused_whole(api, account):
    caller = api("ina_integration")
    sent = lines(4)
    sent[1]["revenue"] = "lots"
    sent[2]["colour"] = "blue"
    sent.append("no line")

    answer = caller.post("order-lines/bulk/", sent)
    again = caller.post("order-lines/bulk/", sent)

    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert {name: body[name] for name in ("stored", "unchanged", "refused")} == {
        "stored": 2,
        "unchanged": 0,
        "refused": 3,
    }
    assert [result["index"] for result in body["results"]] == [0, 1, 2, 3, 4]
    assert [list(result["errors"]) for result in body["results"]] == [
        [],
        ["revenue"],
        ["colour"],
        [],
        ["non_field_errors"],
    ]
    assert (again.json()["stored"], again.json()["unchanged"]) == (0, 2)
    assert OrderLine.objects.count() == 2
    assert Event.objects.filter(kind="order_lines.stored").count() == 1


@pytest.mark.parametrize("fault", [{"revenue": "lots"}, {"colour": "blue"}, {"customer_id": "Z-9"}])
def test_atomic_stores_all_or_none(api, account, far_account, fault):
    caller = api("ed_editor")
    sent = lines(3)

    refused = caller.post("order-lines/bulk/?atomic=1", [*sent[:2], {**sent[2], **fault}])
    assert (refused.status_code, refused.json()["refused"]) == (200, 3)
    assert all(result["errors"] for result in refused.json()["results"])
    assert not OrderLine.objects.exists()
    assert not Event.objects.exists()

    stored = caller.post("order-lines/bulk/?atomic=1", sent)
    assert stored.json()["stored"] == 3


def test_lines_go_to_accounts_within_reach_only(api, account, far_account):
    sent = [{**LINE, "customer_id": code, "order_id": code} for code in ("A-1", "Z-9", "nowhere")]

    by_editor = api("ed_editor").post("order-lines/bulk/", sent).json()
    by_viewer = api("vera_viewer").post("order-lines/bulk/", sent).json()
    by_reader = api("rita_reader").post("order-lines/bulk/", sent)

    assert [result["status"] for result in by_editor["results"]] == ["stored"] + ["refused"] * 2
    # Nothing tells an account that is not seen from one that is not there.
    assert by_editor["results"][1]["errors"] == by_editor["results"][2]["errors"]
    assert by_viewer["refused"] == 3
    assert by_reader.status_code == 403
    assert list(OrderLine.objects.values_list("account", flat=True)) == [account.pk]


def test_an_order_out_of_reach_is_not_taken_over(api, account, far_account):
    caller = api("ed_editor")
    OrderLine.objects.create(
        source="ed_editor *:write",  # the token's name
        order_id="4711",
        line_id="1",
        account=far_account,
        date=dt.date(2026, 1, 1),
        currency="CNY",
        revenue_minor=1,
    )

    single = caller.post("order-lines/", LINE)
    bulk = caller.post("order-lines/bulk/", [LINE])

    assert (single.status_code, list(single.json()["errors"])) == (400, ["order_id"])
    assert list(bulk.json()["results"][0]["errors"]) == ["order_id"]
    assert OrderLine.objects.get().account == far_account


def test_more_than_ten_thousand_lines_are_too_many(api, account):
    caller = api("ina_integration")

    much = caller.post("order-lines/bulk/", [1] * 10_001)
    most = caller.post("order-lines/bulk/", lines(10_000))

    assert much.status_code == 413
    assert (most.status_code, most.json()["stored"]) == (200, 10_000)
    assert OrderLine.objects.count() == 10_000


@pytest.mark.parametrize("body", [{}, None, "x", {"lines": []}])
def test_a_bulk_is_a_list(api, account, body):
    text = json.dumps(body)
    assert api("ina_integration").send("post", "order-lines/bulk/", text).status_code == 400


def test_atomic_is_0_or_1(api, account):
    answer = api("ina_integration").post("order-lines/bulk/?atomic=yes", lines(1))

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["atomic"])


def test_lines_are_filtered(api, account, far_account):
    for number, where in enumerate((account, far_account, account), start=1):
        OrderLine.objects.create(
            source="file",
            order_id=f"o{number}",
            line_id="1",
            account=where,
            date=dt.date(2026, 1, number),
            currency="JPY",
            revenue_minor=number,
        )

    def orders(who, **query):
        rows = api(who).get("order-lines/", **query).json()["results"]
        return [row["order_id"] for row in rows]

    assert orders("ed_editor") == ["o1", "o3"]
    assert orders("rita_reader", ordering="-order_date") == ["o3", "o2", "o1"]
    assert orders("stan_steward", date_from="2026-01-02", account=account.pk) == ["o3"]
    assert orders("dora_director", order_id="o2", source="file") == ["o2"]


@pytest.mark.django_db(transaction=True)
def test_a_thousand_lines_thrice_at_once_are_a_thousand(api, account):
    callers = [api("ina_integration", "*:write", *["*:read"] * n) for n in range(3)]
    for caller in callers[1:]:
        caller.headers = callers[0].headers

    for part in range(4):
        sent = lines(250, order_id=f"o{part}")
        answers = at_once(
            *(
                lambda caller=caller, sent=sent, key=f"k{part}": caller.post(
                    "order-lines/bulk/", sent, Idempotency_Key=key
                )
                for caller in callers
            )
        )
        assert [answer.status_code for answer in answers] == [200] * 3
        # Each is told what the first was told.
        assert {answer.json()["stored"] for answer in answers} == {250}
        other = callers[0].post("order-lines/bulk/", sent[:1], Idempotency_Key=f"k{part}")
        assert other.status_code == 422

    assert OrderLine.objects.count() == 1000
    assert IdempotentCall.objects.count() == 4
    assert Account.objects.get().order_lines.count() == 1000


def test_a_misspelt_parameter_of_a_bulk_call_is_refused(api, account):
    answer = api("dora_director").post("order-lines/bulk/?atmoic=1", [])

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["atmoic"]
