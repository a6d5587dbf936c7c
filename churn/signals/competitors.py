"""Signals in what competitors sell to a customer."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from churn.signals.night import MOST_LINKS, YEAR_DAYS, Fired, Night, by_account
from customers.models import CompetitorSighting


def competitor_rising(night: Night) -> Fired:
    """Compare each competitor's newest estimated share with the mean of the two years before it.

    Measured are the points that the one who rose most has won. A competitor's course is unknown
    where its newest share is older than a year, or stands alone: no share is not a share of 0.
    """
    rule = night.rules["competitor_rising"]
    oldest = night.as_of - dt.timedelta(days=3 * YEAR_DAYS)
    sightings = (
        night.of(
            CompetitorSighting.objects.filter(
                share__isnull=False, seen_on__lte=night.as_of, seen_on__gt=oldest
            )
        )
        .order_by("account_id", "-seen_on", "-pk")
        .values_list("account_id", "competitor", "seen_on", "share", "pk")
    )
    fired: Fired = {}
    for account, rows in by_account(sightings):
        risen = _most_risen(rows, night.as_of)
        if risen and (strength := rule.strength(risen["risen"])):
            fired[account] = (strength, risen)
    return fired


def _most_risen(rows: list, as_of: dt.date) -> dict[str, Any] | None:
    """Return the figures of the competitor that won most, None where no course is known."""
    seen: defaultdict[str, list] = defaultdict(list)
    for row in rows:
        seen[row[0].casefold()].append(row)
    courses = []
    for (name, day, share, pk), *others in seen.values():
        before = [row for row in others if (day - row[1]).days <= 2 * YEAR_DAYS]
        if not before or (as_of - day).days >= YEAR_DAYS:
            continue
        mean = sum(share for _name, _day, share, _pk in before) / len(before)
        courses.append(
            {
                "competitor": name,
                "share": share,
                "before": round(mean, 1),
                "risen": round(share - mean, 2),
                "last": day.isoformat(),
                "sightings": [pk, *(row[3] for row in before)][:MOST_LINKS],
            }
        )
    return max(courses, key=lambda figures: figures["risen"], default=None)
