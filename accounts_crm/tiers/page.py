"""The page of the tiers."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts_crm.dashboard.filters import Filters
from accounts_crm.models import NightlyRun
from accounts_crm.portfolio.conditions import UNKNOWN
from accounts_crm.portfolio.vocabulary import vocabulary
from accounts_crm.tiers import effort
from customers import ranking
from customers.access import may_see_dashboard, sees_all
from customers.calendar import business_today
from customers.models import Account, Tier

LISTED = 10
# Where the declared tier and the measured class do not fit.
MISFITS = ((Tier.ORDINARY, "A"), (Tier.STRATEGIC, "C"))


@require_safe
def tiers(request):
    """Declared against observed, tier against class, effort against value: of the accounts seen."""
    user = request.user
    if not may_see_dashboard(user):
        raise PermissionDenied(_("The tiers are for those who look after accounts."))
    run = NightlyRun.objects.latest_published()
    filters = Filters(request.GET, words=vocabulary(user))
    context: dict[str, Any] = {"filters": filters, "run": run, "latest_run": run}
    if run and filters.is_valid():
        accounts = filters.narrow(Account.objects.visible_to(user))
        chosen = filters.chosen()
        found = effort.served(accounts, run, business_today())
        context |= {
            "whole": sees_all(user) and not chosen,
            "matrix": _matrix(accounts, run, chosen),
            "misfits": [_misfit(accounts, run, chosen, *pair) for pair in MISFITS],
            "served": effort.lists(found),
            "effort_data": effort.chart(found, run.currency),
            "weights": effort.weights(),
            "factor": settings.EFFORT_FACTOR,
            "days": settings.EFFORT_DAYS,
            "recent": settings.EFFORT_RECENT_DAYS,
        }
    return render(request, "accounts_crm/tiers.html", context)


def _matrix(accounts: QuerySet, run, chosen: dict[str, str]) -> list[dict[str, Any]]:
    """Return the declared tiers, each with a cell per observed tier and one for unknown."""
    assessed = FilteredRelation("assessments", condition=Q(assessments__run=run))
    counted = {
        (tier, seen or UNKNOWN): count
        for tier, seen, count in accounts.annotate(assessed=assessed)
        .annotate(seen=F("assessed__observed_tier"))
        .order_by()
        .values_list("tier", "seen")
        .annotate(count=Count("pk"))
    }
    columns = [*reversed(Tier), UNKNOWN]
    return [
        {
            "tier": tier,
            "cells": [
                {
                    "count": counted.get((tier, column), 0),
                    "url": _url(chosen, tier=tier, observed=column),
                    "differs": column not in (tier, UNKNOWN),
                }
                for column in columns
            ],
        }
        for tier in reversed(Tier)
    ]


def _misfit(accounts: QuerySet, run, chosen, tier: str, value_class: str) -> dict[str, Any]:
    ranked = ranking.with_rank(accounts, run).filter(tier=tier, value_class=value_class)
    return {
        "tier": tier,
        "value_class": value_class,
        "count": ranked.count(),
        "rows": ranked.select_related("owner").order_by("rank", "pk")[:LISTED],
        "url": _url(chosen, tier=tier, value_class=value_class),
    }


def _url(chosen: dict[str, str], **filters: str) -> str:
    return f"{reverse('accounts')}?{urlencode({**chosen, **filters})}"
