"""A file as a whole: trial, currencies, source, header, queries, command."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.imports.reasons import FileRefused
from customers.models import Account, Event, ExchangeRate, OrderLine, Region
from tests.order_files import CHINESE, GOOD, HEADER, everything, load, row, stored, text, write

pytestmark = pytest.mark.django_db


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


def test_queries_do_not_grow_with_the_file(tmp_path):
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
