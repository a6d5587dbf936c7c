"""Recording what happened, in the same transaction as the change itself."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models

from customers.models import Event


def record(
    kind: str, account=None, /, *, by=None, about: models.Model | None = None, **changes
) -> Event:
    """Write one event; changes are field=(old, new), and a field may be called `kind`."""
    event = build(kind, account, by=by, about=about, **changes)
    event.save(force_insert=True)
    return event


def build(kind: str, account=None, /, *, by=None, about=None, **changes) -> Event:
    """Return an unsaved event, for changes in bulk; the account may be given by its id."""
    return Event(
        kind=kind,
        account_id=getattr(account, "pk", account),
        actor=by,
        subject={about._meta.model_name: about.pk} if about is not None else {},
        changes={field: [plain(old), plain(new)] for field, (old, new) in changes.items()},
    )


def record_all(events: Iterable[Event]) -> None:
    """Write many events at once."""
    Event.objects.bulk_create(events, batch_size=1000)


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: rows by id, dates in ISO form, numbers exactly."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    return value
