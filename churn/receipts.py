"""The receipt of a finding: the rows that its figures were made of, and how it came to its points.

Each receipt asks a constant number of queries, all for one account that its reader may see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from churn.signals.night import QUARTER_DAYS, YEAR_DAYS, value_of
from customers.calendar import business_date
from customers.figures import compact, listed, money
from customers.models import (
    Account,
    CompetitorSighting,
    Complaint,
    Contact,
    Interaction,
    NextStep,
    OrderLine,
    PurchasePotential,
    Receivable,
    SatisfactionScore,
)
from lifecycle.models import Interruption
from teams.models import Handover, HandoverTick

MOST = 50  # rows of a kind that are shown


@dataclass(frozen=True)
class Line:
    """A row behind a finding."""

    day: dt.date | None
    text: str
    detail: str = ""


@dataclass(frozen=True)
class Group:
    """Rows of one kind, the newest first; `count` is of all, also those that are not shown."""

    title: str
    lines: list[Line]
    count: int

    @property
    def more(self) -> int:
        """Return how many are not shown."""
        return self.count - len(self.lines)


def rows_behind(account: Account, finding: dict, as_of: dt.date, currency: str) -> list[Group]:
    """Return the rows that a finding of a night rests on, as they are today.

    currency  in which order lines are valued
    """
    read = _READERS.get(finding["signal"])
    return read(account, finding["figures"], as_of, currency) if read else []


def _orders(
    title: str, lines: QuerySet, currency: str, *, measure="revenue", only_purchases=False
) -> Group:
    """Return order lines order by order."""
    orders = (
        lines.order_by()
        .values("source", "order_id")
        .annotate(day=Min("date"), total=Sum("revenue_minor"), value=Sum(value_of(measure)))
        .order_by("-day", "order_id", "source")
    )
    if only_purchases:
        orders = orders.filter(total__gt=0)
    shown = [
        Line(
            row["day"],
            row["order_id"],
            "–" if row["value"] is None else compact(int(row["value"]), currency),
        )
        for row in orders[:MOST]
    ]
    return Group(title, shown, orders.count())


def _lines(account: Account, begin: dt.date, end: dt.date) -> QuerySet:
    """Return the order lines of an account after a day until a day."""
    return OrderLine.objects.filter(account=account, date__gt=begin, date__lte=end)


def _order_gap(account, figures, as_of, currency):
    lines = _lines(account, dt.date.min, as_of)
    return [_orders(_("Orders"), lines, currency, only_purchases=True)]


def _value_falling(account, figures, as_of, currency):
    split = as_of - dt.timedelta(days=QUARTER_DAYS)
    begin = split - dt.timedelta(days=YEAR_DAYS)
    return [
        _orders(title, _lines(account, since, until), currency, measure=figures["measure"])
        for title, since, until in (
            (_("Orders of the last 90 days"), split, as_of),
            (_("Orders of the year before"), begin, split),
        )
    ]


def _categories_dropped(account, figures, as_of, currency):
    split = as_of - dt.timedelta(days=QUARTER_DAYS)
    begin = split - dt.timedelta(days=YEAR_DAYS)
    dropped = _lines(account, begin, split).filter(category__in=figures["categories"])
    return [_orders(listed(figures["categories"]), dropped, currency)]


def _wallet_falling(account, figures, as_of, currency):
    potentials = PurchasePotential.objects.filter(account=account, pk__in=figures["potentials"])
    lines = [
        Line(row.date, compact(row.amount_minor, row.currency), row.get_certainty_display())
        for row in potentials
    ]
    since = dt.date.fromisoformat(figures["since"]) - dt.timedelta(days=1)
    begin = dt.date.fromisoformat(figures["begin"]) - dt.timedelta(days=1)
    return [
        Group(_("Purchase potential"), lines, len(lines)),
        _orders(_("Orders of the last 12 months"), _lines(account, since, as_of), currency),
        _orders(_("Orders of the 12 months before"), _lines(account, begin, since), currency),
    ]


def _entries(entries: QuerySet) -> Group:
    rows = list(entries.prefetch_related("theirs", "ours").order_by("-at", "-pk")[:MOST])
    lines = [
        Line(
            row.date,
            row.subject or row.get_kind_display(),
            listed(
                [
                    *(person.name for person in row.theirs.all()),
                    *row.ours.all(),
                    *([row.get_tone_display()] if row.tone is not None else []),
                ]
            ),
        )
        for row in rows
    ]
    return Group(_("Contact log"), lines, entries.count())


def _no_contact(account, figures, as_of, currency):
    return [_entries(Interaction.objects.filter(account=account, pk=figures["interaction"]))]


def _tone_turning(account, figures, as_of, currency):
    return [_entries(Interaction.objects.filter(account=account, pk__in=figures["interactions"]))]


def _single_threaded(account, figures, as_of, currency):
    year = Interaction.objects.filter(
        account=account, date__lte=as_of, date__gt=as_of - dt.timedelta(days=YEAR_DAYS)
    )
    behind = Q()
    for side in ("theirs", "ours"):
        if figures[side]:
            behind |= Q(**{side: figures[side]})
    return [_entries(year.filter(behind).distinct())]


def _steps_overdue(account, figures, as_of, currency):
    steps = NextStep.objects.filter(account=account, pk__in=figures["steps"]).select_related("who")
    lines = [Line(step.due, step.what, str(step.who)) for step in steps]
    return [Group(_("Next steps"), lines, figures["count"])]


def _complaints(account, figures, as_of, currency):
    rows = Complaint.objects.filter(account=account, pk__in=figures["complaints"])
    lines = [
        Line(
            row.opened_on,
            row.text,
            listed([row.get_category_display(), row.get_severity_display()]),
        )
        for row in rows
    ]
    return [Group(_("Complaints"), lines, figures["count"])]


def _satisfaction_falling(account, figures, as_of, currency):
    rows = SatisfactionScore.objects.filter(account=account, pk__in=figures["scores"])
    lines = [Line(row.date, str(row.score), row.source) for row in rows]
    return [Group(_("Satisfaction"), lines, len(lines))]


def _payment_overdue(account, figures, as_of, currency):
    rows = Receivable.objects.filter(account=account, pk__in=figures["receivables"])
    trouble = [
        Line(row.issued_on, str(row), row.note)
        for row in rows.filter(due_on=None).order_by("-issued_on", "-pk")
    ]
    due = [
        Line(row.due_on, row.reference, money(row.amount_minor, row.currency))
        for row in rows.filter(due_on__isnull=False).order_by("-due_on", "-pk")
    ]
    groups = [
        Group(_("Credit trouble"), trouble, len(trouble)),
        Group(_("Invoices past due, by due date"), due, figures["count"]),
    ]
    return [group for group in groups if group.count]


def _competitor_rising(account, figures, as_of, currency):
    rows = CompetitorSighting.objects.filter(account=account, pk__in=figures["sightings"])
    lines = [Line(row.seen_on, f"{row.competitor} · {row.share}%", row.note) for row in rows]
    return [Group(_("Competitor seen"), lines, len(lines))]


def _champion_left(account, figures, as_of, currency):
    people = Contact.objects.filter(account=account, pk__in=figures["contacts"])
    lines = [
        Line(
            row.left_on,
            row.name,
            listed(
                part
                for part in (
                    row.job_title,
                    row.get_attitude_display(),
                    row.get_dmu_role_display(),
                )
                if part
            ),
        )
        for row in people.order_by("-left_on", "pk")
    ]
    return [Group(_("Who left"), lines, figures["count"])]


def _manager_changed(account, figures, as_of, currency):
    rows = Handover.objects.filter(account=account, pk=figures["handover"])
    lines = []
    for row in rows.select_related("was", "to").prefetch_related("ticks"):
        lines.append(Line(row.opened_on, f"{row.was} → {row.to}"))
        done = {tick.item: business_date(tick.at) for tick in row.ticks.all()}
        lines += [
            Line(done.get(item), str(label), _("Done") if item in done else _("To do"))
            for item, label in HandoverTick.Item.choices
        ]
    return [Group(_("Handover"), lines, len(lines))]


def _interrupted(account, figures, as_of, currency):
    rows = Interruption.objects.filter(account=account, pk=figures["interruption"])
    lines = [
        Line(
            business_date(row.started_at),
            row.note or row.get_stage_display(),
            listed(row.causes.all()),
        )
        for row in rows.prefetch_related("causes")
    ]
    return [Group(_("Interruption"), lines, len(lines))]


_READERS: dict[str, Callable[[Account, dict[str, Any], dt.date, str], list[Group]]] = {
    "interrupted": _interrupted,
    "value_falling": _value_falling,
    "order_gap": _order_gap,
    "quality_complaint": _complaints,
    "champion_left": _champion_left,
    "categories_dropped": _categories_dropped,
    "wallet_falling": _wallet_falling,
    "complaints_rising": _complaints,
    "satisfaction_falling": _satisfaction_falling,
    "payment_overdue": _payment_overdue,
    "competitor_rising": _competitor_rising,
    "steps_overdue": _steps_overdue,
    "no_contact": _no_contact,
    "tone_turning": _tone_turning,
    "manager_changed": _manager_changed,
    "single_threaded": _single_threaded,
}
