"""Accounts with what is known of their stage and their tier."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from customers.calendar import window_start
from customers.models import Account
from lifecycle.models import Assessment, StageMove, SupplierStance, TierPolicy
from lifecycle.stances import MIXED_FROM, MODERN_FROM, Stance
from lifecycle.tier_points import QUARTER, State
from teams.models import TeamMember


def with_since(accounts: QuerySet) -> QuerySet:
    """Annotate accounts with `stage_since`, the moment of the last move; None where unknown."""
    moves = StageMove.objects.filter(account=OuterRef("pk")).order_by("-at", "-pk")
    return accounts.annotate(stage_since=Subquery(moves.values("at")[:1]))


def policy_is(state: str, run, today: dt.date) -> Q:
    """Return the condition of accounts whose tier's policy is kept, not kept or unknown.

    What lifecycle.tier_points says of one account, for a whole list; lost accounts are in none.
    """
    missing, unknown = Q(pk__in=[]), Q(pk__in=[])
    night = Assessment.objects.filter(run=run.pk if run else None, account=OuterRef("pk"))
    night = night.exclude(figures={})  # an old night keeps none, which is unknown
    for policy in TierPolicy.objects.all():
        limit = today - dt.timedelta(days=policy.contact_every_days)
        lacks = Q(last_contact_on__lt=limit)
        for function in policy.functions:
            lacks |= ~Q(Exists(_staffing(function, today)))
        behind = Q(pk__in=[])
        since = window_start(today, QUARTER).isoformat()
        for level in policy.levels:
            behind |= ~Q(**{f"figures__levels_met__{level}__gte": since})
            behind |= Q(**{f"figures__levels_met__{level}__isnull": True})
        if policy.joint_groups:
            behind |= Q(**{f"figures__groups__{policy.joint_groups - 1}__isnull": True})
        open_points = Q(last_contact_on__isnull=True)
        if policy.levels or policy.joint_groups:
            lacks |= Q(Exists(night.filter(behind)))
            open_points |= ~Q(Exists(night))
        missing |= Q(tier=policy.tier) & lacks
        unknown |= Q(tier=policy.tier) & open_points
    wanted = {
        State.MISSING: missing,
        State.UNKNOWN: unknown & ~missing,
        State.KEPT: ~missing & ~unknown,
    }[State(state)]
    return wanted & ~Q(status=Account.Status.LOST)


def tier_differs(run) -> Exists:
    """Return whether the observed tier of a run is another than the declared one."""
    nights = Assessment.objects.filter(run=run.pk if run else None, account=OuterRef("pk"))
    return Exists(nights.exclude(observed_tier=OuterRef("tier")))


def stance_is(wanted: str) -> Q:
    """Return the condition of accounts by their latest supplier stance, "" for unknown."""
    rows = SupplierStance.objects.filter(account=OuterRef("pk"))
    if not wanted:
        return ~Q(Exists(rows))
    latest = SupplierStance.objects.filter(account=OuterRef("pk"), pk=Subquery(_latest_stance()))
    least, most = {
        Stance.TRADITIONAL: (0, MIXED_FROM),
        Stance.MIXED: (MIXED_FROM, MODERN_FROM),
        Stance.MODERN: (MODERN_FROM, 101),
    }[Stance(wanted)]
    return Q(Exists(latest.filter(readiness__gte=least, readiness__lt=most)))


def _latest_stance() -> QuerySet:
    """Return the id of the latest stance of an outer stance's account."""
    rows = SupplierStance.objects.filter(account=OuterRef("account"))
    return rows.order_by("-date", "-pk").values("pk")[:1]


def _staffing(function: str, today: dt.date) -> QuerySet:
    team = TeamMember.objects.filter(
        account=OuterRef("pk"), since__lte=today, user__is_active=True
    ).exclude(until__lt=today)
    return team.filter(Q(function=function) | Q(function="", user__function=function))
