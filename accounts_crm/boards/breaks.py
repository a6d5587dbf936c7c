"""The breaks: how long they last by cause, and which are open."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.access import may_see_dashboard, sees_all
from customers.figures import days_since
from customers.models import NextStep
from lifecycle.models import Interruption, Remedy
from lifecycle.recovery import by_cause

MOST = 50  # open breaks; the rest stands in the accounts list


@require_safe
def stage_breaks(request):
    """Time to recovery by cause, and the open breaks, the longest first, of the accounts seen."""
    if not may_see_dashboard(request.user):
        raise PermissionDenied(_("The breaks are for those who look after accounts."))
    breaks = Interruption.objects.visible_to(request.user)
    causes = by_cause(breaks)
    steps = Remedy.objects.select_related("step").filter(step__state=NextStep.State.OPEN)
    lasting = (
        breaks.filter(ended_at__isnull=True)
        .select_related("account__owner")
        .prefetch_related("causes", Prefetch("remedies", steps))
        .order_by("started_at", "pk")
    )
    shown = list(lasting[:MOST])
    for one in shown:
        one.days = days_since(one.started_at)  # type: ignore[attr-defined]
    totals = breaks.filter(undone=False).aggregate(
        open=Count("pk", filter=Q(ended_at__isnull=True)),
        resumed=Count("pk", filter=Q(ended_at__isnull=False)),
    )
    return render(
        request,
        "accounts_crm/stage_breaks.html",
        {
            "causes": [one for one in causes if one.open or one.resumed],
            "slowest": max((one.median_days or 0 for one in causes), default=0) or 1,
            "breaks": shown,
            "more": totals["open"] - len(shown),
            "totals": totals,
            "whole": sees_all(request.user),
        },
    )
