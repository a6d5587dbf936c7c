"""What the signals of one night work from, and what they answer with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from churn.purchases import Purchases
from churn.rules import Rule

QUARTER_DAYS = 90
HALF_YEAR_DAYS = 180
YEAR_DAYS = 365
# So many row ids are kept as links in a finding.
MOST_LINKS = 20

# Account id to strength and figures, of the accounts for which the signal fired.
Fired = dict[int, tuple[float, dict[str, Any]]]


@dataclass(frozen=True)
class Night:
    """What the signals of one night work from.

    measure   of the run's value: "margin" or "revenue"
    rules     by signal, as they are in force
    accounts  ids to look at: a list, a range, or None for all
    """

    as_of: dt.date
    measure: str
    currency: str
    purchases: Purchases
    rules: dict[str, Rule]
    accounts: list[int] | range | None = None

    def of(self, rows: QuerySet) -> QuerySet:
        """Return the rows of the accounts that are looked at."""
        if isinstance(self.accounts, range):
            first, end = self.accounts.start, self.accounts.stop
            return rows.filter(account__gte=first, account__lt=end)
        return rows if self.accounts is None else rows.filter(account__in=self.accounts)


def value_of(measure: str):
    """Return the value of an order line, null where it has none in this measure."""
    return F("revenue") - F("cost") if measure == "margin" else F("revenue")


def by_account(rows):
    """Yield each account with its rows, from rows ordered by account."""
    current, gathered = None, []
    for account, *rest in rows.iterator(chunk_size=20_000):
        if account != current:
            if gathered:
                yield current, gathered
            current, gathered = account, []
        gathered.append(rest)
    if gathered:
        yield current, gathered
