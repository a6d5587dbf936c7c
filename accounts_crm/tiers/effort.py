"""Contact effort of the last months against 12-month value: over-served and neglected accounts."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from math import sqrt
from typing import Any

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, Sum, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts_crm.dashboard.scale import by_root
from customers import ranking
from customers.figures import compact
from customers.models import Account, Interaction
from customers.money import to_major

LISTED = 10
POINTS = 150


@dataclass(frozen=True)
class Served:
    """An account with its effort in points and its value; shares are of the accounts meant."""

    pk: int
    name: str
    tier: str
    value_class: str
    value: int
    effort: float
    effort_share: float
    value_share: float

    @property
    def url(self) -> str:
        """Return the address of the account."""
        return reverse("account", args=[self.pk])

    @property
    def is_over(self) -> bool:
        """Say whether it gets much more effort than its value is a part."""
        return _is_more(self.effort_share, self.value_share)

    @property
    def is_neglected(self) -> bool:
        """Say whether it brings in much more than it gets of the effort."""
        return _is_more(self.value_share, self.effort_share)


def served(accounts: QuerySet, run, today: dt.date) -> list[Served]:
    """Return the ranked accounts that lists or picture may show; three queries, however many.

    That are those with most effort or value, and the most over-served and most neglected.
    A contact of the last EFFORT_RECENT_DAYS weighs its EFFORT_POINTS, an older one half of them.
    """
    ranked = ranking.with_rank(accounts.exclude(status=Account.Status.LOST), run).filter(
        rank__isnull=False
    )
    value = dict(ranked.order_by().values_list("pk", "value"))
    efforts = dict(_efforts(accounts, today))
    effort = {pk: efforts.get(pk, 0) for pk in value}
    effort_share = _shares(effort)
    value_share = _shares({pk: max(0, own) for pk, own in value.items()})
    over = (pk for pk in value if _is_more(effort_share[pk], value_share[pk]))
    neglected = (pk for pk in value if _is_more(value_share[pk], effort_share[pk]))
    half = POINTS // 2
    chosen = {
        *_most(effort, value, half),
        *_most(value, value, half),
        *_most(effort, over, LISTED),
        *_most(value, neglected, LISTED),
    }
    named = ranked.filter(pk__in=chosen).values_list("pk", "name", "tier", "value_class")
    return [
        Served(
            pk=pk,
            name=name,
            tier=tier,
            value_class=value_class,
            value=value[pk],
            effort=effort[pk] / 2,
            effort_share=effort_share[pk],
            value_share=value_share[pk],
        )
        for pk, name, tier, value_class in named.order_by("pk")
    ]


def _efforts(accounts: QuerySet, today: dt.date) -> list[tuple[int, int]]:
    """Return (account, effort) of who was contacted; in half points, so that a sum stays whole."""
    recent = Q(date__gt=today - dt.timedelta(days=settings.EFFORT_RECENT_DAYS))
    each = settings.EFFORT_POINTS.items()
    weight = Case(
        *(When(Q(kind=kind) & recent, then=Value(2 * points)) for kind, points in each),
        *(When(kind=kind, then=Value(points)) for kind, points in each),
        default=Value(0),
        output_field=IntegerField(),
    )
    entries = Interaction.objects.filter(
        account__in=accounts.order_by().values("pk"),
        date__gt=today - dt.timedelta(days=settings.EFFORT_DAYS),
        date__lte=today,
    )
    summed = entries.order_by().values("account").annotate(points=Sum(weight))
    return list(summed.values_list("account", "points"))


def _is_more(share: float, other: float) -> bool:
    """Say whether a share is so much more than another that the two do not fit."""
    return share > settings.EFFORT_FACTOR * other


def _shares(figures: dict[int, int]) -> dict[int, float]:
    whole = sum(figures.values()) or 1
    return {pk: figure / whole for pk, figure in figures.items()}


def _most(figures: dict[int, int], among: Iterable[int], count: int) -> list[int]:
    """Return the accounts with the highest figures among some, the lower id first of equal ones."""
    return nsmallest(count, among, key=lambda pk: (-figures[pk], pk))


def lists(found: list[Served]) -> dict[str, list[Served]]:
    """Return the over-served accounts, most effort first, and the neglected, most value first."""
    over = sorted((one for one in found if one.is_over), key=lambda one: (-one.effort, one.pk))
    less = sorted((one for one in found if one.is_neglected), key=lambda one: (-one.value, one.pk))
    return {"over": over[:LISTED], "neglected": less[:LISTED]}


def weights() -> str:
    """Return what a contact of each kind weighs, in words, the heaviest first."""
    points = sorted(settings.EFFORT_POINTS.items(), key=lambda pair: -pair[1])
    return _(", ").join(f"{Interaction.Kind(kind).label} {weight}" for kind, weight in points)


def chart(found: list[Served], currency: str) -> dict[str, Any]:
    """Return what static/js/charts/effort.js draws: those with most effort or most value."""
    half = POINTS // 2
    by_effort = sorted(found, key=lambda one: (-one.effort, one.pk))[:half]
    by_value = sorted(found, key=lambda one: (-one.value, one.pk))[:half]
    shown = sorted({*by_effort, *by_value}, key=lambda one: (-one.value, one.pk))
    amounts = [float(to_major(max(0, one.value), currency)) for one in shown]
    return {
        "points": [
            {
                "name": one.name,
                "url": one.url,
                "effort": one.effort,
                "root": round(sqrt(amount), 3),
                "value": compact(one.value, currency),
                "kind": "over" if one.is_over else "neglected" if one.is_neglected else "",
            }
            for one, amount in zip(shown, amounts, strict=True)
        ],
        "axis": by_root(max(amounts, default=0), currency),
        "labels": {
            "effort": _("Contact effort in %(days)s days, points") % {"days": settings.EFFORT_DAYS},
            "said": _("{effort} points, {value}"),
        },
    }
