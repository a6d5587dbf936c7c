"""Changing a row under its version, with its event."""

from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from customers import events
from customers.errors import Refused
from customers.search import texts

CHUNK = 500  # rows in one statement


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
    if texts.is_searched(model, changed):
        for name, (_old, new) in changed.items():
            setattr(current, name, new)
        texts.keep(current)  # `row` may be older than its version says
    account = row if model._meta.label == "customers.Account" else getattr(row, "account", None)
    events.record(kind, account, by=by, about=row, **changed)
    return list(changed)


@transaction.atomic
def change_many(model, kind, /, *, by, new: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Write new values into many rows, each one version on with its event, in a few statements.

    new   by id: the version that was read under "version", and the values by field
    Return what the changed rows held before, in the same shape, "version" being that after the
    change. Rows that changed since they were read are left as they are.
    Raises ValueError for a field that search looks into: its texts are kept row by row.
    """
    names = {name for values in new.values() for name in values} - {"version"}
    if texts.is_searched(model, names):
        raise ValueError(f"change_many got {sorted(names)}, expected fields that are not searched")
    related = [name for name in names if model._meta.get_field(name).is_relation]
    before: dict[int, dict[str, Any]] = {}
    ids = sorted(new)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        # Locked where the database locks rows; on SQLite the transaction is the only writer.
        rows = list(model._default_manager.select_for_update().filter(pk__in=part).order_by("pk"))
        models.prefetch_related_objects(rows, *related)  # who was, in one query
        changed, happened = [], []
        for row in rows:
            wanted = dict(new[row.pk])
            if wanted.pop("version") != row.version:
                continue
            differing = {
                name: (getattr(row, name), value)
                for name, value in wanted.items()
                if getattr(row, name) != value
            }
            if not differing:
                continue
            before[row.pk] = {name: old for name, (old, _new) in differing.items()}
            for name, (_old, value) in differing.items():
                setattr(row, name, value)
            row.version += 1
            before[row.pk]["version"] = row.version
            changed.append(row)
            account = row.pk if model._meta.label == "customers.Account" else row.account_id
            happened.append(events.build(kind, account, by=by, about=row, **differing))
        if changed:
            model._default_manager.bulk_update(changed, sorted(names | {"version"}))
            events.record_all(happened)
    return before


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
