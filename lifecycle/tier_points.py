"""Which points of a tier's policy an account keeps: plain data in, points out."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.calendar import window_start
from customers.models import Contact, Function

QUARTER = 3  # months


class State(models.TextChoices):
    """How a point of the policy, or all of it, stands."""

    KEPT = "kept", pgettext_lazy("point of a policy", "Kept")
    MISSING = "missing", gettext_lazy("Not kept")
    UNKNOWN = "unknown", gettext_lazy("Unknown")


@dataclass(frozen=True)
class Point:
    """One point of a policy: what is asked, how it stands, and the figure that shows it.

    kind    contact, function, level or groups
    value   the function or level, "" for the other kinds
    figure  days since the last contact, the date a level was met last, the number of groups
            that meet, or None
    asked   the limit, where the point has one
    """

    kind: str
    value: str
    state: State
    figure: Any = None
    asked: int | None = None

    @property
    def label(self) -> str:
        """Return what is asked, in words."""
        if self.kind == "contact":
            return _("Contact at least every %(days)s days") % {"days": self.asked}
        if self.kind == "function":
            return _("%(function)s staffed") % {"function": Function(self.value).label}
        if self.kind == "level":
            return _("%(level)s met this quarter") % {"level": Contact.Level(self.value).label}
        return _("Joint groups that meet: %(count)s") % {"count": self.asked}


def points(
    policy: Any,
    figures: Mapping[str, Any] | None,
    staffed: Collection[str],
    last_contact: dt.date | None,
    *,
    today: dt.date,
) -> list[Point]:
    """Return the points of a policy for one account.

    policy   a TierPolicy, or what has its fields
    figures  those of the account's assessment, None where the night has none
    staffed  the functions of ours in today's account team
    """
    found = []
    days = (today - last_contact).days if last_contact else None
    every = policy.contact_every_days
    found.append(
        Point("contact", "", _state(days, days is not None and days <= every), days, every)
    )
    for function in Function:
        if function in policy.functions:
            there = function in staffed
            found.append(Point("function", str(function), State.KEPT if there else State.MISSING))
    since = window_start(today, QUARTER)
    for level in Contact.Level:
        if level in policy.levels:
            if figures is None:
                found.append(Point("level", str(level), State.UNKNOWN))
                continue
            met = _day(figures.get("levels_met", {}).get(level))
            kept = met is not None and met >= since
            found.append(
                Point("level", str(level), State.KEPT if kept else State.MISSING, figure=met)
            )
    if policy.joint_groups:
        meeting = None if figures is None else len(figures.get("groups", []))
        kept = meeting is not None and meeting >= policy.joint_groups
        found.append(Point("groups", "", _state(meeting, kept), meeting, policy.joint_groups))
    return found


def overall(found: list[Point]) -> State:
    """Return how a policy stands: not kept where a point is missing, else unknown where one is."""
    states = {point.state for point in found}
    for state in (State.MISSING, State.UNKNOWN):
        if state in states:
            return state
    return State.KEPT


def _state(figure: Any, kept: bool) -> State:
    if figure is None:
        return State.UNKNOWN
    return State.KEPT if kept else State.MISSING


def _day(stored: Any) -> dt.date | None:
    return dt.date.fromisoformat(stored) if isinstance(stored, str) else stored
