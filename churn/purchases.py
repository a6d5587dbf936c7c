"""How often and when each account bought, as of a day: one pass over the order lines.

A purchase is an order whose lines dated up to that day sum to more than zero, on the day of its
first line; orders of one day count once. Returns lower value, not frequency.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from churn.rules import FEWEST_PURCHASE_DAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# Orders are grouped by the database; with memory for it, PostgreSQL need not sort on disk.
WORK_MEM = "128MB"


@dataclass(frozen=True)
class Purchases:
    """Columns over all accounts with an order line up to the day, by ascending account id.

    days   days with a purchase, 0 for an account that has lines but never bought
    first  day of the first purchase, as date.toordinal() counts; 0 without one
    last   day of the last purchase, likewise
    """

    as_of: dt.date
    account: Array
    days: Array
    first: Array
    last: Array

    @property
    def bought(self) -> Array:
        """Say of each account whether it ever bought."""
        return self.days > 0

    def since_last(self) -> Array:
        """Return the days from the last purchase to the day; of no meaning without one."""
        return self.as_of.toordinal() - self.last

    def rhythm(self) -> Array:
        """Return the mean days from purchase to purchase; infinite where too few make one."""
        import numpy as np

        mean = (self.last - self.first) / np.maximum(self.days - 1, 1)
        return np.where(self.days >= FEWEST_PURCHASE_DAYS, mean, np.inf)


def read(as_of: dt.date) -> Purchases:
    """Return the purchases of all accounts, from order lines dated up to `as_of` only."""
    import numpy as np

    sql = f"""
        SELECT account_id, COUNT(DISTINCT day), {_ordinal("MIN(day)")}, {_ordinal("MAX(day)")}
          FROM (
            SELECT account_id, CASE WHEN SUM(revenue_minor) > 0 THEN MIN(date) END AS day
              FROM customers_orderline
             WHERE date <= %s
             GROUP BY account_id, source, order_id
          ) orders
         GROUP BY account_id
         ORDER BY account_id
    """
    parts = []
    with connection.cursor() as cursor:
        _more_memory(cursor)
        cursor.execute(sql, [as_of.isoformat()])
        while rows := cursor.fetchmany(20_000):
            parts.append(np.array([[cell or 0 for cell in row] for row in rows], dtype=np.int64))
        _usual_memory(cursor)
    table = np.concatenate(parts) if parts else np.zeros((0, 4), dtype=np.int64)
    return Purchases(as_of, *(np.ascontiguousarray(table[:, n]) for n in range(4)))


def _ordinal(day: str) -> str:
    """Return SQL for a day as date.toordinal() counts."""
    if connection.vendor == "postgresql":
        return f"({day} - DATE '0001-01-01') + 1"
    return f"CAST(julianday({day}) - 1721424.5 AS INTEGER)"


def _more_memory(cursor) -> None:
    if connection.vendor == "postgresql":
        cursor.execute(f"SET work_mem = '{WORK_MEM}'")


def _usual_memory(cursor) -> None:
    if connection.vendor == "postgresql":
        cursor.execute("RESET work_mem")
