"""The order history as columns: what each order was worth on each of its days, in one pass.

An order may have lines on several days; every column below that is asked for a day before the
last one looks at the lines up to that day only, so that a model trained on earlier days knows no
more than was known then.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from customers.sql import memory

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# Orders are grouped by the database; with memory for it, PostgreSQL need not sort on disk.
MEGABYTES = 128
COLUMNS = ("account", "number", "day", "amount", "value")
# What stands before the rows of PostgreSQL's binary COPY, and behind them.
HEAD, TAIL = 19, 2


@dataclass(frozen=True)
class History:
    """Order days by account, order and day; days as date.toordinal() counts.

    accounts  ids of all accounts with a line up to `as_of`, ascending
    row       where the order's account stands in `accounts`
    order     a number that the days of one order share, ascending
    amount    minor units of the order's own currency, returns subtracted: whether it is a purchase
    value     minor units of the reporting currency, likewise; 0 without a rate
    """

    as_of: dt.date
    accounts: Array
    row: Array
    order: Array
    day: Array
    amount: Array
    value: Array

    def purchases(self, day: int) -> tuple[Array, Array, Array]:
        """Return row, day and value of the days with a purchase, from lines up to `day` only.

        A purchase is an order worth more than zero, on the day of its first line.
        """
        import numpy as np

        known = self.day <= day
        row, order, days = self.row[known], self.order[known], self.day[known]
        first = starts(order)
        bought = _added(self.amount[known], first) > 0
        row, days = row[first][bought], days[first][bought]
        value = _added(self.value[known], first)[bought]
        by_day = np.lexsort((days, row))
        row, days, value = row[by_day], days[by_day], value[by_day]
        first = starts(row, days)
        return row[first], days[first], _added(value, first)

    def bought_between(self, after: int, until: int) -> Array:
        """Say of each account whether an order is worth more than zero by its lines in between."""
        import numpy as np

        inside = (self.day > after) & (self.day <= until)
        row, order = self.row[inside], self.order[inside]
        first = starts(order)
        bought = np.zeros(len(self.accounts), dtype=bool)
        bought[row[first][_added(self.amount[inside], first) > 0]] = True
        return bought

    def value_between(self, after: int, until: int) -> Array:
        """Return each account's value of the lines in between."""
        import numpy as np

        inside = (self.day > after) & (self.day <= until)
        # Sums of whole numbers this side of 2^53 are exact in floating point.
        return np.bincount(self.row[inside], self.value[inside], len(self.accounts))


def starts(*columns: Array) -> Array:
    """Return where a run of equal cells begins, over columns that lie in order."""
    import numpy as np

    if not len(columns[0]):
        return np.zeros(0, dtype=np.int64)
    new = np.zeros(len(columns[0]), dtype=bool)
    new[0] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)


def _added(column: Array, first: Array) -> Array:
    """Return the sums of the runs that begin at `first`."""
    import numpy as np

    return np.add.reduceat(column, first) if len(first) else column[:0]


def read(as_of: dt.date) -> History:
    """Return the history of all accounts, from order lines dated up to `as_of` only."""
    import numpy as np

    table = _from_postgresql(as_of) if connection.vendor == "postgresql" else _from_sqlite(as_of)
    table = table[np.lexsort((table["day"], table["number"], table["account"]))]
    accounts, row = np.unique(table["account"], return_inverse=True)
    first = starts(table["account"], table["number"])
    order = np.zeros(len(table), dtype=np.int32)
    order[first[1:]] = 1
    return History(
        as_of,
        accounts,
        row.astype(np.int32),
        np.cumsum(order, dtype=np.int32),
        table["day"].astype(np.int32),
        table["amount"].astype(np.int64),
        table["value"].astype(np.int64),
    )


def _sql(number: str, day: str, as_of: dt.date) -> str:
    """Return SQL for the order days; `number` tells the orders of an account apart."""
    return f"""
        SELECT account_id, {number}, {day}, SUM(revenue_minor), COALESCE(SUM(revenue), 0)
          FROM customers_orderline
         WHERE date <= '{as_of.isoformat()}'
         GROUP BY account_id, source, order_id, date
    """


def _from_postgresql(as_of: dt.date) -> Array:
    import numpy as np

    sql = _sql(
        "hashtextextended(source || chr(31) || order_id, 0)",
        "(date - DATE '0001-01-01') + 1",
        as_of,
    ).replace("SELECT account_id", "SELECT account_id::bigint")
    # Every cell is eight bytes with its length before it, every row begins with their number.
    cells = [(f"l_{name}", ">i4") for name in COLUMNS]
    values = [(name, ">i8") for name in COLUMNS]
    layout = np.dtype(
        [("cells", ">i2"), *(pair for both in zip(cells, values, strict=True) for pair in both)]
    )
    casts = ", ".join(f"{name}::bigint" for name in COLUMNS)
    with tempfile.TemporaryFile() as file, connection.cursor() as cursor:
        with memory(MEGABYTES):
            cursor.copy_expert(
                f"COPY (SELECT {casts} FROM ({sql}) days ({', '.join(COLUMNS)})) "
                "TO STDOUT WITH (FORMAT binary)",
                file,
            )
        rows = (file.tell() - HEAD - TAIL) // layout.itemsize
        file.seek(HEAD)
        packed = np.fromfile(file, dtype=layout, count=rows)
    return packed


def _from_sqlite(as_of: dt.date) -> Array:
    import numpy as np

    sql = _sql(
        "DENSE_RANK() OVER (ORDER BY source, order_id)",
        "CAST(julianday(date) - 1721424.5 AS INTEGER)",
        as_of,
    )
    layout = np.dtype([(name, np.int64) for name in COLUMNS])
    parts = []
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(20_000):
            parts.append(np.array(rows, dtype=layout))
    return np.concatenate(parts) if parts else np.zeros(0, dtype=layout)
