"""Who of ours met whom of theirs, function by function, from the logged contacts."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from customers.calendar import business_today
from customers.meetings import Meeting, meetings
from customers.models import Function, Interaction

DAYS = 365  # older contacts no longer count
HALF_LIFE = 90  # days after which a contact counts half
# From these strengths on: in touch, works together, trusted; below the first they have met.
STEPS = (0.5, 2.0, 5.0)


@dataclass(frozen=True)
class Cell:
    """How often one function of ours met one of theirs.

    count     of log entries in the last DAYS; who only wrote has not met
    strength  the same, each halved for every HALF_LIFE days since
    shade     0 for none, 1 to 4
    missing   both sides have the function, and these counterparts have not met
    """

    ours: str
    theirs: str
    count: int
    strength: float
    missing: bool

    @property
    def shade(self) -> int:
        """Return how dark the cell is drawn."""
        return 1 + sum(self.strength >= step for step in STEPS) if self.count else 0

    @property
    def radius(self) -> int:
        """Return the radius of its mark, in a box of 28."""
        return (0, 4, 7, 10, 12)[self.shade]


@dataclass(frozen=True)
class Line:
    """One function of ours against all of theirs."""

    function: str
    cells: list[Cell]

    @property
    def name(self) -> str:
        """Return the function in words."""
        return str(Function(self.function).label)


@dataclass(frozen=True)
class Map:
    """The functions of both sides; `heads` are theirs, each with its number of people."""

    account: Any
    heads: list[tuple[str, str, int]]
    lines: list[Line]


def first_day() -> dt.date:
    """Return the first day whose contacts count."""
    return business_today() - dt.timedelta(days=DAYS - 1)


def relations(account, contacts, colleagues, met: Iterable[Meeting] | None = None) -> Map:
    """Return the map of an account.

    contacts    its people who are still there
    colleagues  our people who work on it
    met         customers.meetings.meetings, where the page has them already
    The strength of a pair is Σ 0.5^(days since / HALF_LIFE) over its log entries of a year.
    """
    today, first = business_today(), first_day()
    # Once for each entry, however many of a function were there.
    entries = {
        (pair.entry, pair.function, pair.their_function, pair.date)
        for pair in (meetings(account) if met is None else met)
        if pair.kind in Interaction.MET
        and pair.date >= first
        and pair.function
        and pair.their_function
    }
    counts = Counter((ours, theirs) for _entry, ours, theirs, _day in entries)
    strengths: defaultdict[tuple[str, str], float] = defaultdict(float)
    for _entry, ours, theirs, day in sorted(entries):  # the same sum on every page
        strengths[ours, theirs] += 0.5 ** ((today - day).days / HALF_LIFE)
    people = Counter(contact.function for contact in contacts if contact.function)
    staffed = {person.function for person in colleagues if person.function}
    columns = [f for f in Function.values if people[f] or any(pair[1] == f for pair in counts)]
    rows = [f for f in Function.values if f in staffed or any(pair[0] == f for pair in counts)]
    lines = [
        Line(
            ours,
            [
                Cell(
                    ours,
                    theirs,
                    counts[ours, theirs],
                    strengths[ours, theirs],
                    missing=ours == theirs and not counts[ours, theirs],
                )
                for theirs in columns
            ],
        )
        for ours in rows
    ]
    heads = [(theirs, str(Function(theirs).label), people[theirs]) for theirs in columns]
    return Map(account, heads, lines)
