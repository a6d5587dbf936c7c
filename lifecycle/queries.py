"""Accounts with what is known of their stage and their tier."""

import datetime as dt

from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from customers.calendar import window_start
from customers.models import Account
from lifecycle.models import Assessment, StageMove, SupplierStance, TierPolicy
from lifecycle.stages import TRACK
from lifecycle.stances import MIXED_FROM, MODERN_FROM, Stance
from lifecycle.tier_points import QUARTER, State
from teams.models import TeamMember


class Evidence(models.TextChoices):
    """How the stage on record stands to the one that the evidence of a night supports."""

    DISAGREES = "disagrees", _("Disagrees with the stage")
    HIGHER = "higher", _("Supports more")
    LOWER = "lower", _("Supports less")
    AGREES = "agrees", _("Supports the stage")


def with_supported(accounts: QuerySet, run) -> QuerySet:
    """Annotate accounts with `supported`, the stage that a run found; None where it found none."""
    if "supported" in accounts.query.annotations:  # by another filter or the order
        return accounts
    mine = Q(assessments__run=run.pk if run else None)
    return accounts.annotate(assessed=FilteredRelation("assessments", condition=mine)).annotate(
        supported=F("assessed__supported")
    )


def evidence_is(wanted: str, held: str = "stage") -> Q:
    """Return the condition of accounts with_supported by Evidence; interrupted ones are in none.

    held  the column of the stage on record
    """
    higher, lower, agrees = Q(pk__in=[]), Q(pk__in=[]), Q(pk__in=[])
    for place, stage in enumerate(TRACK):
        recorded = Q(**{held: stage})
        higher |= recorded & Q(supported__in=TRACK[place + 1 :])
        lower |= recorded & Q(supported__in=TRACK[:place])
        agrees |= recorded & Q(supported=stage)
    return {
        Evidence.DISAGREES: higher | lower,
        Evidence.HIGHER: higher,
        Evidence.LOWER: lower,
        Evidence.AGREES: agrees,
    }[Evidence(wanted)]


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
