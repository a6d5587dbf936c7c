"""Facts about accounts, dated back from one day that the tests call D."""

import datetime as dt

from django.utils import timezone

from customers.models import Complaint, Interaction, NextStep
from tests.nights import order

D = dt.date(2024, 6, 30)


def ago(days):
    return D - dt.timedelta(days=days)


def contact(account, person, day):
    at = dt.datetime.combine(day, dt.time(12), tzinfo=timezone.get_default_timezone())
    return Interaction.objects.create(account=account, kind="call", at=at, date=day, author=person)


def step(account, person, due, *, created=dt.date(2024, 1, 1), state="open", closed=None):
    return NextStep.objects.create(
        account=account,
        what="Call back",
        due=due,
        who=person,
        created_on=created,
        state=state,
        closed_at=timezone.now() if state != "open" else None,
        closed_on=closed,
    )


def complaint(account, *, category="quality", severity=2, opened=None, resolved=None):
    return Complaint.objects.create(
        account=account,
        category=category,
        severity=severity,
        opened_on=opened or ago(20),
        resolved_on=resolved,
        text="Bearing seized",
    )


def monthly(account, value, *, since, until=90, **values):
    """Order the same value every 30 days, from `since` days ago to more than `until` days ago."""
    for days in range(since, until - 1, -30):
        order(account, ago(days), value, **values)
