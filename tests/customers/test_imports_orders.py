"""The rules of an import: identity, replacement, refusal, accounts, differences."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext

from customers.calendar import business_today
from customers.imports.reasons import FileRefused
from customers.models import Account, Event, ExchangeRate, OrderLine, Region
from tests.order_files import (
    CHINESE,
    GOOD,
    HEADER,
    everything,
    faults,
    load,
    row,
    stored,
    text,
    write,
)

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


def test_unknown_accounts_are_refused_unless_they_may_be_created(tmp_path):
    Account.objects.create(code="C1", name="One")

    report = load(
        tmp_path,
        [row(), row(customer_id="C2", order_id="O2"), row(customer_id="C2", order_id="O3")],
        create_accounts=False,
        skip_bad=True,
    )

    assert faults(report) == [
        (3, "customer_id", "unknown_account"),
        (4, "customer_id", "unknown_account"),
    ]
    assert [line[3] for line in stored()] == ["C1"]
    assert Account.objects.count() == 1


def test_created_accounts_are_as_the_design_says(tmp_path):
    east = Region.objects.create(name="East")
    Region.objects.create(name="Shanghai", parent=east)

    report = load(
        tmp_path,
        [
            row(customer_id=" 00012 ", customer_name=" 重工 ", parent_id="G1", region="Shanghai"),
            row(order_id="O2", customer_id="00012", customer_name="Later name"),
            row(order_id="O3", customer_id="a", region="West"),
            row(order_id="O4", customer_id="A", parent_id="00012"),
        ],
    )

    first = Account.objects.get(code="00012")
    assert (first.name, first.status, first.tier, first.stage) == (
        "重工", "active", "ordinary", "pre",
    )  # fmt: skip
    assert (first.owner, first.version, first.region.parent) == (None, 1, east)
    assert first.parent == Account.objects.get(code="G1", name="G1", parent=None, region=None)
    assert Account.objects.get(code="a").name == "a"
    assert Account.objects.get(code="a").region == Region.objects.get(name="West", parent=None)
    assert Account.objects.get(code="A").parent == first
    assert (report.accounts_created, report.parents_created, report.regions_created) == (4, 1, 1)
    assert [it[1:] for it in report.differences] == [
        ("00012", "customer_name", "Later name", "重工")
    ]


def test_the_first_that_is_said_of_an_account_counts(tmp_path):
    load(
        tmp_path,
        [
            row(),
            row(order_id="O2", customer_name="One", region="N"),
            row(order_id="O3", customer_name="Uno", parent_id="P", region="S"),
            row(order_id="O4", parent_id="Q"),
        ],
    )

    one = Account.objects.get(code="C1")
    assert (one.name, one.parent.code, one.region.name) == ("One", "P", "N")


def test_an_account_that_exists_is_never_changed_and_differences_are_reported(tmp_path):
    north = Region.objects.create(name="North")
    top = Account.objects.create(code="T", name="Top")
    Account.objects.create(code="C1", name="One", other_name="Uno", parent=top, region=north)
    before = list(Account.objects.order_by("pk").values_list())

    report = load(
        tmp_path,
        [
            row(customer_name="Uno", parent_id="T", region="North"),
            row(customer_name="Two", parent_id="X", region="South", order_id="O2"),
            row(customer_name="Two", parent_id="", region="", order_id="O3"),
        ],
    )

    assert list(Account.objects.order_by("pk").values_list()) == before
    assert not Region.objects.filter(name="South").exists()
    assert [tuple(it) for it in report.differences] == [
        (3, "C1", "customer_name", "Two", "One"),
        (3, "C1", "parent_id", "X", "T"),
        (3, "C1", "region", "South", "North"),
    ]
    assert report.difference_count == 3


def test_a_circle_of_parents_is_refused_with_its_lines(tmp_path):
    report = load(
        tmp_path,
        [
            row(customer_id="A", parent_id="B"),
            row(customer_id="B", parent_id="C", order_id="O2"),
            row(customer_id="C", parent_id="A", order_id="O3"),
            row(customer_id="D", parent_id="A", order_id="O4"),
            row(customer_id="E", parent_id="E", order_id="O5"),
            row(customer_id="F", parent_id="G", order_id="O6"),
        ],
        skip_bad=True,
    )

    assert faults(report) == [(line, "parent_id", "parent_circle") for line in range(2, 7)]
    assert sorted(Account.objects.values_list("code", flat=True)) == ["F", "G"]


def test_a_chain_of_a_thousand_parents_is_no_circle(tmp_path):
    rows = [row(customer_id=f"C{n}", parent_id=f"C{n + 1}", order_id=f"O{n}") for n in range(1000)]

    report = load(tmp_path, rows)

    assert report.accounts_created == 1001
    assert Account.objects.get(code="C0").parent.code == "C1"
    assert Account.objects.filter(parent=None).get().code == "C1000"


def test_only_accounts_of_orders_that_go_in_are_created(tmp_path):
    report = load(
        tmp_path,
        [
            row(customer_id="A", parent_id="P"),
            row(customer_id="B", parent_id="Q", order_id="O2"),
            row(customer_id="B", order_id="O2", revenue="x"),
        ],
        skip_bad=True,
    )

    assert sorted(Account.objects.values_list("code", flat=True)) == ["A", "P"]
    assert report.accounts_created == 2


def test_a_dry_run_writes_nothing_and_reports_the_same(tmp_path):
    load(tmp_path, [row(revenue="1"), row(revenue="2")])
    before, events = everything(), Event.objects.count()
    rows = [row(revenue="10"), row(order_id="O2", customer_id="C9", region="New")]

    trial = load(tmp_path, rows, dry_run=True)

    assert everything() == before
    assert Event.objects.count() == events
    assert not Region.objects.exists()
    assert not trial.applied
    assert trial.figures() == load(tmp_path, rows).figures()


def test_lines_without_a_rate_stay_out_and_are_counted(tmp_path):
    ExchangeRate.objects.create(month=dt.date(2024, 1, 1), currency="USD", rate="7.123456789")

    report = load(
        tmp_path,
        [
            row(revenue="0.50", cost="0.10", currency="USD"),
            row(order_id="O2", order_date="2024-02-01", currency="USD"),
            row(order_id="O3", currency="JPY", revenue="100"),
        ],
    )

    assert [(line[8], *line[9:]) for line in stored()] == [
        ("USD", 50, 10, 356, 71),
        ("USD", 10000, None, None, None),
        ("JPY", 100, None, None, None),
    ]
    assert report.without_rate == {("JPY", "2024-01"): 1, ("USD", "2024-02"): 1}


def test_an_empty_currency_is_the_reporting_currency(tmp_path, settings):
    settings.REPORTING_CURRENCY = "JPY"

    load(tmp_path, [row(revenue="100", currency=" ")])

    assert [line[8:] for line in stored()] == [("JPY", 100, None, 100, None)]


def test_a_sum_that_cannot_be_kept_exactly_refuses_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("customers.imports.lines.LARGEST_SUM", 100_000)

    load(tmp_path, [row(revenue="999.99")])
    with pytest.raises(FileRefused, match="add up"):
        load(tmp_path, [row(order_id="O2", revenue="-600", cost="400")])

    assert OrderLine.objects.count() == 1


@pytest.mark.parametrize("source", ["", "  ", "x" * 65, "a\nb"])
def test_a_source_needs_a_name(tmp_path, source):
    with pytest.raises(FileRefused, match="source"):
        load(tmp_path, [row()], source=source)


def test_chinese_headers_are_read(tmp_path):
    report = load(
        tmp_path,
        text(
            [row(customer_name="龙骨机械", order_date="2024年1月5日", region="华东")], names=CHINESE
        ),
    )

    assert report.stored == 1
    assert Account.objects.get().name == "龙骨机械"


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("客户代码", "customer_id"), ("客户编码", "customer_id"), ("Customer ID", "customer_id"),
        (" CUSTOMER-ID ", "customer_id"), ("日期", "order_date"), ("订单编号", "order_id"),
        ("收入", "revenue"), ("金额", "revenue"),
    ],
)  # fmt: skip
def test_other_headers_mean_the_same(tmp_path, header, column):
    names = [header if name == column else name for name in GOOD]

    assert load(tmp_path, text([row()], header=list(GOOD), names=names)).stored == 1


def test_a_column_nobody_reads_is_said(tmp_path):
    content = text([row(note="x")], header=[*GOOD, "note", ""])

    assert load(tmp_path, content).unread_columns == ("note",)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("customer_id,order_id,order_date", "revenue"),
        ("customer_id,revenue", "order_id, order_date"),
        ("customer_id,order_id,order_date,revenue,客户编号", "More than one column"),
        ("customer_id,order_id,order_date,revenue,金额", "revenue"),
        ("a,b,c", "names none of the columns"),
        ("C1,O1,2024-01-05,100", "names none of the columns"),
        ("\n\n", "names none of the columns"),
    ],
)
def test_a_wrong_header_refuses_the_file(tmp_path, header, says):
    with pytest.raises(FileRefused, match=says):
        load(tmp_path, header + "\nC1,O1,2024-01-05,100,1\n")


def test_a_file_with_a_header_only_is_an_import_of_nothing(tmp_path):
    report = load(tmp_path, ",".join(HEADER))

    assert (report.read, report.stored, report.applied) == (0, 0, True)


def test_queries_do_not_grow_with_the_file(tmp_path, django_assert_max_num_queries, db):
    from django.db import connection

    counts = []
    for size in (10, 300):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            load(tmp_path, [row(order_id=f"{size}-{n}") for n in range(size)])
        counts.append(len(queries))

    assert counts[0] >= counts[1] - 2  # the first one creates the account


def test_the_command_reports_and_ends_with_one_if_refused(tmp_path, capsys):
    good, bad = write(tmp_path, [row()], "good.csv"), write(tmp_path, [row(revenue="x")], "bad.csv")

    call_command("import_orders", str(good), "--create-accounts")
    assert "Rows in                                  1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nothing was imported") as caught:
        call_command("import_orders", str(bad))

    assert caught.value.returncode == 1
    assert "line 2: revenue “x”: is no number" in capsys.readouterr().out


def test_the_command_skips_and_tries(tmp_path, capsys):
    path = write(tmp_path, [row(), row(order_id="O2", revenue="x")])

    call_command("import_orders", str(path), "--create-accounts", "--skip-bad", "--dry-run")
    assert not OrderLine.objects.exists()
    call_command("import_orders", str(path), "--create-accounts", "--skip-bad", "--source=s")

    assert [line[:2] for line in stored()] == [("s", "O1")]
    assert "without the orders that have a bad row" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["missing.csv", ".", "a\0b"])
def test_the_command_says_when_there_is_no_file(tmp_path, name):
    with pytest.raises(CommandError, match="no readable file"):
        call_command("import_orders", f"{tmp_path}/{name}")
