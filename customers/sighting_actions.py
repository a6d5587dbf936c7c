"""Writes about competitors seen at a customer; each with its event."""

import datetime as dt
from typing import Any

from django.db import transaction

from customers import events
from customers.actions import check_day
from customers.editing import change
from customers.models import Account, CompetitorSighting


@transaction.atomic
def record_sighting(
    account: Account,
    *,
    by,
    competitor: str,
    seen_on: dt.date,
    share: int | None = None,
    **values: Any,
) -> CompetitorSighting:
    """Record a competitor seen at a customer. Raises Refused for a date in the future.

    share  its estimated share of what the customer buys, in per cent; None is unknown
    """
    check_day(seen_on, "seen_on")
    row = CompetitorSighting.objects.create(
        account=account, competitor=competitor, seen_on=seen_on, share=share, **values
    )
    events.record(
        "sighting.recorded",
        account,
        by=by,
        about=row,
        competitor=(None, competitor),
        share=(None, share),
    )
    return row


@transaction.atomic
def change_sighting(
    row: CompetitorSighting, *, by, version: int | None, **values: Any
) -> list[str]:
    """Correct a sighting. Raises Refused for a date in the future, and for a stale version."""
    check_day(values.get("seen_on", row.seen_on), "seen_on")
    return change(row, "sighting.changed", by=by, version=version, **values)
