"""How the account managers cover their accounts: value carried, contacts in time, late steps."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, fields
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from accounts_crm.dashboard.cells import share
from accounts_crm.dashboard.scope import CLASS, Scope
from accounts_crm.portfolio.conditions import kept
from churn.models import Flag
from customers import ranking
from customers.calendar import end_of
from customers.models import Account, Interaction, NextStep

# More managers than these are added up in a last row.
ROWS = 12
# A manager who carries more of the company's value is shown as a concentration.
CONCENTRATION = 0.25


@dataclass
class Cover:
    """One manager's accounts; `pk` None where nobody is the manager.

    active      accounts that are not lost, which want contact
    in_time     those of them contacted within their tier's cadence
    late        accounts with a next step overdue
    flags       accounts with an open flag
    unanswered  those of them that nobody has answered yet
    urls        the lists behind these numbers
    """

    pk: int | None = None
    name: str = ""
    accounts: int = 0
    a: int = 0
    b: int = 0
    c: int = 0
    positive: int = 0
    active: int = 0
    in_time: int = 0
    late: int = 0
    flags: int = 0
    unanswered: int = 0
    share: float | None = None
    concentrated: bool = False
    urls: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Cover") -> None:
        """Add another's counts."""
        for one in fields(self):
            if one.type is int:
                setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def coverage(scope: Scope) -> dict:
    """Return the managers by value carried, the rest in one row, and the total."""
    work = _open_work(scope)
    counted = (
        ranking.with_rank(scope.accounts, scope.run)
        .order_by()
        # By an expression: grouped by its index, SQLite would read the accounts in random order.
        .values(manager=Coalesce("owner_id", 0))
        .annotate(
            accounts=Count("pk"),
            a=Count("pk", filter=Q(value_class="A")),
            b=Count("pk", filter=Q(value_class="B")),
            c=Count("pk", filter=Q(value_class="C")),
            positive=Sum("value", filter=Q(value__gt=0)),
            active=Count("pk", filter=_active()),
            in_time=Count("pk", filter=_active() & _contacted_in_time(scope)),
        )
    )
    covers = []
    for counts in counted:
        pk = counts.pop("manager") or None
        counts["positive"] = int(counts["positive"] or 0)
        covers.append(Cover(pk, scope.owners.get(pk, ""), **counts, **work.get(pk, {})))
    total = Cover()
    for cover in covers:
        total.add(cover)
    total.urls = _urls(scope)
    covers.sort(key=lambda cover: (cover.pk is None, -cover.positive, cover.name))
    for cover in covers[:ROWS]:
        cover.share = share(cover.positive, total.positive)
        owner = "none" if cover.pk is None else str(cover.pk)
        cover.urls = _urls(scope, owner=owner)
        # Of the company's value only: of a part everybody carries much.
        cover.concentrated = (
            scope.whole and cover.pk is not None and (cover.share or 0) > CONCENTRATION
        )
    return {
        "rows": covers[:ROWS],
        "rest": _rest(covers[ROWS:], total),
        "total": total,
        "largest": max((cover.share or 0 for cover in covers[:ROWS]), default=0) or 1,
    }


def _urls(scope: Scope, **owner: str) -> dict[str, str]:
    """Return the lists of accounts behind the numbers; of contact, steps and flags only as now."""
    urls = {"all": scope.accounts_url(**owner)}
    urls |= {name: scope.accounts_url(**owner, **{CLASS: name.upper()}) for name in "abc"}
    if scope.live:
        alive = [Account.Status.PROSPECT.value, Account.Status.ACTIVE.value]
        urls["active"] = scope.accounts_url(**owner, status=alive)
        urls["in_time"] = scope.accounts_url(**owner, contact="kept")
        urls["late"] = scope.accounts_url(**owner, step="overdue")
        urls["flags"] = scope.accounts_url(**owner, flag="yes")
    return urls


def _rest(covers: list[Cover], total: Cover) -> dict | None:
    if not covers:
        return None
    rest = Cover()
    for cover in covers:
        rest.add(cover)
    rest.share = share(rest.positive, total.positive)
    return {"managers": len(covers), "cover": rest}


def _active() -> Q:
    return ~Q(status=Account.Status.LOST)


def _contacted_in_time(scope: Scope) -> Q:
    """Return the condition for an account whose last contact is within its tier's cadence."""
    if scope.live:
        return kept(scope.cadences)
    in_time = Q(pk__in=[])
    for tier, days in scope.cadences.items():
        oldest = scope.day - dt.timedelta(days=days)
        contacts = Interaction.objects.filter(
            account=OuterRef("pk"), date__gte=oldest, date__lt=scope.day
        )
        in_time |= Q(Exists(contacts), tier=tier)
    return in_time


def _open_work(scope: Scope) -> dict[int | None, dict[str, Any]]:
    """Return late steps, open flags and unanswered ones, by account manager."""
    meant = scope.accounts.order_by().values("pk")
    steps = NextStep.objects.filter(_overdue(scope), account__in=meant)
    flags = Flag.objects.filter(_flagged(scope), account__in=meant)
    unanswered = flags.filter(state=Flag.State.OPEN)
    counted = _by_owner("late", steps).union(
        _by_owner("flags", flags), _by_owner("unanswered", unanswered)
    )
    work: dict[int | None, dict[str, Any]] = defaultdict(dict)
    for kind, owner, count in counted:
        work[owner][kind] = count
    return work


def _by_owner(kind: str, rows: QuerySet) -> QuerySet:
    return (
        rows.order_by()
        .values(work=Value(kind), manager=F("account__owner"))
        .annotate(count=Count("account", distinct=True))
        .values_list("work", "manager", "count")
    )


def _overdue(scope: Scope) -> Q:
    overdue = Q(due__lt=scope.day)
    if scope.live:
        return overdue & Q(state=NextStep.State.OPEN)
    return (
        overdue
        & Q(created_on__lt=scope.day)
        & (Q(closed_on__isnull=True) | Q(closed_on__gte=scope.day))
    )


def _flagged(scope: Scope) -> Q:
    """Return the condition for a flag that was open: now, or on the morning after the run."""
    if scope.live:
        return ~Q(state=Flag.State.CLOSED)
    morning = end_of(scope.run.as_of)
    opened = Q(as_of__lte=scope.run.as_of) | Q(as_of__isnull=True, opened_at__lt=morning)
    return opened & (Q(closed_at__isnull=True) | Q(closed_at__gte=morning))
