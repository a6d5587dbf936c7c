"""Order lines of three years, up to a day: as many as asked for, to the line."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from accounts_crm.demo import rows, shapes
from accounts_crm.demo.accounts import Book
from accounts_crm.demo.rates import CNY_PER, TRADED, Rates
from accounts_crm.demo.sheets import dice, sheet, strings
from customers.models import OrderLine

LINES_A_CHUNK = 100_000
ACCOUNTS_A_CHUNK = 4_000
MODELS = 12  # of a product category
RETURNS = 0.012  # part of the orders
WITHOUT_COST = 0.012  # part of the lines


def make_orders(
    seed: int, book: Book, rates: Rates, count: int, end: dt.date, progress
) -> np.ndarray:
    """Write `count` order lines; return each account's revenue of the last twelve months, CNY.

    progress  is called with the number of lines written since the last call
    """
    busy = shapes.calendars(end)
    mass, year = _masses(book, busy, end)
    lines = allot(count, mass * np.sqrt(np.maximum(book.value, 1)), at_least=mass > 0)
    # What one line brings, so that a healthy year of the account adds up to its value.
    healthy = lines / np.maximum(mass, 1e-9) * shapes.YEAR
    revenue = book.value / np.where(book.margin > 0, book.margin, 0.2)
    per_line = revenue / np.maximum(healthy, 1e-9)
    number = 0
    next_id = rows.next_id(OrderLine)
    for part in _chunks(lines):
        draw = dice(seed, "orders", part.start)
        orders = _orders(draw, book, part, lines[part], busy, end)
        columns = _lines(draw, book, part, orders, per_line[part], rates)
        written = len(columns["date"])
        columns["id"] = list(range(next_id, next_id + written))
        columns["order_id"] = _order_ids(orders, number)
        rows.insert(OrderLine, written, source="erp", **columns)
        number += len(orders["day"])
        next_id += written
        progress(written)
    return revenue * year


def allot(count: int, weights: np.ndarray, at_least: np.ndarray | None = None) -> np.ndarray:
    """Return whole shares of `count` in proportion to the weights; they sum to it exactly.

    at_least  who gets one in any case, as far as there are enough
    """
    shares = np.zeros(len(weights), dtype=int)
    if count <= 0 or not weights.sum() > 0:
        return shares
    if at_least is not None and at_least.sum() <= count:
        shares[at_least] = 1
    exact = weights / weights.sum() * (count - shares.sum())
    shares += exact.astype(int)
    missing = count - int(shares.sum())
    shares[np.argsort(-(exact % 1), kind="stable")[:missing]] += 1
    return shares


def _masses(book: Book, busy: np.ndarray, end: dt.date) -> tuple[np.ndarray, np.ndarray]:
    """Return how much each account orders in three years, and in the last, in healthy years."""
    mass, year = np.zeros(len(book)), np.zeros(len(book))
    for start in range(0, len(book), ACCOUNTS_A_CHUNK):
        part = slice(start, start + ACCOUNTS_A_CHUNK)
        often, size = _profiles(book, part, busy, end)
        mass[part] = often.sum(axis=1)
        year[part] = (often * size)[:, -52:].sum(axis=1) / shapes.YEAR
    mass[book.value <= 0] = 0
    return mass, year


def _profiles(book: Book, part: slice, busy: np.ndarray, end: dt.date):
    course = {name: values[part] for name, values in book.course.items()}
    return shapes.profiles(course, book.zones[part], busy, end)


def _chunks(lines: np.ndarray) -> Iterator[slice]:
    """Cut the accounts into ranges of bounded lines and bounded length."""
    start, held = 0, 0
    for at, count in enumerate(lines.tolist()):
        if at > start and (held + count > LINES_A_CHUNK or at - start == ACCOUNTS_A_CHUNK):
            yield slice(start, at)
            start, held = at, 0
        held += count
    if start < len(lines):
        yield slice(start, len(lines))


def _orders(draw, book: Book, part: slice, lines: np.ndarray, busy, end: dt.date) -> dict:
    """Return the orders of some accounts by date: account (in the part), day, lines, returned."""
    often, size = _profiles(book, part, busy, end)
    some = len(lines)
    per_order = draw.uniform(1.6, 4.5, some)
    count = np.where(lines > 0, np.maximum(1, np.rint(lines / per_order)), 0).astype(int)
    count[[kind == "single" for kind in book.kind[part]]] = 1
    count = np.minimum(count, lines)
    owner = np.repeat(np.arange(some), count)
    first = np.cumsum(count) - count
    # One order per stretch of business, more or less punctually: rhythms, not lightning.
    punctual = draw.uniform(0.3, 1.2, some)[owner]
    step = np.arange(len(owner)) - first[owner] + 0.5
    spot = np.clip((step + punctual * (draw.random(len(owner)) - 0.5)) / count[owner], 0, 0.999999)
    # The place on each account's own time line: all lines end to end, searched at once.
    line = np.cumsum(often, axis=1)
    total = np.maximum(line[:, -1:], 1e-12)
    flat = (line / total + np.arange(some)[:, None]).ravel()
    week = np.searchsorted(flat, spot + owner, side="right") - owner * shapes.WEEKS
    week = np.clip(week, 0, shapes.WEEKS - 1)
    monday = shapes.monday_before(end)
    weekday = draw.integers(0, 5, len(owner))
    day = monday + 7 * week + weekday
    course = {name: values[part] for name, values in book.course.items()}
    day = np.minimum(day, shapes.last_days(course, end)[owner])
    extra = draw.random(int((lines - count).sum()))
    whose = np.repeat(np.arange(some), lines - count)
    picked = first[whose] + (extra * count[whose]).astype(int)
    held = 1 + np.bincount(picked, minlength=len(owner))
    returned = (draw.random(len(owner)) < RETURNS) & (step > 2)
    order = np.lexsort((day, owner))
    return {
        "owner": owner[order],
        "day": day[order],
        "lines": held[order],
        "returned": returned[order],
        "size": size[owner, week][order],
    }


def _lines(draw, book: Book, part: slice, orders: dict, per_line: np.ndarray, rates: Rates) -> dict:
    """Return the columns of the lines of these orders."""
    goods = sheet("products")
    held = orders["lines"]
    total = int(held.sum())
    owner = np.repeat(orders["owner"], held)
    first = np.cumsum(held) - held
    day = np.repeat(orders["day"], held)
    back = np.repeat(orders["returned"], held)
    # Each account buys some categories again and again, others hardly ever.
    taste = np.array([float(row["weight"]) for row in goods]) * draw.gamma(
        0.7, 1, (len(per_line), len(goods))
    )
    taste = np.cumsum(taste, axis=1) / np.maximum(taste.sum(axis=1, keepdims=True), 1e-12)
    flat = (taste + np.arange(len(per_line))[:, None]).ravel()
    good = np.searchsorted(flat, draw.random(total) * 0.999999 + owner) - owner * len(goods)
    model = (MODELS * draw.random(total) ** 2).astype(int)
    currency = np.array([TRADED.index(code) for code in book.currency[part]])[owner]
    to_minor = 100 / np.array([CNY_PER[code] for code in TRADED])[currency]
    worth = per_line[owner] * np.repeat(orders["size"], held)
    worth = worth * np.exp(draw.normal(0, 0.55, total) - 0.15)
    worth = np.where(back, -0.5 * worth, worth)
    revenue = np.rint(worth * to_minor).astype(np.int64)
    margin = book.margin[part][owner] + draw.normal(0, 0.04, total)
    cost = np.rint(worth * (1 - margin) * to_minor).astype(np.int64)
    unknown = draw.random(total) < WITHOUT_COST
    price = np.array([float(row["price"]) for row in goods])[good] * (1 + 0.15 * model)
    quantity = np.maximum(1, np.rint(np.abs(worth) / price)).astype(int)
    numbers = strings([str(at) for at in range(1, int(held.max(initial=0)) + 1)])
    product = strings([f"{row['code']}-{10 * (n + 1)}" for row in goods for n in range(MODELS)])
    return {
        "account_id": book.id[part][owner],
        "line_id": numbers[np.arange(total) - np.repeat(first, held)],
        "date": day,
        "product": product[good * MODELS + model],
        "category": strings([row["category"] for row in goods])[good],
        "quantity": np.where(back, -quantity, quantity),
        "currency": strings(TRADED)[currency],
        "revenue_minor": revenue,
        "cost_minor": np.ma.masked_array(cost, unknown),
        "revenue": rates.convert(revenue, currency, day),
        "cost": np.ma.masked_array(rates.convert(cost, currency, day), unknown),
    }


def _order_ids(orders: dict, number: int) -> list[str]:
    """Return the order number of each line: SO0000001, for returns RT0000001."""
    marks = np.where(orders["returned"], "RT", "SO").tolist()
    ids = strings([f"{mark}{at:07}" for at, mark in enumerate(marks, start=number + 1)])
    return np.repeat(ids, orders["lines"]).tolist()
