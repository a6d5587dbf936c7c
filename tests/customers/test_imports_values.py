"""What a cell may hold."""

import datetime as dt

import pytest

from customers.imports import values
from customers.imports.reasons import ROW


@pytest.mark.parametrize(
    ("cell", "currency", "minor"),
    [
        ("0", "CNY", 0),
        ("12", "CNY", 1200),
        ("12.3", "CNY", 1230),
        ("12.34", "CNY", 1234),
        (" 12.34 ", "CNY", 1234),
        ("-0.01", "CNY", -1),
        ("+5", "CNY", 500),
        (".5", "CNY", 50),
        ("7.", "CNY", 700),
        ("12.3400", "CNY", 1234),
        ("1,234.56", "CNY", 123456),
        ("-12,345,678.90", "CNY", -1234567890),
        ("1,234,567", "CNY", 123456700),
        ("1.234,56", "EUR", 123456),
        ("1.234.567", "EUR", 123456700),
        ("1.234.567,8", "EUR", 123456780),
        ("12,5", "EUR", 1250),
        ("12,50", "EUR", 1250),
        ("0,125", "KWD", 125),
        ("1234,567", "KWD", 1234567),
        ("1 234 567,89", "EUR", 123456789),
        ("1\u00a0234.50", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("1234", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("9999999999.99", "CNY", 999_999_999_999),
        ("10000000000.00", "CNY", 10**12),
    ],
)
def test_an_amount_is_read_exactly(cell, currency, minor):
    assert values.amount(cell, currency) == minor


@pytest.mark.parametrize(
    ("cell", "currency", "code"),
    [
        ("1,234", "CNY", "number_unclear"),
        ("-123,456", "CNY", "number_unclear"),
        ("1.234", "CNY", "too_fine"),
        ("0.005", "CNY", "too_fine"),
        ("1.5", "JPY", "too_fine"),
        ("10000000000.01", "CNY", "too_large"),
        ("1" * 29, "CNY", "too_large"),
        ("", "CNY", "not_a_number"),
        ("abc", "CNY", "not_a_number"),
        ("1e5", "CNY", "not_a_number"),
        ("1E308", "CNY", "not_a_number"),
        ("NaN", "CNY", "not_a_number"),
        ("Infinity", "CNY", "not_a_number"),
        ("12,34,567.00", "CNY", "not_a_number"),
        ("1,23.4", "CNY", "not_a_number"),
        ("¥12.00", "CNY", "not_a_number"),
        ("12.00 CNY", "CNY", "not_a_number"),
        ("１２", "CNY", "not_a_number"),
        ("1_000", "CNY", "not_a_number"),
        ("--1", "CNY", "not_a_number"),
        ("#ERROR", "CNY", "not_a_number"),
        ("0" * 27 + ".001", "CNY", "too_fine"),
    ],
)
def test_an_amount_that_is_unclear_is_refused(cell, currency, code):
    with pytest.raises(values.Fault) as caught:
        values.amount(cell, currency)

    assert caught.value.code == code


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-05", "2024-1-5", "2024/1/5", "2024/01/05", "2024.01.05", "20240105",
        "2024年1月5日", "2024年01月05日", " 2024-01-05 ", "2024-01-05 00:00:00",
        "2024-01-05T13:45:00.000", "2024/1/5 0:00",
    ],
)  # fmt: skip
def test_a_date_with_the_year_first_is_read(cell):
    assert values.date(cell) == dt.date(2024, 1, 5)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("05/01/2024", "date_unclear"),
        ("5.1.2024", "date_unclear"),
        ("01-05-24", "date_unclear"),
        ("5-Jan-2024", "date_unclear"),
        ("2024-01/05", "date_unclear"),
        ("2024-01-05T00:00:00Z", "date_unclear"),
        ("2024-01-05 00:00+08:00", "date_unclear"),
        ("2024-02-30", "not_a_date"),
        ("2024-13-01", "not_a_date"),
        ("20241301", "not_a_date"),
        ("45296", "not_a_date"),
        ("0000-01-01", "not_a_date"),
        ("2024-W01-1", "date_unclear"),
        ("", "not_a_date"),
        ("yesterday", "not_a_date"),
        ("２０２４-01-05", "not_a_date"),
        ("1899-12-31", "too_early"),
    ],
)
def test_any_other_date_is_refused(cell, code):
    with pytest.raises(values.Fault) as caught:
        values.date(cell)

    assert caught.value.code == code


@pytest.mark.parametrize(
    "cell", ["2024-01", "2024-1", "2024/1", "2024.01", "202401", "2024年1月", "2024-01-01"]
)
def test_a_month_is_read(cell):
    assert values.month(cell) == dt.date(2024, 1, 1)


@pytest.mark.parametrize("cell", ["2024-13", "2024-01-15", "01/2024", "Jan-24", "", "2024", "1"])
def test_what_is_no_month_is_refused(cell):
    with pytest.raises(values.Fault, match="not_a_month"):
        values.month(cell)


@pytest.mark.parametrize(
    ("cell", "kept"), [(" 00012 ", "00012"), ("\u3000客户一\u00a0", "客户一"), ("a-1", "a-1")]
)
def test_a_code_is_trimmed_and_keeps_its_case(cell, kept):
    assert values.code(cell) == kept


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("x" * 65, "too_long"),
        ("A\n1", "control_character"),
        ("A\t1", "control_character"),
        ("A\0", "control_character"),
        ("A\u200b1", "control_character"),
        ("A\ufeff", "control_character"),
        ("A\ud800", "control_character"),
        ("1.23457E+11", "rounded"),
        ("1E+15", "rounded"),
    ],
)
def test_a_code_with_something_unseen_is_refused(cell, code):
    with pytest.raises(values.Fault) as caught:
        values.code(cell)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("cell", "kept"), [("3", "3.0"), ("-0.125", "-0.125"), ("1,000.5", "1000.5"), ("-0", "0.0")]
)
def test_a_quantity_has_three_decimals_at_most(cell, kept):
    assert values.decimal(cell, 15, 3) == kept


@pytest.mark.parametrize(
    ("cell", "code"), [("0.0001", "too_fine"), ("1" * 13, "too_large"), ("x", "not_a_number")]
)
def test_a_quantity_beyond_is_refused(cell, code):
    with pytest.raises(values.Fault, match=code):
        values.decimal(cell, 15, 3)


def test_every_fault_has_a_sentence():
    for code in ("rounded", "number_unclear", "date_unclear", "too_early", "control_character"):
        assert str(ROW[code])
