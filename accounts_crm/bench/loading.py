"""The import of order lines, beside a bare load of the same rows."""

import csv
import tempfile
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
from django.db import connection, transaction

from accounts_crm.bench.figures import Figure, seconds
from accounts_crm.demo.sheets import dice
from customers.calendar import business_today
from customers.imports.orders import import_orders
from customers.models import Account, OrderLine
from customers.sql import run

SOURCE = "bench"
COLUMNS = [str(field.column) for field in OrderLine._meta.concrete_fields if not field.primary_key]
BATCH = 50_000
HEADER = (
    "customer_id order_id line_id order_date product_id category quantity revenue cost currency"
).split()


def measure(lines: int) -> list[Figure]:
    """Return the figure of an import of so many lines into the table as it stands."""
    if not lines or not Account.objects.exists():
        return []
    with tempfile.TemporaryDirectory(prefix="keel-bench-") as folder:
        path = Path(folder) / "orders.csv"
        write_file(path, lines)
        with transaction.atomic():
            report = []
            took = seconds(lambda: report.append(import_orders(path, source=SOURCE)))
            stored = OrderLine.objects.filter(source=SOURCE).count()
            if stored != lines:
                raise ValueError(f"import_orders stored {stored} of {lines} lines: {report[0]}")
            bare = _load_bare(Path(folder) / "rows.copy")
            transaction.set_rollback(True)
    way = "COPY" if connection.vendor == "postgresql" else "executemany"
    return [
        Figure(
            "import_orders",
            f"{lines:,} lines",
            "s",
            took,
            bare,
            f"{way} of the same rows, same indexes",
            "≤ 4",
        )
    ]


def write_file(path: Path, lines: int) -> None:
    """Write a CSV file of so many order lines, three to an order, of the accounts there are."""
    draw = dice(1, "bench")
    codes = list(Account.objects.order_by("pk").values_list("code", flat=True)[:20_000])
    today = np.datetime64(business_today(), "D")
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADER)
        for start in range(0, lines, BATCH):
            numbers = np.arange(start, min(start + BATCH, lines))
            order = numbers // 3
            # Of the order, not of the line: one order has one customer and one day.
            customer = (order * 7919) % len(codes)
            days = np.datetime_as_string(today - 1 - (order * 31) % 1000)
            revenue = draw.integers(10_000, 9_000_000, len(numbers))
            cost = (revenue * 0.7).astype(int)
            rows = zip(
                [codes[at] for at in customer],
                [f"B{at:08}" for at in order],
                (numbers % 3 + 1).tolist(),
                days.tolist(),
                [f"P{at % 97}" for at in numbers],
                [f"Category {at % 9}" for at in numbers],
                (numbers % 20 + 1).tolist(),
                [f"{cents / 100:.2f}" for cents in revenue],
                [f"{cents / 100:.2f}" for cents in cost],
                [""] * len(numbers),
                strict=True,
            )
            out.writerows(rows)


def _load_bare(path: Path) -> float:
    """Load the imported rows once more, into a twin of the table; return the seconds."""
    names = ", ".join(COLUMNS)
    select = f"SELECT {names} FROM customers_orderline WHERE source = '{SOURCE}' ORDER BY id"
    if connection.vendor == "postgresql":
        run("CREATE TABLE bench_lines (LIKE customers_orderline INCLUDING ALL)")
        with connection.cursor() as cursor, path.open("w+b") as file:
            cursor.copy_expert(f"COPY ({select}) TO STDOUT", file)
            file.seek(0)
            copy = f"COPY bench_lines ({names}) FROM STDIN"
            return seconds(lambda: cursor.copy_expert(copy, file))
    _twin()
    insert = f"INSERT INTO bench_lines ({names}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
    took = 0.0
    with connection.cursor() as reader, connection.cursor() as writer:
        reader.execute(select)
        while batch := reader.fetchmany(BATCH):
            took += seconds(partial(writer.executemany, insert, _plain(batch)))
    return took


def _twin() -> None:
    """Make SQLite a second table like that of the order lines, indexes included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'customers_orderline' "
            "AND sql IS NOT NULL ORDER BY type DESC"
        )
        for (statement,) in cursor.fetchall():
            twin = statement.replace("customers_orderline", "bench_lines")
            cursor.execute(twin.replace('INDEX "', 'INDEX "bench_'))


def _plain(batch: list[tuple]) -> list[tuple]:
    """Return rows as SQLite itself would hand them over: dates and decimals as it stores them."""
    simple = (int, float, str, type(None))
    if all(isinstance(cell, simple) for cell in chain.from_iterable(batch[:1])):
        return batch
    return [tuple(cell if isinstance(cell, simple) else str(cell) for cell in row) for row in batch]
