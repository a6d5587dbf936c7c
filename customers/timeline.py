"""What happened with an account, newest first: contacts, orders, complaints, changes.

Each kind is read for itself, a page at a time, and merged; so a page costs the same after ten
years as after ten days. A page ends at a moment, from which the next one goes on.
"""

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, Count, Q, Sum, Value

from customers import happenings
from customers.calendar import business_date
from customers.models import Event, Interaction, OrderLine
from customers.trade import amount, month_end

PAGE = 20
# What the timeline can be narrowed to; "moves" are of stage, tier, owner and team.
KINDS = ("log", "orders", "complaints", "moves", "flags", "changes")
SEARCHED = ("log", "complaints")  # what has words of its own
MOVES = frozenset(
    kind
    for kind in happenings.SHOWN
    if kind.startswith(("stage.", "tier.", "member.")) or kind == "owner.changed"
)
FLAGS = frozenset(kind for kind in happenings.SHOWN if kind.startswith("flag."))
CHANGES = frozenset(happenings.SHOWN) - MOVES - FLAGS
BETWEEN = 100
# Days with orders read for a page: enough for more months than a page holds.
DAYS_OF_ORDERS = 31 * (PAGE + 2)


@dataclass(frozen=True)
class Person:
    """Somebody present, as far as the timeline names people."""

    pk: int
    name: str


@dataclass
class Entry:
    """One line of the timeline; `kind` says which template draws it, `row` is what it draws."""

    at: dt.datetime
    kind: str
    row: Any
    ours: list[Person] = field(default_factory=list)
    theirs: list[Person] = field(default_factory=list)


@dataclass(frozen=True)
class Orders:
    """The orders of a month, or of its days so far."""

    first: dt.date
    orders: int
    value: int


@dataclass(frozen=True)
class Page:
    """Some entries, and the moment before which the next page begins; None at the end."""

    entries: list[Entry]
    older: dt.datetime | None

    @property
    def older_text(self) -> str:
        """Return the moment as an address carries it."""
        return (
            self.older.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if self.older else ""
        )


def page(
    account,
    *,
    before: dt.datetime | None = None,
    measure: str = "revenue",
    only: str = "",
    q: str = "",
) -> Page:
    """Return the entries before a moment, or the newest.

    only  one of KINDS, "" for all
    q     text that an entry must hold; only contacts and complaints have any
    """
    wanted = {only} if only else set(KINDS)
    if q:
        wanted &= set(SEARCHED)
    kinds = []
    if "log" in wanted:
        kinds.append(_contacts(account, before, q))
    if "orders" in wanted:
        kinds.append(_orders(_order_days(account, before, measure)))
    if "complaints" in wanted:
        kinds.append(_complaints(account, before, q))
    told = {
        *(MOVES if "moves" in wanted else ()),
        *(FLAGS if "flags" in wanted else ()),
        *(CHANGES if "changes" in wanted else ()),
    }
    if told:
        kinds.append(_changes(account, before, told))
    entries = sorted(itertools.chain(*kinds), key=lambda entry: entry.at, reverse=True)
    # Down to here every kind was read; a kind that was cut may lack some of its last moment.
    floors = [kind[-1].at for kind in kinds if len(kind) > PAGE]
    shown = [entry for entry in entries if not floors or entry.at > max(floors)]
    older = shown[-1].at if floors and shown else max(floors, default=None)
    if len(shown) > PAGE:
        # Everything of the page's last moment belongs to the page: the next begins before it.
        older = shown[PAGE - 1].at
        shown = [entry for entry in shown if entry.at >= older]
    _add_people(shown)
    return Page(shown, older)


def between(account, ours: str, theirs: str, *, since: dt.date) -> list[Entry]:
    """Return where one function of ours met one of theirs, the latest BETWEEN entries."""
    met = Interaction.objects.filter(
        account=account,
        kind__in=Interaction.MET,
        ours__function=ours,
        theirs__function=theirs,
        date__gte=since,
    ).values("pk")
    rows = account.interactions.filter(pk__in=met).select_related("author", "next_step__who")
    return contacts(rows.order_by("-at", "-pk")[:BETWEEN])


def contacts(rows: Iterable[Interaction]) -> list[Entry]:
    """Return contact log entries as the timeline draws them, with who was there."""
    entries = [Entry(row.at, "interaction", row) for row in rows]
    _add_people(entries)
    return entries


def _contacts(account, before, q: str) -> list[Entry]:
    rows = account.interactions.select_related("author", "next_step__who").order_by("-at", "-pk")
    if q:
        rows = rows.filter(
            Q(subject__icontains=q) | Q(note__icontains=q) | Q(next_step__what__icontains=q)
        )
    if before:
        rows = rows.filter(at__lt=before)
    return [Entry(row.at, "interaction", row) for row in rows[: PAGE + 1]]


def _order_days(account, before, measure) -> list[tuple[dt.date, int, int]]:
    """Return day, value and number of orders, newest first; whole months only."""
    lines = OrderLine.objects.filter(account=account, revenue__isnull=False)
    if before:
        # The month in which the page before this one ended was shown there.
        lines = lines.filter(date__lt=business_date(before).replace(day=1))
    rows = (
        lines.values("date")
        .annotate(day_value=Sum(amount(measure)), orders=Count("order_id", distinct=True))
        .order_by("-date")
        .values_list("date", "day_value", "orders")[:DAYS_OF_ORDERS]
    )
    days = [(day, int(value or 0), orders) for day, value, orders in rows]
    if len(days) == DAYS_OF_ORDERS:  # perhaps cut within its oldest month
        oldest = days[-1][0].replace(day=1)
        days = [row for row in days if row[0] > month_end(oldest)]
    return days


def _orders(days: list[tuple[dt.date, int, int]]) -> list[Entry]:
    """Return the orders by month; a month stands at its end, the running one above everything."""
    entries = []
    for first, rows in itertools.groupby(days, key=lambda row: row[0].replace(day=1)):
        month = list(rows)
        orders = Orders(first, sum(row[2] for row in month), sum(row[1] for row in month))
        entries.append(Entry(_end_of_day(month_end(first)), "orders", orders))
    return entries[: PAGE + 1]


def _complaints(account, before, q: str) -> list[Entry]:
    """Return the complaints, each at a moment of its own: a day may bring many."""
    rows = account.complaints.order_by("-opened_on", "-pk")
    if q:
        rows = rows.filter(text__icontains=q)
    if before:
        day = business_date(before)
        past_noon = (before - _noon(day)) // dt.timedelta.resolution
        rows = rows.filter(Q(opened_on__lt=day) | Q(opened_on=day, pk__lt=past_noon))
    return [
        Entry(_noon(row.opened_on) + row.pk * dt.timedelta.resolution, "complaint", row)
        for row in rows[: PAGE + 1]
    ]


def _changes(account, before, kinds: set[str]) -> list[Entry]:
    rows = (
        Event.objects.filter(account=account, kind__in=kinds)
        .select_related("actor")
        .order_by("-at", "-pk")
    )
    if before:
        rows = rows.filter(at__lt=before)
    return [Entry(row.event.at, "change", row) for row in happenings.told(list(rows[: PAGE + 1]))]


def _add_people(entries: list[Entry]) -> None:
    """Name who was there, both sides in one query."""
    contacts = {entry.row.pk: entry for entry in entries if entry.kind == "interaction"}
    if not contacts:
        return
    rows = _present("ours", Interaction.ours.through, "user", contacts).union(
        _present("theirs", Interaction.theirs.through, "contact", contacts), all=True
    )
    for side, interaction, pk, name in sorted(rows, key=lambda row: row[3].casefold()):
        getattr(contacts[interaction], side).append(Person(pk, name))


def _present(side: str, through, who: str, interactions):
    return through.objects.filter(interaction__in=interactions).values_list(
        Value(side, output_field=CharField()), "interaction", who, f"{who}__name"
    )


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), ZoneInfo(settings.BUSINESS_TIME_ZONE))


def _end_of_day(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.max, ZoneInfo(settings.BUSINESS_TIME_ZONE))
