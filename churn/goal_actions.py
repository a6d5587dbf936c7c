"""Writes about goals, by directors; each with its event."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from churn.models import Goal
from customers import access, events
from customers.calendar import business_today
from customers.editing import change
from customers.errors import Refused

LARGEST = 100_00  # hundredths of a percent or point


@transaction.atomic
def set_goal(*, by, **values: Any) -> Goal:
    """Set a goal.

    baseline, target  percent or points of NPS, in hundredths
    Raises Refused at its field for a figure or a day that cannot be, PermissionDenied for a region
    beyond the director's posts.
    """
    goal = Goal(made_by=by, **{"since": business_today(), **values})
    check_covers(by, goal.region)
    _check(goal.metric, goal.baseline, goal.target, goal.since, goal.due)
    goal.save(force_insert=True)
    events.record(
        "goal.set",
        by=by,
        about=goal,
        metric=(None, goal.metric),
        baseline=(None, goal.baseline),
        target=(None, goal.target),
        due=(None, goal.due),
    )
    return goal


@transaction.atomic
def change_goal(goal: Goal, *, by, version: int | None, **values: Any) -> list[str]:
    """Change a goal, or end it. Raises as setting one does, and for a stale version."""
    now = Goal.objects.get(pk=goal.pk)
    check_covers(by, values.get("region", now.region))
    names = ("metric", "baseline", "target", "since", "due")
    _check(*(values.get(name, getattr(now, name)) for name in names))
    return change(goal, "goal.changed", by=by, version=version, **values)


def check_covers(user, region) -> None:
    """Raise PermissionDenied unless a director's posts cover a region, or everything for None."""
    if not access.may_direct(user):
        raise PermissionDenied(_("Goals are set by directors."))
    covered = access.regions_given_by(user)
    if covered is not None and (region is None or region.pk not in covered):
        raise PermissionDenied(_("Your posts do not cover this region. Choose one of yours."))


def _check(metric: str, baseline: int, target: int, since: dt.date, due: dt.date) -> None:
    least = -LARGEST if metric == Goal.Metric.NPS else 0
    for field, figure in (("baseline", baseline), ("target", target)):
        if not least <= figure <= LARGEST:
            raise Refused(
                _("Give a figure from %(least)s to 100.") % {"least": least // 100}, field=field
            )
    if due <= since:
        raise Refused(_("Choose a day after the goal begins."), field="due")
