"""How often and when each account bought, as of a day.

A purchase is an order whose lines dated up to that day sum to more than zero, on the day of its
first line; orders of one day count once. Returns lower value, not frequency.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from churn.history import History, starts
from churn.rules import FEWEST_PURCHASE_DAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


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


def of(history: History) -> Purchases:
    """Return the purchases of all accounts, as of the history's day."""
    import numpy as np

    row, day, _value = history.purchases(history.as_of.toordinal())
    first, last = (np.zeros(len(history.accounts), dtype=np.int64) for _ in range(2))
    begins = starts(row)
    first[row[begins]] = day[begins]
    ends = np.append(begins[1:], len(row)) - 1 if len(row) else begins
    last[row[ends]] = day[ends]
    days = np.bincount(row, minlength=len(history.accounts))
    return Purchases(history.as_of, history.accounts, days, first, last)
