"""Signals in the relationship itself: changed hands, broken off."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q

from churn.signals.night import Fired, Night
from customers.calendar import business_date, end_of
from lifecycle.models import Interruption
from teams.handover import FRAGILE_DAYS
from teams.models import Handover, HandoverTick

POINTS = len(HandoverTick.Item.choices)


def manager_changed(night: Night) -> Fired:
    """Find handovers of the last 180 days that are not done; measured are the points to do."""
    rule, midnight = night.rules["manager_changed"], end_of(night.as_of)
    handovers = (
        night.of(
            Handover.objects.filter(
                Q(closed_at__isnull=True) | Q(closed_at__gte=midnight),
                opened_on__lte=night.as_of,
                opened_on__gt=night.as_of - dt.timedelta(days=FRAGILE_DAYS),
            )
        )
        .annotate(done=Count("ticks", filter=Q(ticks__at__lt=midnight)))
        # One that ended later comes before the one that followed it.
        .order_by("account_id", "opened_on", "pk")
        .values_list("account_id", "pk", "opened_on", "done")
    )
    fired: Fired = {}
    for account, pk, opened, done in handovers.iterator(chunk_size=20_000):
        if strength := rule.strength(POINTS - done):
            fired[account] = (
                strength,
                {
                    "open": POINTS - done,
                    "points": POINTS,
                    "days": (night.as_of - opened).days,
                    "opened": opened.isoformat(),
                    "handover": pk,
                },
            )
    return fired


def interrupted(night: Night) -> Fired:
    """Find relationships that were broken off by the end of the day and had not resumed."""
    rule, midnight = night.rules["interrupted"], end_of(night.as_of)
    breaks = (
        night.of(
            Interruption.objects.filter(
                Q(ended_at__isnull=True) | Q(ended_at__gte=midnight), started_at__lt=midnight
            )
        )
        .order_by("account_id", "started_at", "pk")
        .values_list("account_id", "pk", "started_at", "stage")
    )
    fired: Fired = {}
    for account, pk, started, stage in breaks.iterator(chunk_size=20_000):
        since = business_date(started)
        if strength := rule.strength(1):
            fired[account] = (
                strength,
                {
                    "days": (night.as_of - since).days,
                    "since": since.isoformat(),
                    "stage": stage,
                    "interruption": pk,
                },
            )
    return fired
