"""Reading a published ranking: annotated accounts, movement, shares over what a user sees.

`run` is a published nightly run or None; it comes from the roof as a plain argument.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    RowRange,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce

from customers import access
from customers.models import Ranking


def with_rank(accounts: QuerySet, run, *, scope: str = "account") -> QuerySet:
    """Annotate accounts with rank, value, value_class and place; None where unranked.

    place is the position in the list, 1, 2, 3 without ties.
    """
    return accounts.annotate(
        ranking=FilteredRelation(
            "rankings", condition=Q(rankings__run=run.pk if run else None, rankings__scope=scope)
        )
    ).annotate(
        rank=F("ranking__rank"),
        value=F("ranking__value"),
        value_class=F("ranking__value_class"),
        place=F("ranking__position"),
    )


def with_movement(accounts: QuerySet, earlier, *, scope: str = "account") -> QuerySet:
    """Annotate accounts with rank_before, value_before and class_before.

    earlier  an earlier run, an expression of its id, or None
    """
    return accounts.annotate(
        ranking_before=FilteredRelation(
            "rankings", condition=Q(rankings__run=earlier, rankings__scope=scope)
        )
    ).annotate(
        rank_before=F("ranking_before__rank"),
        value_before=F("ranking_before__value"),
        class_before=F("ranking_before__value_class"),
    )


def comparable(run):
    """Return the newest published run at least MOVEMENT_DAYS older that `run` compares with."""
    return older(run, settings.MOVEMENT_DAYS)


def comparable_id(run):
    """Return the id of `comparable` as an expression, to be read along with other rows."""
    return Subquery(_like(run, settings.MOVEMENT_DAYS).values("pk")[:1]) if run else None


def shown_base(run, user):
    """Return shown_total(run, user).base as an expression; None for nothing, or without a run."""
    if run is None:
        return Value(None, BigIntegerField())
    if access.sees_all(user):
        return Value(run.facts["ranking"]["account"]["base"], BigIntegerField())
    positive = shown_rankings(run, user).filter(shown_value__gt=0).order_by()
    sums = positive.values("run").annotate(base=Sum("shown_value"))
    return Subquery(sums.values("base"), output_field=BigIntegerField())


def previous(run):
    """Return the published run before `run` that it compares with, or None."""
    return older(run, 1)


def older(run, days: int, most: int | None = None):
    """Return the newest run `days` older, `most` days at the most, of one kind with `run`.

    Of one kind are runs of the same measure, window and currency.
    """
    if run is None:
        return None
    runs = _like(run, days)
    if most is not None:
        runs = runs.filter(as_of__gte=run.as_of - dt.timedelta(days=most))
    return runs.first()


def _like(run, days: int) -> QuerySet:
    """Return the published runs of one kind with `run` and so many days older, newest first."""
    return (
        type(run)
        .objects.published()
        .filter(
            as_of__lte=run.as_of - dt.timedelta(days=days),
            measure=run.measure,
            window_months=run.window_months,
            currency=run.currency,
        )
        .order_by("-as_of")
    )


@dataclass(frozen=True)
class Shown:
    """The totals a user may see.

    whole      whether they are the company's; otherwise they are over the visible accounts
    base       sum of the positive values, minor units
    total      sum of all values
    positive   number of accounts with positive value
    accounts   number of ranked accounts
    """

    whole: bool
    base: int
    total: int
    positive: int
    accounts: int


def shown_total(run, user, *, scope: str = "account") -> Shown:
    """Return totals over what the user sees, so that no hidden account can be read off them."""
    if access.sees_all(user):
        facts = run.facts["ranking"][scope]
        accounts = facts["positive"] + facts["others"]
        return Shown(True, facts["base"], facts["total"], facts["positive"], accounts)
    sums = shown_rankings(run, user, scope=scope).aggregate(
        base=Sum("shown_value", filter=Q(shown_value__gt=0)),
        total=Sum("shown_value"),
        positive=Count("pk", filter=Q(shown_value__gt=0)),
        accounts=Count("pk"),
    )
    return Shown(False, *(int(sums[key] or 0) for key in ("base", "total", "positive", "accounts")))


def shown_rankings(run, user, *, scope: str = "account") -> QuerySet:
    """Return the run's rankings that a user may see, with `shown_value`.

    A group's value holds that of members the user may not see; shown is the sum over those he may.
    """
    rankings = Ranking.objects.of_run(run.pk, scope).visible_to(user)
    if scope == Ranking.Scope.ACCOUNT or access.sees_all(user):
        return rankings.annotate(shown_value=F("value"))
    members = (
        Ranking.objects.of_run(run.pk, Ranking.Scope.ACCOUNT)
        .visible_to(user)
        .filter(top=OuterRef("account"))
        .order_by()
        .values("top")
        .annotate(total=Sum("value"))
        .values("total")
    )
    return rankings.annotate(
        shown_value=Coalesce(Subquery(members, output_field=BigIntegerField()), Value(0))
    )


def with_shown_cumulative(rankings: QuerySet) -> QuerySet:
    """Annotate shown rankings with `shown_cumulative`, the positive values so far in list order."""
    positive = Case(
        When(shown_value__gt=0, then=F("shown_value")),
        default=Value(0),
        output_field=BigIntegerField(),
    )
    return rankings.annotate(
        shown_cumulative=Window(
            Sum(positive),
            order_by=[F("shown_value").desc(), F("position").asc()],
            frame=RowRange(end=0),
        )
    )
