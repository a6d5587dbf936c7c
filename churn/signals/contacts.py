"""Signals in the contact log, and in who is in touch with whom."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from churn.signals.night import HALF_YEAR_DAYS, MOST_LINKS, YEAR_DAYS, Fired, Night, by_account
from customers.models import Contact, Interaction, NextStep
from lifecycle.models import TierPolicy

TURNING = 3  # entries that make a turn of tone, and as many before them at least
FEWEST_ENTRIES = 3  # of a year, before one can say that all rests on one person
KEY_PEOPLE = Q(attitude=Contact.Attitude.CHAMPION) | Q(dmu_role=Contact.DmuRole.DECIDER)


def no_contact(night: Night) -> Fired:
    """Compare the days since the last contact with the cadence of the account's tier.

    An account never contacted is unknown: its contacts may stand in somebody's notebook.
    """
    rule = night.rules["no_contact"]
    every = dict(TierPolicy.objects.values_list("tier", "contact_every_days"))
    latest = (
        night.of(Interaction.objects.filter(date__lte=night.as_of))
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


def tone_turning(night: Night) -> Fired:
    """Compare the tone of the newest three entries that have one with the year's before them.

    Unknown with fewer than three before them, and where the newest three are older than half a
    year.
    """
    rule = night.rules["tone_turning"]
    entries = (
        night.of(
            Interaction.objects.filter(
                tone__isnull=False,
                date__lte=night.as_of,
                date__gt=night.as_of - dt.timedelta(days=YEAR_DAYS),
            )
        )
        .order_by("account_id", "-date", "-at", "-pk")
        .values_list("account_id", "date", "tone", "pk")
    )
    oldest = night.as_of - dt.timedelta(days=HALF_YEAR_DAYS)
    fired: Fired = {}
    for account, rows in by_account(entries):
        recent, before = rows[:TURNING], rows[TURNING:]
        if len(before) < TURNING or recent[-1][0] <= oldest:
            continue
        now = sum(tone for _day, tone, _pk in recent) / len(recent)
        then = sum(tone for _day, tone, _pk in before) / len(before)
        if strength := rule.strength(then - now):
            fired[account] = (
                strength,
                {
                    "now": round(now, 2),
                    "before": round(then, 2),
                    "count": len(before),
                    "last": recent[0][0].isoformat(),
                    "interactions": [pk for _day, _tone, pk in rows[:MOST_LINKS]],
                },
            )
    return fired


def steps_overdue(night: Night) -> Fired:
    """Find next steps due by the end of the day, planned by then and not closed by then."""
    rule = night.rules["steps_overdue"]
    steps = (
        night.of(NextStep.objects.filter(created_on__lte=night.as_of, due__lte=night.as_of))
        .filter(Q(state=NextStep.State.OPEN) | Q(closed_on__gt=night.as_of))
        .order_by("account_id", "due", "pk")
        .values_list("account_id", "due", "pk")
    )
    fired: Fired = {}
    for account, rows in by_account(steps):
        # The day itself is over: what was due on it is a day late.
        days = (night.as_of - rows[0][0]).days + 1
        if strength := rule.strength(days):
            fired[account] = (
                strength,
                {
                    "count": len(rows),
                    "oldest": rows[0][0].isoformat(),
                    "days": days,
                    "steps": [pk for _due, pk in rows[:MOST_LINKS]],
                },
            )
    return fired


def single_threaded(night: Night) -> Fired:
    """Find accounts whose contacts of a year rest on one person of theirs, or on one of ours.

    Measured is the number of sides that do. A side is unknown below three entries that name it.
    """
    rule = night.rules["single_threaded"]
    year = Interaction.objects.filter(
        date__lte=night.as_of, date__gt=night.as_of - dt.timedelta(days=YEAR_DAYS)
    )
    still_there = Q(theirs__left_on__isnull=True) | Q(theirs__left_on__gt=night.as_of)
    sides: dict[int, dict] = {}
    for side, met in (
        ("theirs", year.filter(still_there, theirs__isnull=False)),
        ("ours", year.filter(ours__isnull=False)),
    ):
        alone = (
            night.of(met)
            .order_by()
            .values("account_id")
            .annotate(
                people=Count(side, distinct=True),
                entries=Count("pk", distinct=True),
                person=Min(side),
            )
            .filter(people=1, entries__gte=FEWEST_ENTRIES)
            .values_list("account_id", "entries", "person")
        )
        for account, entries, person in alone.iterator(chunk_size=20_000):
            figures = sides.setdefault(
                account, {"theirs": None, "ours": None, "sides": 0, "entries": 0}
            )
            figures[side] = person
            figures["sides"] += 1
            figures["entries"] = max(figures["entries"], entries)
    return {
        account: (strength, figures)
        for account, figures in sides.items()
        if (strength := rule.strength(figures["sides"]))
    }


def champion_left(night: Night) -> Fired:
    """Find champions and deciders who left within half a year and have no successor yet.

    A successor is another champion or decider whom we have met since.
    """
    rule = night.rules["champion_left"]
    met = Interaction.objects.filter(
        theirs=OuterRef("pk"), date__gt=OuterRef(OuterRef("left_on")), date__lte=night.as_of
    )
    successors = Contact.objects.filter(
        KEY_PEOPLE,
        Q(left_on__isnull=True) | Q(left_on__gt=night.as_of),
        Exists(met),
        account=OuterRef("account"),
    )
    gone = (
        night.of(
            Contact.objects.filter(
                KEY_PEOPLE,
                left_on__lte=night.as_of,
                left_on__gt=night.as_of - dt.timedelta(days=HALF_YEAR_DAYS),
            )
        )
        .exclude(Exists(successors))
        .order_by("account_id", "-left_on", "pk")
        .values_list("account_id", "left_on", "pk")
    )
    fired: Fired = {}
    for account, rows in by_account(gone):
        if strength := rule.strength(len(rows)):
            fired[account] = (
                strength,
                {
                    "count": len(rows),
                    "last": rows[0][0].isoformat(),
                    "days": (night.as_of - rows[0][0]).days,
                    "contacts": [pk for _day, pk in rows[:MOST_LINKS]],
                },
            )
    return fired
