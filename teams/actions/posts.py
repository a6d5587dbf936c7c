"""The organisation: posts added, changed, moved, filled, vacated and abolished.

Who may do so is decided by teams.organisation before; here stands what nobody may do.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from customers import events
from customers.calendar import business_today
from customers.editing import change
from customers.errors import Refused
from customers.figures import short_date
from customers.models import Region
from customers.tree import ancestors, lock_tree
from teams.models import Post, PostHolding, User


@transaction.atomic
def add_post(
    *,
    by,
    title: str,
    level: str,
    parent: Post | None = None,
    region: Region | None = None,
    holder: User | None = None,
) -> Post:
    """Add a post, from today on. Raises Refused for a holder who has left or names himself."""
    _check_holder(holder, by)
    lock_tree(Post)
    _check_parent(parent)
    today = business_today()
    post = Post.objects.create(
        title=title.strip(), level=level, parent=parent, region=region, holder=holder, since=today
    )
    if holder:
        PostHolding.objects.create(post=post, user=holder, since=today)
    events.record("post.added", by=by, about=post, title=(None, title), holder=(None, holder))
    return post


@transaction.atomic
def change_post(post: Post, *, by, version: int | None, **values) -> list[str]:
    """Change a post: title, level, parent, region, holder. A new holder holds it from today on.

    Raises Refused for a parent that is the post or stands below it, for a holder who has left or
    names himself, for an abolished post, and for a stale version.
    """
    lock_tree(Post)
    _check_standing(post)
    stored = Post.objects.get(pk=post.pk)
    if "holder" in values and values["holder"] != stored.holder:
        _check_holder(values["holder"], by)
    if values.get("parent") and values["parent"] != stored.parent:
        _check_parent(values["parent"])
        _check_circle(post, values["parent"])
    changed = change(post, "post.changed", by=by, version=version, **values)
    if "holder" in changed:
        _hold(post, values["holder"])
    return changed


@transaction.atomic
def abolish_post(post: Post, *, by) -> None:
    """Abolish a post as of today. Raises Refused if others stand below it."""
    lock_tree(Post)
    _check_standing(post)
    if below := Post.objects.filter(parent=post, until=None).first():
        raise Refused(
            _("“%(below)s” reports to “%(post)s”. Move it first.") % {"below": below, "post": post}
        )
    today = business_today()
    if post.since < today:
        last = today - dt.timedelta(days=1)
        change(post, "post.abolished", by=by, version=None, until=last, holder=None)
        _hold(post, None)
        return
    # Added by mistake: it never stood for a whole day. What was abolished below it moves up.
    events.record("post.abolished", by=by, about=post, title=(post.title, None))
    Post.objects.filter(parent=post).update(parent=post.parent)
    post.delete()


def _hold(post: Post, to: User | None) -> None:
    """End who held the post yesterday, and let a person hold it from today on."""
    today = business_today()
    held = PostHolding.objects.filter(post=post, until=None)
    held.filter(since__gte=today).delete()
    held.update(until=today - dt.timedelta(days=1))
    if to:
        PostHolding.objects.create(post=post, user=to, since=today)


def _check_holder(holder: User | None, by) -> None:
    if holder is None:
        return
    if not holder.is_active:
        raise Refused(_("%(person)s has left the company.") % {"person": holder}, field="holder")
    if by is not None and holder.pk == by.pk:
        raise Refused(
            _("Nobody gives himself a post. Ask who stands above, or an administrator."),
            field="holder",
        )


def _check_parent(parent: Post | None) -> None:
    if parent and not Post.objects.filter(pk=parent.pk, until=None).exists():
        raise Refused(_("“%(post)s” is abolished.") % {"post": parent}, field="parent")


def _check_circle(post: Post, parent: Post) -> None:
    """Refuse a parent that is the post or stands below it; the tree is locked meanwhile."""
    if post.pk in ancestors("teams.Post", parent.pk):
        raise Refused(
            _("%(node)s cannot belong to %(parent)s, which is itself or stands below it.")
            % {"node": post, "parent": parent},
            field="parent",
        )


def _check_standing(post: Post) -> None:
    stored = Post.objects.filter(pk=post.pk).first()
    if stored is None:
        raise Refused(_("“%(post)s” is abolished.") % {"post": post})
    if stored.until:
        raise Refused(
            _("“%(post)s” was abolished on %(day)s.")
            % {"post": post, "day": short_date(stored.until)}
        )
