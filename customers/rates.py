"""Exchange rates: from any currency to the reporting currency, month by month.

Every amount is stored in its own currency and, converted when written, in the reporting one.
When a rate or the reporting currency changes, `set_rates` and `recompute_all` convert anew.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from customers import events, sql
from customers.errors import Refused
from customers.models import ExchangeRate, OrderLine, PurchasePotential
from customers.money import AmountError, convert

Months = dict[tuple[dt.date, str], Decimal]  # by first day and currency

BATCH = 10_000
_TRIES = 3
# Each table with amounts: its pairs of (own currency, reporting currency).
_AMOUNTS: list[tuple[Any, list[tuple[str, str]]]] = [
    (OrderLine, [("revenue_minor", "revenue"), ("cost_minor", "cost")]),
    (PurchasePotential, [("amount_minor", "amount")]),
]


class Changed(Exception):
    """The rates, or the amounts they were applied to, changed meanwhile; begin anew."""


class Book:
    """All rates into the reporting currency; small: one number per month and currency."""

    def __init__(self, new: Months | None = None):
        self.reporting = settings.REPORTING_CURRENCY
        known = ExchangeRate.objects.filter(into=self.reporting)
        rates = {(month, code): rate for month, code, rate in known.values_list(*_KEY, "rate")}
        self._rates = {
            (month.year, month.month, code): rate
            for (month, code), rate in (rates | (new or {})).items()
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Book) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def convert(self, minor: int | None, currency: str, day: dt.date) -> int | None:
        """Return an amount in reporting minor units; None without amount or rate, never 1:1.

        Raises AmountError("too_large") beyond what a ranking can sum safely.
        """
        if minor is None:
            return None
        if currency == self.reporting:
            return minor
        rate = self._rates.get((day.year, day.month, currency))
        return None if rate is None else convert(minor, currency, rate, self.reporting)


_KEY = ("month", "currency")


def hold(book: Book | None = None) -> Book:
    """Keep the rates as they are until the transaction ends, for whoever writes amounts.

    Raises Changed if they are no longer those of `book`. SQLite's one writer needs no lock.
    """
    _lock("pg_advisory_xact_lock_shared")
    now = Book()
    if book is not None and now != book:
        raise Changed
    return now


@dataclass(frozen=True)
class Recomputed:
    """How many rates were new or different, and how many rows have another amount now."""

    rates: int
    rows: int


def set_rates(new: Months, *, by=None, progress: Callable[[int], None] | None = None) -> Recomputed:
    """Write rates and convert anew what they touch, as one act.

    Raises Refused if a rate makes an amount too large.
    """
    return _retried(lambda compute_early: _set_rates(new, by, progress, compute_early))


def recompute_all(*, by=None, progress: Callable[[int], None] | None = None) -> Recomputed:
    """Convert every amount anew: to be called when REPORTING_CURRENCY has changed.

    Rates into the old reporting currency stay, out of use; import those into the new one first.
    """
    return _retried(lambda compute_early: _recompute_all(by, progress, compute_early))


def _set_rates(new, by, progress, compute_early) -> Recomputed:
    reporting = settings.REPORTING_CURRENCY
    known = ExchangeRate.objects.filter(into=reporting)
    stored = {(month, code): rate for month, code, rate in known.values_list(*_KEY, "rate")}
    different = {key: rate for key, rate in new.items() if stored.get(key) != rate}

    def write():
        ExchangeRate.objects.bulk_create(
            [
                ExchangeRate(month=month, currency=code, into=reporting, rate=rate)
                for (month, code), rate in different.items()
            ],
            update_conflicts=True,
            unique_fields=[*_KEY, "into"],
            update_fields=["rate"],
        )

    touched = set(different)
    return _recompute(
        lambda: Book(different),
        lambda month, code: (month, code) in touched,
        write,
        ("rates.imported", by, {"rates": len(different)}),
        sorted({code for _month, code in touched}),
        progress,
        compute_early,
    )


def _recompute_all(by, progress, compute_early) -> Recomputed:
    return _recompute(
        Book,
        lambda _month, _code: True,
        lambda: None,
        ("amounts.recomputed", by, {}),
        None,
        progress,
        compute_early,
    )


def _retried(work: Callable[[bool], Recomputed]) -> Recomputed:
    """Compute before the transaction on SQLite, so as to hold its one write lock shortly.

    If somebody writes meanwhile, again; at last within the transaction, as PostgreSQL does at
    once, where readers and other writers go on.
    """
    early = connection.vendor == "sqlite" and not connection.in_atomic_block
    for compute_early in [early] * (_TRIES - 1):
        try:
            return work(compute_early)
        except Changed:
            continue
    return work(False)


def _recompute(book, touches, write, event, currencies, progress, compute_early) -> Recomputed:
    try:
        seen = _data_version() if compute_early else None
        if compute_early:
            _compute(book(), touches, currencies, progress)
        with transaction.atomic():
            _lock("pg_advisory_xact_lock")
            if compute_early and _data_version() != seen:
                raise Changed
            if not compute_early:
                _compute(book(), touches, currencies, progress)
            write()
            changed = sum(_apply(model, pairs) for model, pairs in _AMOUNTS)
            kind, by, figures = event
            figures |= {"rows": changed, "currency": settings.REPORTING_CURRENCY}
            changes: dict[str, Any] = {name: (None, it) for name, it in figures.items()}
            events.record(kind, by=by, **changes)
            return Recomputed(figures.get("rates", 0), changed)
    finally:
        if not connection.needs_rollback:
            sql.drop(f"anew_{model._meta.model_name}" for model, _pairs in _AMOUNTS)


def _compute(book: Book, touches, currencies: Iterable[str] | None, progress) -> None:
    """Put the rows whose amounts come out otherwise into one TEMP table per model."""
    done = 0
    for model, pairs in _AMOUNTS:
        anew = f"anew_{model._meta.model_name}"
        sql.drop([anew])
        columns = ", ".join(f"{into} bigint" for _own, into in pairs)
        sql.run(f"CREATE TEMP TABLE {anew} (id bigint PRIMARY KEY, {columns})")
        marks = ", ".join(["%s"] * (len(pairs) + 1))
        for batch in _batches(model, pairs, currencies):
            different = [row for line in batch if (row := _converted(line, book, touches))]
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {anew} VALUES ({marks})", different)
            done += len(batch)
            if progress:
                progress(done)


def _batches(model, pairs, currencies) -> Iterator[list[tuple]]:
    """Yield rows of (id, date, currency, own amounts, reporting amounts), some at a time."""
    names = [own for own, _into in pairs] + [into for _own, into in pairs]
    lines = model.objects.order_by("pk").values_list("pk", "date", "currency", *names)
    if currencies is not None:
        lines = lines.filter(currency__in=currencies)
    last = 0
    while batch := list(lines.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1][0]


def _converted(line: tuple, book: Book, touches) -> tuple | None:
    """Return (id, amounts...) if a row's reporting amounts change, else None."""
    pk, day, currency, *amounts = line
    if not touches(day.replace(day=1), currency):
        return None
    half = len(amounts) // 2
    try:
        now = [book.convert(minor, currency, day) for minor in amounts[:half]]
    except AmountError:
        raise Refused(
            _("The rate of %(currency)s in %(month)s makes a stored amount too large to keep.")
            % {"currency": currency, "month": f"{day:%Y-%m}"},
            field="rate",
        ) from None
    return (pk, *now) if now != amounts[half:] else None


def _apply(model, pairs) -> int:
    table, anew = model._meta.db_table, f"anew_{model._meta.model_name}"
    columns = ", ".join(f"{into} = {anew}.{into}" for _own, into in pairs)
    return sql.run(f"UPDATE {table} SET {columns} FROM {anew} WHERE {anew}.id = {table}.id")


def _lock(function: str) -> None:
    if connection.vendor == "postgresql":
        sql.rows(f"SELECT {function}(hashtext('customers_exchangerate'))")


def _data_version() -> int:
    """Return a number that changes when another connection commits to this SQLite file."""
    return sql.figure("PRAGMA data_version")
