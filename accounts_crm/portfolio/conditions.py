"""What the filters ask of an account beyond its own columns."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from churn.models import Flag, Risk
from customers.calendar import business_today
from customers.models import Account, NextStep
from customers.tree import descendants
from teams.models import TeamMember

UNKNOWN = "unknown"
NOBODY = "none"  # no owner, no region, no industry
WEEK = 7
# Quarters of what the customer buys: 4 x revenue against potential, in whole minor units.
BANDS: dict[str, tuple[int | None, int | None]] = {
    "0-25": (None, 1),
    "25-50": (1, 2),
    "50-75": (2, 3),
    "75-": (3, None),
}


def owned_by(wanted: str) -> Q:
    """Return the condition of accounts by their account manager: an id, or NOBODY."""
    return Q(owner=None if wanted == NOBODY else wanted)


def joined_by(wanted: str) -> Q:
    """Return the condition of accounts in whose team somebody is today without leading it."""
    places = TeamMember.objects.joined(business_today()).filter(user=wanted)
    return Q(pk__in=places.order_by().values("account"))


def in_region(wanted: str) -> Q:
    """Return the condition of accounts in a region or below: an id, or NOBODY."""
    if wanted == NOBODY:
        return Q(region=None)
    return Q(region__in=descendants("customers.Region", [int(wanted)]))


def of_industry(wanted: str) -> Q:
    """Return the condition of accounts by their industry: a name, or NOBODY."""
    return Q(industry="" if wanted == NOBODY else wanted)


def overdue(cadences: dict[str, int]) -> Q:
    """Return the condition of accounts that were last in contact longer ago than their tier asks.

    Where no contact was ever logged it is unknown how long ago it was; a lost account has no plan.
    """
    late = Q(pk__in=[])
    for tier, days in cadences.items():
        limit = business_today() - dt.timedelta(days=days)
        late |= Q(tier=tier, last_contact_on__lt=limit)
    return late & ~Q(status=Account.Status.LOST)


def kept(cadences: dict[str, int]) -> Q:
    """Return the condition of accounts in contact as often as their tier asks."""
    in_time = Q(pk__in=[])
    for tier, days in cadences.items():
        limit = business_today() - dt.timedelta(days=days)
        in_time |= Q(tier=tier, last_contact_on__gte=limit)
    return in_time & ~Q(status=Account.Status.LOST)


def one_of(column: str, wanted: list[str], empty: dict[str, Any], name: str = UNKNOWN) -> Q:
    """Return the condition of a column that is one of some values, or empty where so named."""
    values = [value for value in wanted if value != name]
    # Without an empty half the database can go by its index.
    asked = Q(**{f"{column}__in": values}) if values else Q()
    return (asked | Q(**empty) if values else Q(**empty)) if name in wanted else asked


def at_risk(wanted: list[str]) -> Q:
    """Return the condition of accounts at some levels of risk, or not scored for some reason."""
    levels = [value for value in wanted if value in Risk.Level]
    others = [value for value in wanted if value in Risk.Scored]
    asked = Q(pk__in=[])
    if levels and len(levels) == len(wanted):  # alone it can go by its index
        return Q(risk_level__in=levels)
    if levels:
        asked |= Q(risk_level__in=levels)
    if others:
        asked |= Q(risk_scored__in=others)
    if UNKNOWN in wanted:
        asked |= Q(risk_scored__isnull=True)
    return asked


def flagged() -> Exists:
    """Return whether an account has a flag that nobody has closed."""
    open_flags = Flag.objects.filter(account=OuterRef("pk")).exclude(state=Flag.State.CLOSED)
    return Exists(open_flags)


def open_steps() -> QuerySet[NextStep]:
    """Return the open next steps of an outer account, the first one first."""
    steps = NextStep.objects.filter(account=OuterRef("pk"), state=NextStep.State.OPEN)
    return steps.order_by("due", "pk")


def by_step(wanted: str) -> Q:
    """Return the condition of accounts by their next step: overdue, within a week, none."""
    today = business_today()
    if wanted == "overdue":
        return Q(Exists(open_steps().filter(due__lt=today)))
    if wanted == "week":
        soon = today + dt.timedelta(days=WEEK)
        return Q(Exists(open_steps().filter(due__gte=today, due__lte=soon)))
    return ~Q(Exists(open_steps()))


def by_wallet(wanted: list[str]) -> Q:
    """Return the condition of accounts with_wallet in some bands of wallet share, or unknown."""
    asked = Q(pk__in=[])
    for band in wanted:
        if band == UNKNOWN:
            asked |= Q(could_buy__isnull=True) | Q(bought__isnull=True)
            continue
        least, most = BANDS[band]
        within = Q(could_buy__isnull=False, bought__isnull=False)
        if least is not None:
            within &= Q(bought__gte=F("could_buy") * least / 4.0)
        if most is not None:
            within &= Q(bought__lt=F("could_buy") * most / 4.0)
        asked |= within
    return asked
