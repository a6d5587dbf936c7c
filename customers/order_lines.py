"""Order lines one by one, as the API sends them: each stored or refused whole.

The same few queries whatever the number of lines. A file replaces orders as a whole and has a
way of its own, `customers.imports`; what a cell may hold is the same for both.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import OperationalError, connection, transaction

from customers import rates
from customers.calendar import business_today
from customers.imports import values
from customers.imports.reasons import FileRefused, sentence
from customers.imports.values import Fault
from customers.models import Account, Event, OrderLine
from customers.money import AmountError
from customers.sql import run

_TRIES = 3
_COMPARED = (
    "account_id date product category quantity currency revenue_minor cost_minor revenue cost"
).split()
_TYPES = dict.fromkeys(["order_id", "line_id", *_COMPARED], "text") | {
    "account_id": "bigint",
    "date": "date",
    "quantity": "numeric",
    "revenue_minor": "bigint",
    "cost_minor": "bigint",
    "revenue": "bigint",
    "cost": "bigint",
}


@dataclass
class _Line:
    """A line as it was sent: what it would store, and what is wrong with it."""

    index: int
    customer: str = ""
    order: str = ""
    line: str = ""
    stored: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    same: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.order, self.line

    def refuse(self, column: str, code: str) -> None:
        self.faults[column or "non_field_errors"].append(sentence("", code))


def store_lines(lines: list[dict], *, source: str, by, atomic: bool) -> list[dict]:
    """Store lines, each known by (source, order_id, line_id); return a result per line.

    lines   customer_id, order_id, line_id, order_date, product_id, category, quantity, revenue,
            cost, currency; strings or numbers
    atomic  store all lines or none
    A result is {"index", "status": "stored", "unchanged" or "refused", "errors": {field: [...]}}.
    Raises Refused if the source is no name, or the database was busy for too long.
    """
    try:
        source = values.code(source)
    except Fault:
        source = ""
    if not source:
        raise FileRefused("source")
    for _try in range(_TRIES):
        book = rates.Book()
        read = [_read(index, line, book) for index, line in enumerate(lines)]
        try:
            with transaction.atomic():
                _store(read, source, by, atomic, rates.hold(book))
            return [_result(line) for line in read]
        except (OperationalError, rates.Changed):
            if connection.in_atomic_block:
                break
    raise FileRefused("busy")


def _store(read: list[_Line], source: str, by, atomic: bool, book: rates.Book) -> None:
    sound = [line for line in read if not line.faults]
    _find_accounts(sound)
    _find_double(sound)
    stored = _stored(source, {line.order for line in sound})
    _find_other_customers(sound, stored)
    if atomic and any(line.faults for line in read):
        for line in read:
            if not line.faults:
                line.refuse("", "call_refused")
        return
    good = [line for line in sound if not line.faults]
    for line in good:
        line.same = stored[line.order].get(line.line) == line.stored
    if changed := [line for line in good if not line.same]:
        _write(source, changed)
        figures = {
            "stored": len(changed),
            "unchanged": len(good) - len(changed),
            "refused": len(read) - len(good),
        }
        Event.objects.create(
            kind="order_lines.stored",
            actor=by,
            subject={"source": source},
            changes={name: [None, value] for name, value in figures.items()},
        )


def _result(line: _Line) -> dict:
    status = "refused" if line.faults else "unchanged" if line.same else "stored"
    return {"index": line.index, "status": status, "errors": dict(line.faults)}


def _read(index: int, sent: Any, book: rates.Book) -> _Line:
    """Return a line with its values, or with every fault they have."""
    line = _Line(index)
    if not isinstance(sent, dict):
        line.refuse("", "not_an_object")
        return line
    today = business_today()

    def cell(name: str, read, *, needed: bool = False, empty: Any = "") -> Any:
        """Return what a cell holds; note its fault and return None if it cannot be."""
        try:
            text = _text(sent.get(name))
            if text:
                return read(text)
            if not needed:
                return empty
            raise Fault("missing")
        except (Fault, AmountError) as fault:
            line.refuse(name, fault.code)
            return None

    def past(text: str) -> dt.date:
        if (day := values.date(text)) > today:
            raise Fault("future")
        return day

    line.customer = cell("customer_id", values.code, needed=True)
    line.order = cell("order_id", values.code, needed=True)
    line.line = cell("line_id", values.code, needed=True)
    day = cell("order_date", past, needed=True)
    currency = cell("currency", values.currency, empty=book.reporting)

    def money(text: str) -> tuple[int, int | None]:
        minor = values.amount(text, currency or book.reporting)
        return minor, book.convert(minor, currency, day) if currency and day else None

    revenue = cell("revenue", money, needed=True)
    cost = cell("cost", money, empty=(None, None))
    quantity = cell("quantity", values.quantity, empty=None)
    product, category = cell("product_id", values.text), cell("category", values.text)
    if not line.faults:
        line.stored = {
            "date": day,
            "product": product,
            "category": category,
            "quantity": None if quantity is None else Decimal(quantity),
            "currency": currency,
            "revenue_minor": revenue[0],
            "cost_minor": cost[0],
            "revenue": revenue[1],
            "cost": cost[1],
        }
    return line


def _text(value: Any) -> str:
    """Return a JSON value as a cell of a file would hold it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Fault("not_text")
    if isinstance(value, int) and value.bit_length() > 100:
        raise Fault("too_large")
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 40:
        return format(value, "f")
    return str(value)


def _find_accounts(lines: Iterable[_Line]) -> None:
    codes = {line.customer for line in lines}
    ids = dict(Account.objects.filter(code__in=codes).values_list("code", "pk"))
    for line in lines:
        if line.customer in ids:
            line.stored = {"account_id": ids[line.customer]} | line.stored
        else:
            line.refuse("customer_id", "unknown_account")


def _find_double(lines: Iterable[_Line]) -> None:
    times: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        times[line.key] += 1
    for line in lines:
        if times[line.key] > 1:
            line.refuse("line_id", "double_line")


def _stored(source: str, orders: set[str]) -> dict[str, dict[str, dict]]:
    """Return what is stored of these orders: {order_id: {line_id: values}}."""
    found: dict[str, dict[str, dict]] = defaultdict(dict)
    rows = OrderLine.objects.filter(source=source, order_id__in=orders)
    for row in rows.values("order_id", "line_id", *_COMPARED):
        found[row.pop("order_id")][row.pop("line_id")] = row
    return found


def _find_other_customers(lines: Iterable[_Line], stored: dict[str, dict[str, dict]]) -> None:
    """An order belongs to one account: all its lines must move for it to go to another."""
    orders: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        orders[line.order].append(line)
    for order, members in orders.items():
        if len({line.customer for line in members}) > 1:
            for line in members:
                line.refuse("customer_id", "two_customers")
            continue
        good = [line for line in members if not line.faults]
        sent = {line.line for line in good}
        staying = {row["account_id"] for key, row in stored[order].items() if key not in sent}
        for line in good:
            if staying - {line.stored["account_id"]}:
                line.refuse("order_id", "order_of_another")


def _write(source: str, lines: list[_Line]) -> None:
    """Insert or overwrite in one statement; sorted, so that two calls cannot lock crosswise."""
    rows = [
        {"order_id": line.order, "line_id": line.line, **line.stored}
        for line in sorted(lines, key=lambda line: line.key)
    ]
    table = OrderLine._meta.db_table
    updates = ", ".join(f"{name} = excluded.{name}" for name in _COMPARED)
    if connection.vendor == "postgresql":
        columns = ", ".join(_TYPES)
        typed = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
        given = f"jsonb_to_recordset(CAST(%s AS jsonb)) AS line ({typed})"
    else:
        columns = ", ".join(f"json_extract(value, '$.{name}')" for name in _TYPES)
        given = "json_each(%s)"
    run(
        f"""
        INSERT INTO {table} (source, {", ".join(_TYPES)})
        SELECT %s, {columns} FROM {given} WHERE true
        ON CONFLICT (source, order_id, line_id) DO UPDATE SET {updates}
        """,
        [source, json.dumps(rows, default=str)],
    )
