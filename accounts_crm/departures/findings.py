"""What breaks if a person leaves, among some accounts; a constant number of queries."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum

from churn.models import Flag
from customers import ranking
from customers.calendar import business_today
from customers.meetings import KNOWN_DAYS
from customers.models import Account, Contact, Interaction, NextStep, Ranking
from teams import cover
from teams.models import JointGroup, Post, User

MOST = 50  # rows of a list; its count is of all


@dataclass(frozen=True)
class Found:
    """The first rows of a finding, and how many there are."""

    rows: list[Any]
    count: int

    @property
    def more(self) -> int:
        """Return how many are not among the rows."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Departure:
    """What breaks if a person leaves.

    contacts  whom nobody else of ours has met in KNOWN_DAYS, each with `met_on`
    led       accounts led without a deputy; leads is how many are led at all
    steps     open next steps of the person
    flags     open flags of accounts led
    groups    joint groups that nobody else of ours is in
    posts     that fall vacant
    value     of the accounts led, in minor units of the run's currency; None without a run
    share     of the company's value, as a fraction; None for who does not see the whole
    """

    person: User
    contacts: Found
    led: Found
    leads: int
    steps: Found
    flags: Found
    groups: Found
    posts: list[Post]
    value: int | None
    share: float | None


@dataclass(frozen=True)
class Leader:
    """Who leads how many accounts, how many of them without a deputy, and what they bring.

    value  in minor units of the run's currency; None without a run
    """

    person: User
    leads: int
    bare: int
    value: int | None


def departure(person: User, accounts: QuerySet[Account], run, *, whole: bool) -> Departure:
    """Return what breaks among some accounts if a person leaves.

    accounts  those that the reader sees
    whole     they are all of the company, so that a share of it may be told
    """
    seen = accounts.order_by().values("pk")
    led = accounts.filter(owner=person).exclude(status=Account.Status.LOST)
    uncovered = cover.with_cover(led).filter(covered=False).order_by("name", "pk")
    flags = Flag.objects.filter(account__in=led.order_by().values("pk"))
    value, share = _value(led, run, whole)
    return Departure(
        person=person,
        contacts=_found(_known_to_nobody_else(person, seen)),
        led=_found(uncovered),
        leads=led.count(),
        steps=_found(
            NextStep.objects.filter(account__in=seen, who=person, state=NextStep.State.OPEN)
            .select_related("account")
            .order_by("due", "pk")
        ),
        flags=_found(
            flags.exclude(state=Flag.State.CLOSED)
            .select_related("account")
            .order_by("opened_at", "pk")
        ),
        groups=_found(_one_sided(person, seen)),
        posts=list(Post.objects.filter(holder=person).select_related("region")),
        value=value,
        share=share,
    )


def _found(rows: QuerySet) -> Found:
    first = list(rows[: MOST + 1])
    return Found(first[:MOST], len(first) if len(first) <= MOST else rows.count())


def _others(person: User) -> QuerySet[User]:
    return User.objects.filter(is_active=True).exclude(pk=person.pk)


def _known_to_nobody_else(person: User, seen) -> QuerySet[Contact]:
    since = business_today() - dt.timedelta(days=KNOWN_DAYS)
    entries = Interaction.objects.filter(date__gte=since)
    met = entries.filter(ours=person)
    others = entries.filter(theirs=OuterRef("pk"), ours__in=_others(person))
    last = met.filter(theirs=OuterRef("pk")).order_by().values("theirs").annotate(day=Max("date"))
    return (
        Contact.objects.filter(
            Q(left_on__isnull=True) | Q(left_on__gt=business_today()),
            account__in=seen,
            pk__in=met.order_by().values("theirs"),
        )
        .filter(~Exists(others))
        .select_related("account")
        .annotate(met_on=Subquery(last.values("day")[:1]))
        .order_by("account__name", "name", "pk")
    )


def _one_sided(person: User, seen) -> QuerySet[JointGroup]:
    others = JointGroup.ours.through.objects.filter(
        jointgroup=OuterRef("pk"), user__in=_others(person)
    )
    return (
        JointGroup.objects.filter(~Exists(others), ours=person, account__in=seen)
        .exclude(until__lt=business_today())
        .select_related("account")
        .order_by("account__name", "name", "pk")
    )


def _value(led: QuerySet[Account], run, whole: bool) -> tuple[int | None, float | None]:
    if run is None:
        return None, None
    ranked = Ranking.objects.of_run(run.pk).filter(account__in=led.order_by().values("pk"))
    value = int(ranked.aggregate(sum=Sum("value"))["sum"] or 0)
    base = run.facts["ranking"]["account"]["base"] if whole else 0
    return value, value / base if base else None


def leaders(accounts: QuerySet[Account], run) -> list[Leader]:
    """Return who leads some of the accounts, most value first; lost accounts do not count."""
    led = cover.with_cover(ranking.with_rank(accounts, run)).exclude(status=Account.Status.LOST)
    bare = Count("pk", filter=Q(covered=False))
    rows = led.order_by().values("owner").annotate(leads=Count("pk"), bare=bare, sum=Sum("value"))
    found = {row["owner"]: row for row in rows}
    people = User.objects.filter(pk__in=found, is_active=True).order_by("name", "pk")
    carried = [
        Leader(person, row["leads"], row["bare"], int(row["sum"] or 0) if run else None)
        for person in people
        if (row := found[person.pk])
    ]
    return sorted(carried, key=lambda leader: -(leader.value or 0))
