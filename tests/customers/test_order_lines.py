"""Order lines by the API's way: each stored or refused whole."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account, Event, ExchangeRate, OrderLine
from customers.order_lines import store_lines
from tests.order_files import load, row, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def accounts():
    """Two accounts to write lines for."""
    for code in ("C1", "C2"):
        Account.objects.create(code=code, name=code)


def line(**cells):
    """Return a good line with some fields changed."""
    return row(line_id="1") | cells


def store(*lines, atomic=False, source="erp"):
    return store_lines(list(lines), source=source, by=None, atomic=atomic)


def statuses(results):
    return [result["status"] for result in results]


def test_a_line_is_stored_to_the_cent():
    ExchangeRate.objects.create(month=dt.date(2024, 1, 1), currency="USD", rate="7.1")

    results = store(
        line(revenue="1,234.50", cost=0.5, quantity=2.25, product_id="P", category="K"),
        line(line_id=2, revenue=-12, currency="usd"),
    )

    day = dt.date(2024, 1, 5)
    assert stored() == [
        ("erp", "O1", "1", "C1", day, "P", "K", Decimal("2.25"), "CNY", 123450, 50, 123450, 50),
        ("erp", "O1", "2", "C1", day, "", "", None, "USD", -1200, None, -8520, None),
    ]
    assert results == [
        {"index": 0, "status": "stored", "errors": {}},
        {"index": 1, "status": "stored", "errors": {}},
    ]


def test_a_line_again_is_unchanged_and_a_corrected_one_corrects():
    store(line(quantity="2", cost="1"), line(line_id="2"))
    ids = list(OrderLine.objects.order_by("pk").values_list("pk", flat=True))

    results = store(line(quantity=2.0, cost="1.00"), line(line_id="2", revenue="7"))

    assert statuses(results) == ["unchanged", "stored"]
    assert [each[9] for each in stored()] == [10000, 700]
    assert list(OrderLine.objects.order_by("pk").values_list("pk", flat=True)) == ids


def test_other_lines_of_the_order_stay():
    store(line(), line(line_id="2"))

    store(line(line_id="3"))

    assert [each[2] for each in stored()] == ["1", "2", "3"]


def test_one_event_says_what_was_stored(cast):
    store_lines([line(), line(line_id="")], source="erp", by=cast["ina_integration"], atomic=False)
    store(line())

    event = Event.objects.get()
    assert (event.kind, event.actor) == ("order_lines.stored", cast["ina_integration"])
    assert event.subject == {"source": "erp"}
    assert event.changes == {"stored": [None, 1], "unchanged": [None, 0], "refused": [None, 1]}


@pytest.mark.parametrize(
    ("cells", "errors"),
    [
        ({"customer_id": None}, {"customer_id": "must not be empty"}),
        ({"customer_id": "nobody"}, {"customer_id": "no account has this code"}),
        ({"order_id": "  "}, {"order_id": "must not be empty"}),
        ({"order_id": True}, {"order_id": "must be a text or a number"}),
        ({"line_id": ""}, {"line_id": "must not be empty"}),
        ({"line_id": ["1"]}, {"line_id": "must be a text or a number"}),
        ({"line_id": "\ud800"}, {"line_id": "character that nobody sees"}),
        ({"order_date": "05/01/2024"}, {"order_date": "two dates"}),
        ({"order_date": 20240230}, {"order_date": "is no date"}),
        ({"order_date": {}}, {"order_date": "must be a text or a number"}),
        ({"revenue": "0.001"}, {"revenue": "more decimals"}),
        ({"revenue": 0.1 + 0.2}, {"revenue": "more decimals"}),
        ({"revenue": 10**40}, {"revenue": "too large"}),
        ({"revenue": 1e300}, {"revenue": "is no number"}),
        ({"revenue": "NaN"}, {"revenue": "is no number"}),
        ({"cost": "x"}, {"cost": "is no number"}),
        ({"quantity": "1e3"}, {"quantity": "is no number"}),
        ({"currency": "XYZ"}, {"currency": "ISO 4217"}),
        ({"currency": "JPY", "revenue": "1.5"}, {"revenue": "more decimals"}),
        ({"product_id": "x" * 121}, {"product_id": "too long"}),
        ({"category": "a\0"}, {"category": "character that nobody sees"}),
        (
            {"revenue": "x", "quantity": "y", "order_date": "z"},
            {"revenue": "number", "quantity": "number", "order_date": "date"},
        ),
    ],
)
def test_a_bad_line_is_refused_with_every_field(cells, errors):
    results = store(line(order_id="O9"), line() | cells)

    assert statuses(results) == ["stored", "refused"]
    assert results[1]["errors"].keys() == errors.keys()
    for field, says in errors.items():
        assert says in results[1]["errors"][field][0]
    assert [each[1] for each in stored()] == ["O9"]


@pytest.mark.parametrize("sent", [None, 1, "x", [], True])
def test_what_is_no_line_is_refused(sent):
    assert "non_field_errors" in store(sent)[0]["errors"]


def test_tomorrow_is_refused():
    tomorrow = business_today() + dt.timedelta(days=1)

    assert "future" in store(line(order_date=str(tomorrow)))[0]["errors"]["order_date"][0]


def test_a_line_twice_in_a_call_is_refused_both_times():
    results = store(line(), line(revenue="7"), line(line_id="2"))

    assert statuses(results) == ["refused", "refused", "stored"]
    assert "line_id" in results[0]["errors"]


def test_an_order_of_two_customers_is_refused():
    results = store(line(), line(line_id="2", customer_id="C2"), line(order_id="O2"))

    assert statuses(results) == ["refused", "refused", "stored"]


def test_an_order_moves_to_another_account_only_with_all_its_lines():
    store(line(), line(line_id="2"))

    half = store(line(customer_id="C2"))
    whole = store(line(customer_id="C2"), line(line_id="2", customer_id="C2"))

    assert "order_id" in half[0]["errors"]
    assert statuses(whole) == ["stored", "stored"]
    assert {each[3] for each in stored()} == {"C2"}


def test_atomic_stores_all_or_none():
    good, bad = line(), line(line_id="2", revenue="x")

    results = store(good, bad, atomic=True)

    assert statuses(results) == ["refused", "refused"]
    assert "all lines or none" in results[0]["errors"]["non_field_errors"][0]
    assert not OrderLine.objects.exists()
    assert not Event.objects.exists()
    assert statuses(store(good, bad | {"revenue": "1"}, atomic=True)) == ["stored", "stored"]


def test_a_file_and_the_api_know_one_identity(tmp_path):
    load(tmp_path, [row(), row()], source="erp")

    assert statuses(store(line(), line(line_id="2", revenue="7"))) == ["unchanged", "stored"]
    assert load(tmp_path, [row(), row()], source="erp").changed == 1


def test_a_source_needs_a_name():
    with pytest.raises(Refused, match="source"):
        store(line(), source=" ")


def test_no_lines_are_no_fault():
    assert store() == []


def test_queries_do_not_grow_with_the_lines():
    counts = []
    for size in (2, 2000):
        with CaptureQueriesContext(connection) as queries:
            results = store(*(line(order_id=f"{size}-{n}") for n in range(size)))
        assert set(statuses(results)) == {"stored"}
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10
