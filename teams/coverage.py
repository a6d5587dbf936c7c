"""What a team lacks and what will soon be missing: facts in, findings out."""

import datetime as dt
from collections.abc import Collection, Iterable

from customers.models import Function

# A cross-functional team has somebody from each of these.
CROSS_FUNCTIONAL = (
    Function.RND,
    Function.COMMERCIAL,
    Function.FINANCE,
    Function.MARKETING,
    Function.SERVICE,
)
EXPIRING_DAYS = 30  # before its last day a place is shown as expiring
FULL = 100  # percent of a person's time


def needed_by(policy: Collection[str] | None) -> list[str]:
    """Return the functions that a team must have: the cross-functional ones, and its tier's."""
    extra = [function for function in policy or () if function not in CROSS_FUNCTIONAL]
    return [*CROSS_FUNCTIONAL, *extra]


def gaps(needed: Iterable[str], staffed: Collection[str]) -> list[str]:
    """Return the functions that are needed and that nobody has, in the order of the need."""
    return [function for function in needed if function not in staffed]


def is_expiring(until: dt.date | None, today: dt.date) -> bool:
    """Say whether a place that is held today ends within EXPIRING_DAYS."""
    return until is not None and today <= until <= today + dt.timedelta(days=EXPIRING_DAYS)


def is_overloaded(shares: Iterable[int | None]) -> bool:
    """Say whether the known shares of a person's time, in percent, are more than all of it."""
    return sum(share for share in shares if share is not None) > FULL
