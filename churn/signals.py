"""Signals: rules that say, with figures, why an account may leave.

Each signal is one set operation over all accounts: facts dated up to the day in, findings out.
An account about which a signal knows nothing is not in its answer, and contributes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Sum, Window
from django.db.models.functions import RowNumber

from churn.findings import name, sentence
from churn.purchases import Purchases
from churn.rules import LONGEST_RHYTHM_DAYS, RULES, SHORTEST_RHYTHM_DAYS
from customers.models import Complaint, Interaction, NextStep, OrderLine
from lifecycle.models import TierPolicy

__all__ = ["SIGNALS", "Fired", "Night", "name", "sentence", "value_of"]

QUARTER_DAYS = 90
YEAR_DAYS = 365
# So many row ids are kept as links in a finding.
MOST_LINKS = 20


@dataclass(frozen=True)
class Night:
    """What the signals of one night work from."""

    as_of: dt.date
    measure: str  # of the run's value: "margin" or "revenue"
    currency: str
    purchases: Purchases


# Account id to strength and figures, of the accounts for which the signal fired.
Fired = dict[int, tuple[float, dict[str, Any]]]


def order_gap(night: Night) -> Fired:
    """Compare the days since the last order with the account's own mean rhythm."""
    import numpy as np

    rule, bought = RULES["order_gap"], night.purchases
    gap = bought.since_last()
    rhythm = np.maximum(bought.rhythm(), SHORTEST_RHYTHM_DAYS)
    late = gap / rhythm > rule.starts
    return {
        int(bought.account[at]): (
            rule.strength(float(gap[at] / rhythm[at])),
            {
                "days": int(gap[at]),
                "rhythm": round(float(rhythm[at]), 1),
                "purchases": int(bought.days[at]),
                "last": dt.date.fromordinal(int(bought.last[at])).isoformat(),
            },
        )
        for at in np.flatnonzero(late)
    }


def value_falling(night: Night) -> Fired:
    """Compare the value of the last 90 days with an average quarter of the year before them.

    Unknown where that year holds less than a quarter of history or no positive value, and where
    orders are so rare that a quarter says nothing.
    """
    rule, bought = RULES["value_falling"], night.purchases
    often = bought.rhythm() <= LONGEST_RHYTHM_DAYS
    split = night.as_of - dt.timedelta(days=QUARTER_DAYS)
    value = value_of(night.measure)
    sums = (
        OrderLine.objects.filter(
            date__gt=split - dt.timedelta(days=YEAR_DAYS), date__lte=night.as_of
        )
        .order_by()
        .values("account_id")
        .annotate(
            recent=Sum(value, filter=Q(date__gt=split)),
            before=Sum(value, filter=Q(date__lte=split)),
        )
        .filter(before__gt=0)
        .values_list("account_id", "recent", "before")
    )
    first = dict(zip(bought.account[often].tolist(), bought.first[often].tolist(), strict=True))
    fired: Fired = {}
    for account, recent, before in sums.iterator(chunk_size=20_000):
        if account not in first:
            continue
        recent, before = int(recent or 0), int(before)
        history = min(YEAR_DAYS, split.toordinal() - first[account] + 1)
        if history < QUARTER_DAYS:
            continue
        lacking = 1 - recent * history / (before * QUARTER_DAYS)
        if strength := rule.strength(lacking):
            fired[account] = (
                strength,
                {
                    "recent": recent,
                    "usual": before * QUARTER_DAYS // history,
                    "lacking": round(lacking, 4),
                    "since": (split + dt.timedelta(days=1)).isoformat(),
                    "measure": night.measure,
                    "currency": night.currency,
                },
            )
    return fired


def no_contact(night: Night) -> Fired:
    """Compare the days since the last contact with the cadence of the account's tier.

    An account never contacted is unknown: its contacts may stand in somebody's notebook.
    """
    rule = RULES["no_contact"]
    every = dict(TierPolicy.objects.values_list("tier", "contact_every_days"))
    latest = (
        Interaction.objects.filter(date__lte=night.as_of)
        .order_by()
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=F("account"),
                order_by=[F("date").desc(), F("at").desc(), F("pk").desc()],
            )
        )
        .filter(place=1)
        .values_list("account_id", "account__tier", "date", "pk")
    )
    fired: Fired = {}
    for account, tier, last, entry in latest.iterator(chunk_size=20_000):
        days = (night.as_of - last).days
        if tier in every and (strength := rule.strength(days / every[tier])):
            fired[account] = (
                strength,
                {
                    "days": days,
                    "every": every[tier],
                    "last": last.isoformat(),
                    "interaction": entry,
                },
            )
    return fired


def steps_overdue(night: Night) -> Fired:
    """Find next steps due by the end of the day, planned by then and not closed by then."""
    rule = RULES["steps_overdue"]
    steps = (
        NextStep.objects.filter(created_on__lte=night.as_of, due__lte=night.as_of)
        .filter(Q(state=NextStep.State.OPEN) | Q(closed_on__gt=night.as_of))
        .order_by("account_id", "due", "pk")
        .values_list("account_id", "due", "pk")
    )
    fired: Fired = {}
    for account, rows in _by_account(steps):
        # The day itself is over: what was due on it is a day late.
        days = (night.as_of - rows[0][0]).days + 1
        fired[account] = (
            rule.strength(days),
            {
                "count": len(rows),
                "oldest": rows[0][0].isoformat(),
                "days": days,
                "steps": [pk for _due, pk in rows[:MOST_LINKS]],
            },
        )
    return fired


def quality_complaint(night: Night) -> Fired:
    """Find quality complaints opened by the end of the day and not resolved by then."""
    rule = RULES["quality_complaint"]
    complaints = (
        Complaint.objects.filter(
            Q(resolved_on__isnull=True) | Q(resolved_on__gt=night.as_of),
            category=Complaint.Category.QUALITY,
            opened_on__lte=night.as_of,
        )
        .order_by("account_id", "-severity", "opened_on", "pk")
        .values_list("account_id", "severity", "opened_on", "pk")
    )
    fired: Fired = {}
    for account, rows in _by_account(complaints):
        opened = min(day for _severity, day, _pk in rows)
        severity = rows[0][0]
        fired[account] = (
            rule.strength(severity),
            {
                "count": len(rows),
                "severity": severity,
                "opened": opened.isoformat(),
                "days": (night.as_of - opened).days,
                "complaints": [pk for _severity, _day, pk in rows[:MOST_LINKS]],
            },
        )
    return fired


SIGNALS: dict[str, Callable[[Night], Fired]] = {
    "value_falling": value_falling,
    "order_gap": order_gap,
    "quality_complaint": quality_complaint,
    "steps_overdue": steps_overdue,
    "no_contact": no_contact,
}


def value_of(measure: str):
    """Return the value of an order line, null where it has none in this measure."""
    return F("revenue") - F("cost") if measure == "margin" else F("revenue")


def _by_account(rows):
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
