"""Who changed and who held which post: every change of the organisation, with both values."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from customers.figures import short_date
from customers.models import Event, Region
from teams.models import Post, User

KINDS = ("post.added", "post.changed", "post.abolished")
ROWS: dict[str, Any] = {"holder": User, "region": Region, "parent": Post}


@dataclass(frozen=True)
class PostChange:
    """One field of a post that somebody changed; `what` says whether it was added or abolished."""

    at: dt.datetime
    by: Any
    post: str
    what: str
    label: str
    was: str
    now: str


def changes(post: int | None = None) -> QuerySet[Event]:
    """Return the changes of the organisation, or of one post, newest first."""
    found = Event.objects.filter(account=None, kind__in=KINDS).select_related("actor")
    if post is not None:
        found = found.filter(subject__post=post)
    return found.order_by("-at", "-pk")


def history(events: Iterable[Event]) -> list[PostChange]:
    """Return changes in words, a line for each field; three queries, however many there are."""
    events = list(events)
    names = _names(events)
    return [
        PostChange(
            at=event.at,
            by=event.actor,
            post=names["parent"].get(event.subject["post"], ""),
            what=_what(event.kind),
            label=str(getattr(Post._meta.get_field(name), "verbose_name", name)),
            was=_word(name, was, names),
            now=_word(name, now, names),
        )
        for event in events
        for name, (was, now) in event.changes.items()
    ]


def _names(events: list[Event]) -> dict[str, dict[int, str]]:
    """Return the names of all rows that changes speak of, by field and id.

    A post that never stood for a day is gone: its name is in what happened to it.
    """
    ids: dict[str, set[int]] = defaultdict(set)
    titles: dict[int, str] = {}
    for event in events:
        ids["parent"].add(event.subject["post"])
        for name, values in event.changes.items():
            if name in ROWS:
                ids[name] |= {value for value in values if value is not None}
            elif name == "title":
                titles.setdefault(event.subject["post"], next(filter(None, values), ""))
    names = {
        name: {pk: str(row) for pk, row in model.objects.in_bulk(ids[name]).items()}
        for name, model in ROWS.items()
    }
    names["parent"] = titles | names["parent"]
    return names


def _what(kind: str) -> str:
    return {"post.added": _("Added"), "post.abolished": _("Abolished")}.get(kind, _("Changed"))


def _word(name: str, value: Any, names: dict[str, dict[int, str]]) -> str:
    if value is None or value == "":
        return {"holder": _("Vacant"), "region": _("Every region")}.get(name, "–")
    if name in ROWS:
        return names[name].get(value, "–")
    if name == "level":
        return str(dict(Post.Level.choices).get(value, value))
    day = parse_date(value) if name in ("since", "until") else None
    return short_date(day) if day else str(value)
