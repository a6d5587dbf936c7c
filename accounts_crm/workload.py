"""The workload of our people: accounts, share of time, open steps, the value each carries."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts_crm.dashboard.coverage import CONCENTRATION
from accounts_crm.dashboard.filters import Filters
from accounts_crm.models import NightlyRun
from accounts_crm.portfolio.vocabulary import vocabulary
from customers import ranking
from customers.access import may_see_dashboard, sees_all
from customers.calendar import business_today
from customers.models import Account, NextStep
from teams.coverage import is_overloaded
from teams.models import TeamMember, User

PAGE = 50  # people


class WorkloadFilters(Filters):
    """Region (with all below) and industry of the accounts that are counted."""

    def __init__(self, data, *, words):
        super().__init__(data, words=words)
        del self.fields["period"], self.fields["owner"]


@dataclass
class Load:
    """What one person carries; of accounts that the viewer sees.

    time         the known shares of time added up, in percent, over all of them; None is unknown
    unknown      places whose share of time nobody has given
    value        sum of the positive values of the accounts led, minor units
    weight       the same as a fraction of what is shown; None where nothing has value
    """

    pk: int
    name: str = ""
    led: int = 0
    joined: int = 0
    steps: int = 0
    time: int | None = None
    unknown: int = 0
    value: int = 0
    weight: float | None = None
    concentrated: bool = False
    url: str = ""
    joined_url: str = ""

    @property
    def overloaded(self) -> bool:
        """Say whether the known shares of time are more than all of it."""
        return is_overloaded([self.time])


@require_safe
def workload(request):
    """Who carries how much: the most value first."""
    if not may_see_dashboard(request.user):
        raise PermissionDenied(_("The workload is for those who look after accounts."))
    filters = WorkloadFilters(request.GET, words=vocabulary(request.user))
    run = NightlyRun.objects.latest_published()
    context: dict[str, Any] = {"filters": filters, "run": run, "latest_run": run}
    if filters.is_valid():
        chosen = filters.chosen()
        whole = sees_all(request.user) and not chosen
        loads = _loads(request.user, filters.narrow, run, chosen=chosen, whole=whole)
        page = Paginator(loads, PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "whole": whole, "chosen": chosen}
        context["largest"] = max((load.weight or 0 for load in loads), default=0) or 1
    return render(request, "accounts_crm/workload.html", context)


def _loads(viewer, narrow, run, *, chosen: dict[str, str], whole: bool) -> list[Load]:
    accounts = narrow(Account.objects.visible_to(viewer))
    loads: dict[int, Load] = {}

    def of(pk: int) -> Load:
        return loads.setdefault(pk, Load(pk))

    total = 0
    ranked = ranking.with_rank(accounts, run).order_by().values("owner")
    for row in ranked.annotate(led=Count("pk"), carried=Sum("value", filter=Q(value__gt=0))):
        value = int(row["carried"] or 0)
        total += value
        if row["owner"] is not None:
            load = of(row["owner"])
            load.led, load.value = row["led"], value
    today = business_today()
    seen = TeamMember.objects.visible_to(viewer).order_by()
    meant = Q(account__in=accounts.order_by().values("pk")) if chosen else Q()
    joined = seen.joined(today).filter(meant).values("user")
    for row in joined.annotate(joined=Count("pk")):
        of(row["user"]).joined = row["joined"]
    steps = NextStep.objects.visible_to(viewer).filter(meant, state=NextStep.State.OPEN)
    for row in steps.order_by().values("who").annotate(steps=Count("pk")):
        of(row["who"]).steps = row["steps"]
    # Whoever is drawn is drawn with all his time, whatever part of the accounts is chosen.
    held = seen.filter(since__lte=today).exclude(until__lt=today)
    times = held.values("user").annotate(
        time=Sum("share"), unknown=Count("pk", filter=Q(share=None))
    )
    for row in times:
        if row["user"] in loads:
            load = loads[row["user"]]
            load.time, load.unknown = row["time"], row["unknown"]
    names = dict(User.objects.filter(pk__in=loads).values_list("pk", "name"))
    for load in loads.values():
        load.name = names[load.pk]
        load.url = f"{reverse('accounts')}?{urlencode({**chosen, 'owner': load.pk})}"
        load.joined_url = f"{reverse('accounts')}?{urlencode({**chosen, 'member': load.pk})}"
        load.weight = load.value / total if total else None
        # Of the company's value only: of a part everybody carries much.
        load.concentrated = whole and (load.weight or 0) > CONCENTRATION
    return sorted(loads.values(), key=lambda load: (-load.value, -load.led, load.name, load.pk))
