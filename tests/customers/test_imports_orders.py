"""The rules of an import: exact amounts, named faults, identity, replacement."""

import datetime as dt

import pytest

from customers.calendar import business_today
from customers.models import Account, Event, OrderLine
from tests.order_files import everything, faults, load, row, stored, text

pytestmark = pytest.mark.django_db


def test_a_file_is_stored_to_the_cent(tmp_path):
    report = load(
        tmp_path,
        [
            row(line_id="10", product_id="P1", category="Bikes", quantity="2", cost="60.5"),
            row(order_id="O2", revenue="-12.30", currency="cny"),
        ],
        source="erp",
    )

    day = dt.date(2024, 1, 5)
    assert stored() == [
        ("erp", "O1", "10", "C1", day, "P1", "Bikes", 2, "CNY", 10000, 6050, 10000, 6050),
        ("erp", "O2", "1", "C1", day, "", "", None, "CNY", -1230, None, -1230, None),
    ]
    assert (report.read, report.stored, report.new, report.refused) == (2, 2, 2, 0)


def test_an_import_is_one_event(tmp_path, cast):
    load(tmp_path, [row()], by=cast["stan_steward"])

    event = Event.objects.get()
    assert event.kind == "orders.imported"
    assert event.actor == cast["stan_steward"]
    assert event.subject == {"source": "file", "file": "orders.csv"}
    assert event.changes["new"] == [None, 1]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"customer_id": " "}, "customer_id", "missing"),
        ({"order_id": ""}, "order_id", "missing"),
        ({"order_date": ""}, "order_date", "missing"),
        ({"revenue": "  "}, "revenue", "missing"),
        ({"revenue": "12,345"}, "revenue", "number_unclear"),
        ({"revenue": "0.001"}, "revenue", "too_fine"),
        ({"revenue": "1e308"}, "revenue", "not_a_number"),
        ({"revenue": "100000000000"}, "revenue", "too_large"),
        ({"cost": "a"}, "cost", "not_a_number"),
        ({"quantity": "0.0001"}, "quantity", "too_fine"),
        ({"currency": "XYZ"}, "currency", "unknown_currency"),
        ({"currency": "JPY", "revenue": "1.5"}, "revenue", "too_fine"),
        ({"order_date": "05/01/2024"}, "order_date", "date_unclear"),
        ({"order_date": "2024-02-30"}, "order_date", "not_a_date"),
        ({"order_id": "1.5E+12"}, "order_id", "rounded"),
        ({"customer_id": "x" * 65}, "customer_id", "too_long"),
        ({"line_id": "a\tb"}, "line_id", "control_character"),
        ({"customer_name": "x" * 201}, "customer_name", "too_long"),
        ({"product_id": "x" * 121}, "product_id", "too_long"),
        ({"region": "a\0b"}, "region", "control_character"),
        ({"parent_id": "a\u200bb"}, "parent_id", "control_character"),
    ],
)
def test_a_bad_cell_is_named_and_the_file_refused(tmp_path, cells, column, code):
    report = load(tmp_path, [row(), row(order_id="O2") | cells])

    assert faults(report) == [(3, column, code)]
    assert report.refused_whole
    assert not OrderLine.objects.exists()
    assert not Account.objects.exists()
    assert not Event.objects.exists()


def test_every_fault_of_a_row_is_named(tmp_path):
    report = load(tmp_path, [row(order_date="x", revenue="y", currency="z", quantity="q")])

    assert faults(report) == [
        (2, "currency", "unknown_currency"),
        (2, "order_date", "not_a_date"),
        (2, "quantity", "not_a_number"),
        (2, "revenue", "not_a_number"),
    ]


def test_today_is_good_and_tomorrow_is_not(tmp_path):
    today = business_today()
    tomorrow = today + dt.timedelta(days=1)

    report = load(
        tmp_path,
        [row(order_date=str(today)), row(order_id="O2", order_date=str(tomorrow))],
        skip_bad=True,
    )

    assert faults(report) == [(3, "order_date", "future")]
    assert [line[4] for line in stored()] == [today]


def test_lines_are_numbered_within_their_order_even_if_scattered(tmp_path):
    load(
        tmp_path,
        [
            row(revenue="1"),
            row(order_id="O2", revenue="2"),
            row(revenue="3"),
            row(order_id="O3", line_id="7", revenue="4"),
            row(revenue="5", line_id="x"),
            row(revenue="6"),
        ],
    )

    assert [(line[1], line[2], line[9]) for line in stored()] == [
        ("O1", "1", 100),
        ("O1", "2", 300),
        ("O1", "4", 600),
        ("O1", "x", 500),
        ("O2", "1", 200),
        ("O3", "7", 400),
    ]


def test_the_same_file_twice_changes_nothing(tmp_path):
    rows = [row(order_id=f"O{n // 3}", revenue=f"{n}.50", cost="1", quantity="2") for n in range(9)]
    load(tmp_path, rows)
    before = everything()

    report = load(tmp_path, rows)

    assert everything() == before
    assert (report.unchanged, report.new, report.replaced) == (9, 0, 0)


def test_a_corrected_file_corrects(tmp_path):
    load(
        tmp_path,
        [
            row(revenue="1"),
            row(revenue="2"),
            row(revenue="3"),
            row(order_id="O2", revenue="4"),
            row(order_id="O9", revenue="9"),
        ],
    )
    kept = OrderLine.objects.get(order_id="O1", line_id="1").pk

    report = load(
        tmp_path,
        [row(revenue="1"), row(revenue="20"), row(order_id="O2", revenue="4"), row(order_id="O3")],
    )

    assert [(line[1], line[2], line[9]) for line in stored()] == [
        ("O1", "1", 100),
        ("O1", "2", 2000),
        ("O2", "1", 400),
        ("O3", "1", 10000),
        ("O9", "1", 900),  # not in the file, so not touched
    ]
    assert OrderLine.objects.get(order_id="O1", line_id="1").pk == kept
    assert (report.new, report.changed, report.unchanged, report.removed) == (1, 1, 2, 1)
    assert report.replaced == 2


def test_every_column_can_be_corrected(tmp_path):
    first = row(line_id="1", product_id="P", category="K", quantity="1", cost="5", currency="CNY")
    changes = [
        {"order_date": "2024-02-01"}, {"product_id": "Q"}, {"category": "L"}, {"quantity": "2"},
        {"quantity": ""}, {"revenue": "7"}, {"cost": "6"}, {"cost": ""}, {"currency": "USD"},
        {"customer_id": "C2"},
    ]  # fmt: skip
    for change in changes:
        load(tmp_path, [first])
        report = load(tmp_path, [first | change])
        assert report.changed == 1, change
        after = stored()
        assert load(tmp_path, [first | change]).unchanged == 1
        assert stored() == after


def test_sources_do_not_know_each_other(tmp_path):
    load(tmp_path, [row(revenue="1")], source="a")
    load(tmp_path, [row(revenue="2")], source="b")

    assert [(line[0], line[9]) for line in stored()] == [("a", 100), ("b", 200)]


def test_an_order_that_moves_to_another_account_moves_whole(tmp_path):
    load(tmp_path, [row(), row()])

    report = load(tmp_path, [row(customer_id="C2")])

    assert [(line[2], line[3]) for line in stored()] == [("1", "C2")]
    assert report.moved_orders == 1
    assert (report.changed, report.removed) == (1, 1)


def test_one_order_with_two_customers_is_bad(tmp_path):
    report = load(tmp_path, [row(), row(order_id="O2"), row(customer_id="C2")])

    assert faults(report) == [
        (2, "customer_id", "two_customers"),
        (4, "customer_id", "two_customers"),
    ]
    assert report.reasons == {("customer_id", "two_customers"): 2}
    assert not OrderLine.objects.exists()


def test_a_line_id_twice_is_bad(tmp_path):
    report = load(
        tmp_path,
        [row(line_id="1"), row(line_id="2"), row(line_id="1"), row(order_id="O2", line_id="1")],
    )

    assert faults(report) == [(2, "line_id", "double_line"), (4, "line_id", "double_line")]


def test_a_position_can_be_taken_already(tmp_path):
    report = load(tmp_path, [row(line_id="2"), row()])

    assert faults(report) == [(2, "line_id", "double_line"), (3, "line_id", "double_line")]


def test_an_order_with_a_bad_row_stays_wholly_as_it_was(tmp_path):
    load(tmp_path, [row(revenue="1"), row(revenue="2"), row(order_id="O2", revenue="3")])

    report = load(
        tmp_path,
        [row(revenue="10"), row(revenue="x"), row(order_id="O2", revenue="30")],
        skip_bad=True,
    )

    assert [(line[1], line[2], line[9]) for line in stored()] == [
        ("O1", "1", 100),
        ("O1", "2", 200),
        ("O2", "1", 3000),
    ]
    assert faults(report) == [(2, "", "order_refused"), (3, "revenue", "not_a_number")]
    assert (report.read, report.stored, report.refused) == (3, 1, 2)


def test_a_row_without_order_number_may_belong_to_the_order_above(tmp_path):
    report = load(
        tmp_path,
        [row(revenue="1"), row(order_id="", revenue="2"), row(order_id="O2")],
        skip_bad=True,
    )

    assert [line[1] for line in stored()] == ["O2"]
    assert faults(report) == [(2, "", "order_refused"), (3, "order_id", "missing")]


def test_a_row_with_shifted_cells_holds_back_every_order_it_may_belong_to(tmp_path):
    shifted = text([row(), row(order_id="O2"), row(order_id="O3")]).splitlines()
    shifted[2] = shifted[2].replace("C1,", "C1,Smith, Inc.,")  # O2, one cell to the right
    shifted[3] = shifted[3].rpartition(",")[0]  # O3, one cell short

    report = load(tmp_path, "\n".join(shifted), skip_bad=True)

    assert [line[1] for line in stored()] == ["O1"]
    assert faults(report) == [(3, "", "too_many_cells"), (4, "", "too_few_cells")]
    assert report.refused == 2


def test_faults_beyond_a_thousand_are_counted(tmp_path):
    report = load(tmp_path, [row(order_id=f"O{n}", revenue="x") for n in range(1200)])

    assert len(report.named) == 1000
    assert report.reasons == {("revenue", "not_a_number"): 1200}
