"""Who of ours was with whom of theirs: the pairs behind the relationship map and “known by”."""

import datetime as dt
from typing import NamedTuple

from customers.calendar import business_today
from customers.models import Interaction

KNOWN_DAYS = 365  # who met a contact within these knows the person


class Meeting(NamedTuple):
    """One of ours and one of theirs in one log entry."""

    entry: int
    kind: str
    date: dt.date
    ours: int
    name: str
    function: str  # of ours
    theirs: int
    their_function: str


def meetings(account) -> list[Meeting]:
    """Return every pair of the last KNOWN_DAYS, ours by name; written contacts are among them."""
    since = business_today() - dt.timedelta(days=KNOWN_DAYS)
    pairs = Interaction.objects.filter(
        account=account, date__gte=since, ours__isnull=False, theirs__isnull=False
    ).order_by("ours__name", "ours")
    columns = ("pk", "kind", "date", "ours", "ours__name", "ours__function")
    return [Meeting(*row) for row in pairs.values_list(*columns, "theirs", "theirs__function")]
