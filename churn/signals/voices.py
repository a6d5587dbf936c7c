"""Signals in what customers say: complaints and satisfaction."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from churn.signals.night import MOST_LINKS, QUARTER_DAYS, YEAR_DAYS, Fired, Night, by_account
from customers.models import Complaint, SatisfactionScore


def quality_complaint(night: Night) -> Fired:
    """Find quality complaints opened by the end of the day and not resolved by then."""
    rule = night.rules["quality_complaint"]
    complaints = (
        night.of(
            Complaint.objects.filter(
                Q(resolved_on__isnull=True) | Q(resolved_on__gt=night.as_of),
                category=Complaint.Category.QUALITY,
                opened_on__lte=night.as_of,
            )
        )
        .order_by("account_id", "-severity", "opened_on", "pk")
        .values_list("account_id", "severity", "opened_on", "pk")
    )
    fired: Fired = {}
    for account, rows in by_account(complaints):
        opened = min(day for _severity, day, _pk in rows)
        severity = rows[0][0]
        if strength := rule.strength(severity):
            fired[account] = (
                strength,
                {
                    "count": len(rows),
                    "severity": severity,
                    "opened": opened.isoformat(),
                    "days": (night.as_of - opened).days,
                    "complaints": [pk for _severity, _day, pk in rows[:MOST_LINKS]],
                },
            )
    return fired


def complaints_rising(night: Night) -> Fired:
    """Compare the complaints of the last 90 days with an average quarter of the year before.

    Measured is how many there were more. Of whatever kind, resolved or not.
    """
    rule = night.rules["complaints_rising"]
    split = night.as_of - dt.timedelta(days=QUARTER_DAYS)
    complaints = (
        night.of(
            Complaint.objects.filter(
                opened_on__lte=night.as_of, opened_on__gt=split - dt.timedelta(days=YEAR_DAYS)
            )
        )
        .order_by("account_id", "-opened_on", "-pk")
        .values_list("account_id", "opened_on", "pk")
    )
    fired: Fired = {}
    for account, rows in by_account(complaints):
        recent = [pk for opened, pk in rows if opened > split]
        usual = (len(rows) - len(recent)) * QUARTER_DAYS / YEAR_DAYS
        if strength := rule.strength(len(recent) - usual):
            fired[account] = (
                strength,
                {
                    "count": len(recent),
                    "usual": round(usual, 1),
                    "more": round(len(recent) - usual, 2),
                    "last": rows[0][0].isoformat(),
                    "complaints": recent[:MOST_LINKS],
                },
            )
    return fired


def satisfaction_falling(night: Night) -> Fired:
    """Compare the newest score with the mean of those in the two years before it.

    Unknown where the newest is older than a year, or stands alone.
    """
    rule = night.rules["satisfaction_falling"]
    oldest = night.as_of - dt.timedelta(days=3 * YEAR_DAYS)
    scores = (
        night.of(SatisfactionScore.objects.filter(date__lte=night.as_of, date__gt=oldest))
        .order_by("account_id", "-date", "-pk")
        .values_list("account_id", "date", "score", "pk")
    )
    fired: Fired = {}
    for account, (newest, *others) in by_account(scores):
        day, score, pk = newest
        if (night.as_of - day).days >= YEAR_DAYS:
            continue
        before = [row for row in others if (day - row[0]).days <= 2 * YEAR_DAYS]
        if not before:
            continue
        mean = sum(score for _day, score, _pk in before) / len(before)
        if strength := rule.strength(mean - score):
            fired[account] = (
                strength,
                {
                    "score": score,
                    "before": round(mean, 1),
                    "fallen": round(mean - score, 2),
                    "last": day.isoformat(),
                    "scores": [pk, *(pk for _day, _score, pk in before)][:MOST_LINKS],
                },
            )
    return fired
