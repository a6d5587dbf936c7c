"""What a person has to do, and what the person did: next steps and log entries."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Q,
    Subquery,
    Value,
    When,
    Window,
)
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts_crm.my_day.circle import Row, is_own, may_change
from customers.calendar import business_today
from customers.models import Interaction, NextStep
from customers.steps import with_people

AHEAD = 7  # days
SHOWN = 40
LOGGED = 4
OVERDUE, TODAY, SOON, CLOSED = range(4)


@dataclass(frozen=True)
class Group:
    """Steps under one heading; count says how many there are, shown or not."""

    name: str
    number: int
    steps: list[NextStep]
    count: int


@dataclass(frozen=True)
class Todo:
    """The groups that have any step, and the numbers for the sentence above."""

    groups: list[Group]

    def count(self, number: int) -> int:
        """Return how many steps there are in a group."""
        return next((group.count for group in self.groups if group.number == number), 0)

    @property
    def waiting(self) -> int:
        """Return how many steps are still to be done."""
        return sum(group.count for group in self.groups if group.number != CLOSED)


def todo(user, rows: list[Row], beside: list[Interaction]) -> Todo:
    """Return the person's steps: overdue, of today, of the days ahead, closed today.

    Who answers for no accounts of their own sees what is overdue among those they look at, too.

    beside  as customers.steps.with_people
    """
    today = timezone.localdate()
    wanted = Q(who=user)
    if not is_own(user):
        accounts = [row.account.pk for row in rows]
        wanted |= Q(account__in=accounts, due__lt=today, state=NextStep.State.OPEN)
    now = Q(state=NextStep.State.OPEN, due__lt=today + dt.timedelta(days=AHEAD))
    steps = (
        NextStep.objects.visible_to(user)
        .filter(wanted, now | Q(closed_on=business_today()))
        .annotate(
            part=Case(
                When(~Q(state=NextStep.State.OPEN), then=Value(CLOSED)),
                When(due__lt=today, then=Value(OVERDUE)),
                When(due=today, then=Value(TODAY)),
                default=Value(SOON),
                output_field=IntegerField(),
            ),
            may_change=may_change(user, "account"),
        )
        .annotate(in_part=Window(Count("pk"), partition_by=F("part")))
        .select_related("account", "interaction", "who")
        .order_by("part", "due", "pk")[:SHOWN]
    )
    return Todo(
        [_group(part, list(its)) for part, its in groupby(with_people(steps, beside), _part)]
    )


def logged(user) -> list[Interaction]:
    """Return the person's latest entries, each with the number `this_month`."""
    mine = Interaction.objects.filter(author=user)
    month = (  # not tied to the row: counted once
        mine.filter(at__gte=_month_start())
        .order_by()
        .values("author")
        .annotate(number=Count("pk"))
        .values("number")
    )
    entries = mine.visible_to(user).annotate(this_month=Subquery(month)).select_related("account")
    return list(entries.order_by("-at", "-pk")[:LOGGED])


def _month_start() -> dt.datetime:
    return timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _part(step: Any) -> int:
    return step.part


def _group(part: int, steps: list[Any]) -> Group:
    names = {OVERDUE: _("Overdue"), TODAY: _("Today"), SOON: _("Next 7 days")}
    return Group(names.get(part, _("Closed today")), part, steps, steps[0].in_part)
