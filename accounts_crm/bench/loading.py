"""The import of order lines, beside a bare load of the same rows."""

import csv
import tempfile
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
from django.db import connection

from accounts_crm.bench.figures import Cpu, Figure, Took
from accounts_crm.bench.twins import twin
from accounts_crm.bench.undone import undone
from accounts_crm.demo.sheets import dice
from customers.calendar import business_today
from customers.imports.orders import import_orders
from customers.models import Account, OrderLine

SOURCE = "bench"
BATCH = 50_000
HEADER = (
    "customer_id order_id line_id order_date product_id category quantity revenue cost currency"
).split()


def measure(lines: int) -> list[Figure]:
    """Return the figure of an import of so many lines into the table as it stands."""
    if not lines or not Account.objects.exists():
        return []
    cpu = Cpu()
    with tempfile.TemporaryDirectory(prefix="keel-bench-") as folder:
        path = Path(folder) / "orders.csv"
        write_file(path, lines)
        with undone():
            report = []
            took = cpu.took(lambda: report.append(import_orders(path, source=SOURCE)))
            stored = OrderLine.objects.filter(source=SOURCE).count()
            if stored != lines:
                raise ValueError(f"import_orders stored {stored} of {lines} lines: {report[0]}")
            bare = _load_bare(Path(folder) / "rows.copy", cpu)
    way = "COPY" if connection.vendor == "postgresql" else "executemany"
    return [
        Figure(
            "import_orders",
            f"{lines:,} lines",
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


def _load_bare(path: Path, cpu: Cpu) -> Took:
    """Load the imported rows once more, into a twin of the table; return what it took."""
    columns = twin(OrderLine, "bench_lines")
    names = ", ".join(columns)
    select = f"SELECT {names} FROM customers_orderline WHERE source = '{SOURCE}' ORDER BY id"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, path.open("w+b") as file:
            cursor.copy_expert(f"COPY ({select}) TO STDOUT", file)
            file.seek(0)
            copy = f"COPY bench_lines ({names}) FROM STDIN"
            return cpu.took(lambda: cursor.copy_expert(copy, file))
    insert = f"INSERT INTO bench_lines ({names}) VALUES ({', '.join(['%s'] * len(columns))})"
    parts = []
    with connection.cursor() as reader, connection.cursor() as writer:
        reader.execute(select)
        while batch := reader.fetchmany(BATCH):
            parts.append(cpu.took(partial(writer.executemany, insert, _plain(batch))))
    return Took(sum(one.wall for one in parts), sum(one.cpu for one in parts))


def _plain(batch: list[tuple]) -> list[tuple]:
    """Return rows as SQLite itself would hand them over: dates and decimals as it stores them."""
    simple = (int, float, str, type(None))
    if all(isinstance(cell, simple) for cell in chain.from_iterable(batch[:1])):
        return batch
    return [tuple(cell if isinstance(cell, simple) else str(cell) for cell in row) for row in batch]
