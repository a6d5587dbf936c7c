"""The organisation as of a day: the tree of posts, who held them, what was vacant since when.

Posts and who held them are those of the day; titles, regions and the tree are today's.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from customers import access
from customers.errors import Refused
from customers.parts import Named
from teams.models import Post, PostHolding


@dataclass
class Node:
    """A post with its holder of the day and the posts below.

    since      of the holder, or of the vacancy
    inactive   the holder has left the company
    """

    post: Post
    holder: Named | None
    since: dt.date
    inactive: bool
    may_change: bool
    below: list["Node"] = field(default_factory=list)


@dataclass
class Organisation:
    """The tree as of a day."""

    day: dt.date
    roots: list[Node]
    nodes: list[Node]

    @property
    def vacant(self) -> list[Node]:
        """Return the posts that nobody holds, those vacant longest first."""
        found = [node for node in self.nodes if node.holder is None]
        return sorted(found, key=lambda node: node.since)


def organisation(viewer, day: dt.date, *, today: dt.date) -> Organisation:
    """Return the organisation as of a day, as a user sees it; everybody sees all of it."""
    standing = Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))
    posts = list(Post.objects.filter(standing).select_related("region"))
    held: dict[int, PostHolding] = {}
    ended: dict[int, dt.date] = {}
    holdings = PostHolding.objects.filter(post__in=[post.pk for post in posts], since__lte=day)
    for row in holdings.select_related("user"):
        if row.until is None or row.until >= day:
            held[row.post_id] = row
        else:
            ended[row.post_id] = max(ended.get(row.post_id, row.until), row.until)
    changeable = access.posts_changed_by(viewer) if day == today else []
    nodes = {}
    for post in posts:
        holding = held.get(post.pk)
        last = ended.get(post.pk)
        vacant_since = last + dt.timedelta(days=1) if last else post.since
        nodes[post.pk] = Node(
            post,
            Named(holding.user.pk, holding.user.name) if holding else None,
            holding.since if holding else vacant_since,
            bool(holding and not holding.user.is_active),
            changeable is None or post.pk in changeable,
        )
    roots: list[Node] = []
    for post in posts:
        above = nodes.get(post.parent_id) if post.parent_id else None
        (above.below if above else roots).append(nodes[post.pk])
    return Organisation(day, roots, list(nodes.values()))


def post_for(user, pk: int) -> Post:
    """Return a post to change; raise Http404 if there is none, PermissionDenied if not his."""
    post = Post.objects.select_related("parent", "region", "holder").filter(pk=pk).first()
    if post is None:
        raise Http404
    changeable = access.posts_changed_by(user)
    if changeable is not None and pk not in changeable:
        raise PermissionDenied(
            _("A post is changed by who holds one above it, or by an administrator.")
        )
    return post


def check_place(user, *, parent: Post | None, region) -> None:
    """Refuse a place that the user may not give: outside his posts, or with a region beyond his.

    Otherwise a director could give another more than he has himself.
    """
    changeable = access.posts_changed_by(user)
    if changeable is None:
        return
    own = set(changeable) | set(user.posts.values_list("pk", flat=True))
    if parent is None or parent.pk not in own:
        raise Refused(
            _("Pick a post above it that is your own or stands below yours."), field="parent"
        )
    given = access.regions_given_by(user)
    if given is not None and (region is None or region.pk not in given):
        raise Refused(_("Pick a region of your own post."), field="region")
