"""The import of order lines, from the file to the report."""

import copy
from collections.abc import Callable
from pathlib import Path

from django.db import IntegrityError, OperationalError, connection, transaction

from customers import rates, sql
from customers.calendar import business_today
from customers.imports import accounts, checks, headers, staging, storing, values
from customers.imports.files import open_table
from customers.imports.lines import LineReader
from customers.imports.reasons import FileRefused
from customers.imports.report import Report
from customers.models import Event

LARGE_FOR_SQLITE = 500_000
_ANALYSE_FROM = 10_000  # new lines
_TRIES = 3


def import_orders(
    path: Path,
    *,
    source: str = "file",
    by=None,
    create_accounts: bool = False,
    skip_bad: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Import a file of order lines; each order it carries replaces the stored one as a whole.

    skip_bad  leave out orders with a bad row; otherwise one bad row refuses the file
    progress  called with bytes read and bytes in all
    Raises FileRefused for a file that cannot be read as one; bad rows are in the report.
    """
    try:
        source = values.code(source)
    except values.Fault:
        raise FileRefused("source") from None
    if not source:
        raise FileRefused("source")
    report = Report(path.name, source, dry_run=dry_run, skip_bad=skip_bad)
    for tries_left in reversed(range(_TRIES)):
        attempt = copy.deepcopy(report)
        try:
            with staging.staging():
                return _import(path, attempt, by, create_accounts, progress)
        except (IntegrityError, OperationalError, storing.Moved, rates.Changed):
            # Somebody made the same account, changed the same orders, or held a lock.
            if not tries_left or connection.in_atomic_block:
                raise
    raise AssertionError("the last try returns or raises")


def _import(path, report: Report, by, create_accounts, progress) -> Report:
    book = rates.Book()
    with open_table(path, headers.ORDER_COLUMNS, headers.ORDER_REQUIRED) as table:
        report.describe(table)
        reader = LineReader(table.columns, book, business_today(), report, staging.null())
        staging.load(reader.read(table.rows, lambda: progress(table.position(), table.size)))
        progress(table.size, table.size)
    postgres = connection.vendor == "postgresql"
    report.large_for_sqlite = not postgres and report.read > LARGE_FOR_SQLITE

    checks.gather_orders()
    checks.number_lines("ctid" if postgres else "rowid")
    checks.find_double_lines(report, named=bool(reader.named_lines))
    checks.find_two_customers(report)
    accounts.gather_accounts(create_accounts)
    checks.find_refused_accounts(report)
    checks.count_bad_rows(report)
    if report.skip_bad:
        checks.find_held_back(report)
    report.sort_named()
    if report.refused_whole:
        accounts.find_differences(report)
        return report
    accounts.choose_needed(all_in=not report.reasons)
    accounts.count_needed(report)
    accounts.find_differences(report)
    if reader.without_rate:
        storing.count_without_rate(report)
    if report.dry_run:
        storing.count(report)
        return report
    _store(report, book, by)
    if postgres and report.new >= _ANALYSE_FROM:
        # Else the first ranking after the first import is planned for an empty table.
        sql.run(f"ANALYZE {storing.TABLE}")
    return report


def _store(report: Report, book: rates.Book, by) -> None:
    """Write everything, the event included, in one transaction."""
    with transaction.atomic():
        _queue_up(report.source)
        rates.hold(book)
        accounts.make_needed()
        storing.store(report, storing.count(report))
        report.applied = True
        Event.objects.create(
            kind="orders.imported",
            actor=by,
            subject={"source": report.source, "file": report.file[:200]},
            changes={name: [None, value] for name, value in report.figures().items()},
        )


def _queue_up(source: str) -> None:
    """Let one import of a source write at a time; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        sql.run("SET LOCAL lock_timeout = 0")
        sql.run(
            "SELECT pg_advisory_xact_lock(hashtext('customers_orderline'), hashtext(%s))", [source]
        )
