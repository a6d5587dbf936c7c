"""Writes about saved views. Each is one transaction, its event included.

Events of views say no names: those who see all events need not read what others call their lists.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts_crm.models import DefaultView, SavedView
from customers import access, events
from customers.access import Role
from customers.errors import Refused

MOST = 50  # views of one person
KEPT_FOR = dt.timedelta(days=1)


@transaction.atomic
def save_view(*, by, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep a list under a name. Raises Refused if the name is taken, or there are too many."""
    own = SavedView.objects.kept().filter(owner=by)
    if own.count() >= MOST:
        raise Refused(
            _("You have %(count)s saved views. Delete one that you no longer need.")
            % {"count": MOST}
        )
    if own.filter(name=name).exists():
        raise _taken(name)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(owner=by, name=name, query=query, shared=shared)
    except IntegrityError:
        raise _taken(name) from None
    events.record("view.saved", by=by, about=view, shared=(None, shared))
    return view


@transaction.atomic
def change_view(view: SavedView, *, by, version: int | None = None, **values) -> list[str]:
    """Rename a view, share it, or keep another list under it.

    Raises Refused for a stale version, a name that is taken, or a view of somebody else.
    """
    _check_own(view, by)
    own = SavedView.objects.kept().filter(owner=view.owner_id).exclude(pk=view.pk)
    if "name" in values and own.filter(name=values["name"]).exists():
        raise _taken(values["name"])
    if values.get("shared") is False:
        DefaultView.objects.filter(view=view).exclude(user=view.owner_id).delete()
    try:
        with transaction.atomic():
            return _change(view, by=by, version=version, **values)
    except IntegrityError:
        raise _taken(values.get("name", view.name)) from None


@transaction.atomic
def delete_view(view: SavedView, *, by) -> None:
    """Delete a view; for a day it can be taken back."""
    _check_own(view, by)
    SavedView.objects.filter(owner=view.owner_id, deleted_at__lt=timezone.now() - KEPT_FOR).delete()
    SavedView.objects.filter(pk=view.pk).update(deleted_at=timezone.now())
    events.record("view.deleted", by=by, about=view)


@transaction.atomic
def restore_view(view: SavedView, *, by) -> None:
    """Take back that a view was deleted. Raises Refused if its name is taken by now."""
    _check_own(view, by)
    try:
        with transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(deleted_at=None)
    except IntegrityError:
        raise _taken(view.name) from None
    events.record("view.restored", by=by, about=view)


@transaction.atomic
def set_own_default(view: SavedView, *, by, on: bool) -> None:
    """Let a view open by itself for a person, or no longer."""
    DefaultView.objects.filter(user=by).delete()
    if on:
        DefaultView.objects.create(user=by, view=view)
    events.record("view.default", by=by, about=view, own=(not on, on))


@transaction.atomic
def set_role_defaults(view: SavedView, *, by, roles: list[str]) -> None:
    """Let a shared view open by itself for some roles, and for no others.

    Raises Refused for anybody but a director, and for a view that is not shared.
    """
    held = set(
        DefaultView.objects.filter(view=view).exclude(role="").values_list("role", flat=True)
    )
    if held == set(roles):
        return
    if Role.DIRECTOR not in access.roles_of(by):
        raise Refused(_("Only a director chooses what opens for a role."), field="roles")
    if roles and not view.shared:
        raise Refused(
            _("“%(view)s” is your own. Share it with everybody before it opens for a role.")
            % {"view": view},
            field="shared",
        )
    DefaultView.objects.filter(view=view).exclude(role="").delete()
    DefaultView.objects.filter(role__in=roles).delete()
    DefaultView.objects.bulk_create(DefaultView(view=view, role=role) for role in roles)
    events.record("view.default", by=by, about=view, roles=(sorted(held), sorted(roles)))


def _change(view: SavedView, *, by, version: int | None, **values) -> list[str]:
    """Write values under the version, as customers.editing does for rows of accounts."""
    read = view.version if version is None else version
    changed = [name for name, new in values.items() if getattr(view, name) != new]
    stored = SavedView.objects.kept().filter(pk=view.pk, version=read)
    if not changed:
        return []
    if not stored.update(version=read + 1, **{name: values[name] for name in changed}):
        raise Refused(
            _("“%(view)s” was changed in another window meanwhile. Open it again.") % {"view": view}
        )
    for name in changed:
        setattr(view, name, values[name])
    view.version = read + 1
    events.record("view.changed", by=by, about=view, fields=(None, changed))
    return changed


def _check_own(view: SavedView, by) -> None:
    if view.owner_id != by.pk:
        raise Refused(
            _("“%(view)s” belongs to %(owner)s. Save a view of your own instead.")
            % {"view": view, "owner": view.owner}
        )


def _taken(name: str) -> Refused:
    return Refused(
        _("You have a view called “%(name)s” already. Choose another name.") % {"name": name},
        field="name",
    )
