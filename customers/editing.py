"""Changing a row under its version, with its event."""

from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from customers import events
from customers.errors import Refused


@transaction.atomic
def change(row: Any, kind: str, /, *, by, version: int | None, **values: Any) -> list[str]:
    """Write new values into a row, one version on, and record what changed.

    kind     of the event; by position only, since a field may be called so too
    version  the one the editor read; None where an action changes what nobody typed
    Return the names of the changed fields; none, and no event, if everything was so already.
    Raises Refused with both values of every field in conflict if the row changed meanwhile.
    """
    model: type[models.Model] = type(row)
    current: Any = model._default_manager.get(pk=row.pk)
    read = current.version if version is None else version
    changed = {
        name: (getattr(current, name), new)
        for name, new in values.items()
        if getattr(current, name) != new
    }
    if read != current.version:
        raise _conflict(current, changed)
    if not changed:
        return []
    # A conditional UPDATE instead of SELECT FOR UPDATE, which SQLite ignores.
    written = model._default_manager.filter(pk=row.pk, version=read).update(
        version=F("version") + 1, **{name: new for name, (_old, new) in changed.items()}
    )
    if not written:
        raise _conflict(model._default_manager.get(pk=row.pk), changed)
    for name, (_old, new) in changed.items():
        setattr(row, name, new)
    row.version = read + 1
    account = row if model._meta.label == "customers.Account" else row.account
    events.record(kind, account, by=by, about=row, **changed)
    return list(changed)


def touch(row: Any) -> None:
    """Move a row's version one on, where only its related rows changed.

    Raises Refused if the row changed since it was read.
    """
    model: type[models.Model] = type(row)
    read = row.version
    written = model._default_manager.filter(pk=row.pk, version=read).update(
        version=F("version") + 1
    )
    if not written:
        raise _conflict(model._default_manager.get(pk=row.pk), {})
    row.version = read + 1


def _conflict(current, changed) -> Refused:
    both = {
        name: {"yours": events.plain(new), "theirs": events.plain(getattr(current, name))}
        for name, (_old, new) in changed.items()
        if getattr(current, name) != new
    }
    return Refused(
        _("%(row)s was changed by someone else meanwhile. Compare both values and save again.")
        % {"row": current},
        conflict={"version": current.version, "fields": both},
    )
