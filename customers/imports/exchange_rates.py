"""The import of exchange rates: month, currency, rate. All or nothing."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from customers import rates
from customers.imports import headers, values
from customers.imports.files import open_table
from customers.imports.report import Report
from customers.imports.values import Fault
from customers.models import ExchangeRate

_RATE = ExchangeRate._meta.get_field("rate")


@dataclass
class RatesReport(Report):
    """The figures of one import of rates; faults are kept as for order lines.

    changed_rates  rates that were new or different
    recomputed     rows whose amount in the reporting currency is another now
    """

    source: str = ""
    changed_rates: int = 0
    recomputed: int = 0
    currencies: set[str] = field(default_factory=set)


def import_rates(path: Path, *, by=None, progress=None) -> RatesReport:
    """Import a file of rates into the reporting currency, and convert stored amounts anew.

    Raises FileRefused for a file that cannot be read as one, and Refused if a rate makes a
    stored amount too large; bad rows are in the report, and then nothing is written.
    """
    report = RatesReport(path.name)
    new: dict[tuple[dt.date, str], Decimal] = {}
    lines: dict[tuple[dt.date, str], int] = {}
    with open_table(path, headers.RATE_COLUMNS, headers.RATE_REQUIRED) as table:
        report.describe(table)
        for line, cells in table.rows:
            report.read += 1
            found: dict[str, object] = {}
            faults = list(_read(cells, table.columns, found))
            key = (found.get("month"), found.get("currency"))
            if not faults and key in lines:
                faults.append(("rate", "double_rate", str(lines[key])))  # type: ignore[index]
            report.bad_rows += bool(faults)
            for column, code, cell in faults:
                report.refuse(line, column, code, cell)
            if not faults:
                new[key], lines[key] = found["rate"], line  # type: ignore[index, assignment]
    report.currencies = {code for _month, code in new}
    if not report.refused_whole:
        done = rates.set_rates(new, by=by, progress=progress)
        report.changed_rates, report.recomputed = done.rates, done.rows
        report.new, report.applied = report.read, True
    return report


def _read(cells: list[str], columns, found: dict) -> Iterator[tuple[str, str, str]]:
    """Fill `found` with the values of a row; yield (column, code, cell) of every fault."""
    if len(cells) != columns.width:
        code = "too_few_cells" if len(cells) < columns.width else "too_many_cells"
        yield "", code, ""
        return
    readers = {"month": values.month, "currency": _currency, "rate": _rate}
    for column, read in readers.items():
        cell = cells[columns.at[column]]
        try:
            found[column] = read(cell)  # type: ignore[operator]
        except Fault as fault:
            yield column, fault.code if cell.strip() else "missing", cell


def _currency(cell: str) -> str:
    code = values.currency(cell)
    if code == settings.REPORTING_CURRENCY:
        raise Fault("reporting_currency")
    return code


def _rate(cell: str) -> Decimal:
    rate = Decimal(values.decimal(cell, _RATE.max_digits, _RATE.decimal_places))
    if rate <= 0:
        raise Fault("not_positive")
    return rate
