"""Exchange rates: their import, and the amounts that follow them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext

from customers import rates
from customers.errors import Refused
from customers.imports.exchange_rates import import_rates
from customers.imports.reasons import FileRefused
from customers.models import Account, Event, ExchangeRate, OrderLine, PurchasePotential
from tests.order_files import faults, load, row, text, write

pytestmark = pytest.mark.django_db

COLUMNS = "month,currency,rate"
JANUARY = dt.date(2024, 1, 1)


def bring(folder, *lines, header=COLUMNS, name="rates.csv"):
    """Import rates given as lines of CSV."""
    return import_rates(write(folder, "\n".join([header, *lines]), name))


def known():
    """Return the stored rates."""
    return {
        (f"{rate.month:%Y-%m}", rate.currency, rate.into): rate.rate
        for rate in ExchangeRate.objects.all()
    }


@pytest.fixture
def lines(tmp_path):
    """Store lines in three currencies, and a purchase potential."""
    load(
        tmp_path,
        [
            row(revenue="10.00", cost="0.05"),
            row(order_id="O2", revenue="0.50", cost="0.30", currency="USD"),
            row(order_id="O3", revenue="0.50", currency="USD", order_date="2024-02-01"),
            row(order_id="O4", revenue="100", currency="JPY"),
        ],
    )
    PurchasePotential.objects.create(
        account=Account.objects.get(), date=JANUARY, currency="USD", amount_minor=1000
    )
    Event.objects.all().delete()


def amounts():
    """Return the amounts in the reporting currency, by order."""
    found = OrderLine.objects.order_by("order_id").values_list("order_id", "revenue", "cost")
    return {order: (revenue, cost) for order, revenue, cost in found}


def test_rates_are_stored_exactly_and_amounts_follow(tmp_path, lines):
    report = bring(tmp_path, "2024-01,USD,7.123456789", "2024/2,usd,7", "2024年1月,JPY,0.0485")

    assert known() == {
        ("2024-01", "USD", "CNY"): Decimal("7.123456789"),
        ("2024-02", "USD", "CNY"): Decimal("7"),
        ("2024-01", "JPY", "CNY"): Decimal("0.0485"),
    }
    assert amounts() == {
        "O1": (1000, 5),
        "O2": (356, 214),
        "O3": (350, None),
        "O4": (485, None),
    }
    assert PurchasePotential.objects.get().amount == 7123
    assert (report.changed_rates, report.recomputed) == (3, 4)


def test_halves_go_to_the_even_neighbour(tmp_path):
    load(
        tmp_path,
        [row(order_id=f"O{n}", revenue=f"0.0{n}", cost=f"-0.0{n}", currency="USD") for n in (1, 3)],
    )

    bring(tmp_path, "2024-01,USD,0.5")

    assert amounts() == {"O1": (0, 0), "O3": (2, -2)}


def test_an_import_of_rates_is_one_event(tmp_path, lines, cast):
    path = write(tmp_path, f"{COLUMNS}\n2024-01,USD,7\n")

    import_rates(path, by=cast["stan_steward"])

    event = Event.objects.get()
    assert (event.kind, event.actor) == ("rates.imported", cast["stan_steward"])
    assert event.changes == {"rates": [None, 1], "rows": [None, 2], "currency": [None, "CNY"]}


def test_a_corrected_rate_corrects_and_only_its_month(tmp_path, lines):
    bring(tmp_path, "2024-01,USD,7", "2024-02,USD,7")

    report = bring(tmp_path, "2024-01,USD,8", "2024-02,USD,7.0")

    assert amounts()["O2"] == (400, 240)
    assert amounts()["O3"] == (350, None)
    assert (report.changed_rates, report.recomputed) == (1, 2)


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (",USD,7", "month", "missing"),
        ("2024-01,,7", "currency", "missing"),
        ("2024-01,USD,", "rate", "missing"),
        ("2024-13,USD,7", "month", "not_a_month"),
        ("01/2024,USD,7", "month", "not_a_month"),
        ("2024-01-15,USD,7", "month", "not_a_month"),
        ("2024-01,XYZ,7", "currency", "unknown_currency"),
        ("2024-01,CNY,1", "currency", "reporting_currency"),
        ("2024-01,USD,0", "rate", "not_positive"),
        ("2024-01,USD,-7", "rate", "not_positive"),
        ("2024-01,USD,0.0000000001", "rate", "too_fine"),
        ("2024-01,USD,1000000", "rate", "too_large"),
        ("2024-01,USD,seven", "rate", "not_a_number"),
        ("2024-01,USD,NaN", "rate", "not_a_number"),
        ('2024-01,USD,"1,234"', "rate", "number_unclear"),
        ("2024-01,USD", "", "too_few_cells"),
        ("2024-01,USD,7,1", "", "too_many_cells"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(tmp_path, lines, line, column, code):
    before = amounts()

    report = bring(tmp_path, "2024-02,USD,7", line)

    assert faults(report) == [(3, column, code)]
    assert (known(), amounts(), Event.objects.count()) == ({}, before, 0)


def test_every_fault_is_named(tmp_path):
    report = bring(tmp_path, "x,y,z", "2024-01,USD,7", "2024-01,USD,8", "2024年1月,usd,9")

    assert faults(report) == [
        (2, "month", "not_a_month"),
        (2, "currency", "unknown_currency"),
        (2, "rate", "not_a_number"),
        (4, "rate", "double_rate"),
        (5, "rate", "double_rate"),
    ]
    assert report.named[3].value == "3"


def test_chinese_headers_and_encodings_are_read(tmp_path):
    content = text(
        [{"month": "2024年1月", "currency": "USD", "rate": "7.1"}],
        header=COLUMNS.split(","),
        names=["月份", "币种", "汇率"],
        delimiter=";",
    )

    import_rates(write(tmp_path, content, encoding="gb18030"))

    assert list(known().values()) == [Decimal("7.1")]


def test_a_file_of_another_kind_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="rate"):
        bring(tmp_path, "2024-01,USD", header="month,currency")
    with pytest.raises(FileRefused, match="names none"):
        bring(tmp_path, header="a,b")


def test_a_rate_that_makes_an_amount_too_large_is_refused(tmp_path):
    load(tmp_path, [row(revenue="9000000000", currency="USD")])

    with pytest.raises(Refused, match="USD in 2024-01"):
        bring(tmp_path, "2024-01,USD,7")

    assert known() == {}
    assert amounts() == {"O1": (None, None)}


def test_another_reporting_currency_needs_its_own_rates(tmp_path, lines, settings):
    bring(tmp_path, "2024-01,USD,7", "2024-02,USD,7", "2024-01,JPY,0.05")
    settings.REPORTING_CURRENCY = "USD"
    bring(tmp_path, "2024-01,CNY,0.14")
    Event.objects.all().delete()

    call_command("recompute_amounts")

    assert amounts() == {
        "O1": (140, 1),
        "O2": (50, 30),
        "O3": (50, None),
        "O4": (None, None),  # the rate of JPY leads into CNY
    }
    assert PurchasePotential.objects.get().amount == 1000
    assert Event.objects.get().kind == "amounts.recomputed"

    settings.REPORTING_CURRENCY = "CNY"
    rates.recompute_all()
    assert amounts()["O4"] == (500, None)


def test_queries_do_not_grow_with_the_lines(tmp_path, monkeypatch):
    from django.db import connection

    monkeypatch.setattr(rates, "BATCH", 1000)
    counts = []
    for size, rate in ((3, "7"), (300, "8")):
        load(tmp_path, [row(order_id=f"{n}", currency="USD") for n in range(size)])
        with CaptureQueriesContext(connection) as queries:
            bring(tmp_path, f"2024-01,USD,{rate}")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_batches_meet_every_line(tmp_path, monkeypatch):
    monkeypatch.setattr(rates, "BATCH", 7)
    load(tmp_path, [row(order_id=f"{n}", currency="USD", revenue=f"{n}") for n in range(50)])

    assert bring(tmp_path, "2024-01,USD,7").recomputed == 50
    assert amounts()["49"] == (34300, None)


def test_whoever_writes_amounts_sees_that_the_rates_changed():
    book = rates.Book()
    ExchangeRate.objects.create(month=JANUARY, currency="USD", rate="7")

    with pytest.raises(rates.Changed):
        rates.hold(book)
    assert rates.hold() == rates.Book()


def test_the_commands_report(tmp_path, capsys, lines):
    good = write(tmp_path, f"{COLUMNS}\n2024-01,USD,7\n", "good.csv")
    bad = write(tmp_path, f"{COLUMNS}\n2024-01,USD,x\n2024-01,USD,1\n", "bad.csv")

    call_command("import_rates", str(good))
    assert "1 rates into CNY read, 1 of them new or different; 2 stored" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_rates", str(bad))
    assert "line 2: rate “x”: is no number" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no readable file"):
        call_command("import_rates", str(tmp_path / "none.csv"))
