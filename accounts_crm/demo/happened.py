"""What happened, told as the actions would have told it that the demo's rows came past."""

import datetime as dt
import heapq
import itertools
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from django.db.models import F, QuerySet, Window
from django.db.models.functions import Lag

from accounts_crm.demo import rows
from accounts_crm.demo.moments import moments
from customers import events
from customers.access import TeamRole
from customers.models import (
    CompetitorSighting,
    Event,
    PurchasePotential,
    SatisfactionScore,
    Stage,
)
from lifecycle.models import StageMove, TierRequest
from teams.models import Post, TeamMember

MORNING = 540  # the minute of the day at which what has only a date was written down
POSTS_AGO = 3 * 365  # days


class Told(NamedTuple):
    """An event before it is written; `at` is a moment in UTC without a zone."""

    at: dt.datetime
    kind: str
    account: int | None
    actor: int | None
    about: dict[str, int]
    changes: dict[str, tuple]


def make_events(users: dict[str, int], today: dt.date) -> None:
    """Write the events, oldest first; all of them long handed on, so that nobody is notified."""
    director = users["director"]
    told = heapq.merge(
        _posts(director, today),
        _stages(),
        _requests(),
        _team(director, today),
        _facts(SatisfactionScore, "date", "satisfaction.recorded", "score"),
        _facts(PurchasePotential, "date", "potential.recorded", "amount_minor", "currency"),
        _facts(CompetitorSighting, "seen_on", "sighting.recorded", "competitor", "share"),
        key=lambda event: event.at,
    )
    while batch := list(itertools.islice(told, rows.BATCH)):
        moment, kind, account, actor, about, changes = map(list, zip(*batch, strict=True))
        at = np.array(moment, dtype="M8[s]")
        first = rows.next_id(Event)
        rows.insert(
            Event,
            len(batch),
            id=list(range(first, first + len(batch))),
            at=at,
            kind=kind,
            account_id=account,
            actor_id=actor,
            subject=[json.dumps(one) for one in about],
            changes=[json.dumps(one, default=events.plain) for one in changes],
            sent_at=at,
        )


def _posts(director: int, today: dt.date) -> Iterator[Told]:
    at = _morning(today - dt.timedelta(days=POSTS_AGO))
    for pk, title, holder in Post.objects.order_by("pk").values_list("pk", "title", "holder"):
        changes = {"title": (None, title), "holder": (None, holder)}
        yield Told(at, "post.added", None, director, {"post": pk}, changes)


def _stages() -> Iterator[Told]:
    for at, account, by, pk, was, to, reason in _by_day(
        StageMove.objects, "at", "account", "by", "pk", "was", "to", "reason"
    ):
        kind = "stage.moved"
        if Stage.INTERRUPTED in (was, to):
            kind = "stage.interrupted" if to == Stage.INTERRUPTED else "stage.resumed"
        changes = {"stage": (was, to)} | ({"reason": (None, reason)} if reason else {})
        yield Told(at.replace(tzinfo=None), kind, account, by, {"stagemove": pk}, changes)


def _requests() -> Iterator[Told]:
    found: list[Told] = []
    for asked in TierRequest.objects.all():
        about, tiers = {"tierrequest": asked.pk}, (asked.was, asked.to)
        changes = {"asked_tier": tiers, "reason": (None, asked.reason)}
        at = asked.asked_at.replace(tzinfo=None)
        found.append(Told(at, "tier.asked", asked.account_id, asked.asked_by_id, about, changes))
        if asked.decided_at:
            changes = {"reason": (None, asked.answer), "asked_tier": tiers}
            at = asked.decided_at.replace(tzinfo=None)
            kind = f"tier.{asked.state}"
            found.append(Told(at, kind, asked.account_id, asked.decided_by_id, about, changes))
    return iter(sorted(found, key=lambda event: event.at))


def _team(director: int, today: dt.date) -> Iterator[Told]:
    """Yield who joined, and who took over from whom; the first leader came with the account."""
    before = Window(Lag("user"), partition_by=[F("account"), F("role")], order_by=F("since").asc())
    team = TeamMember.objects.filter(since__lte=today).annotate(before=before)
    for since, account, pk, user, role, function, layer, former in _by_day(
        team, "since", "account", "pk", "user", "role", "function", "layer", "before"
    ):
        if role != TeamRole.LEAD:
            changes = {
                "user": (None, user),
                "function": (None, function),
                "layer": (None, layer),
                "since": (None, since),
            }
            about = {"teammember": pk}
            yield Told(_morning(since), "member.joined", account, director, about, changes)
        elif former is not None:
            about, changes = {"account": account}, {"owner": (former, user)}
            yield Told(_morning(since), "owner.changed", account, director, about, changes)


def _facts(model: Any, day: str, kind: str, *fields: str) -> Iterator[Told]:
    """Yield the facts of a table as their account managers recorded them."""
    for on, account, owner, pk, *values in _by_day(
        model.objects, day, "account", "account__owner", "pk", *fields
    ):
        about = {model._meta.model_name: pk}
        changes = {name: (None, value) for name, value in zip(fields, values, strict=True)}
        yield Told(_morning(on), kind, account, owner, about, changes)


def _by_day(found: Any, day: str, *fields: str) -> Iterator[tuple]:
    """Yield rows of a table, the oldest first, without holding them."""
    ordered: QuerySet = found.order_by(day, "pk")
    return ordered.values_list(day, *fields).iterator()


@cache
def _morning(day: dt.date) -> dt.datetime:
    return moments(np.array([day], dtype="M8[D]"), MORNING).astype("M8[s]")[0].item()
