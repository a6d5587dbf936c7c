"""The dossier of a handover: all that the new manager has to know, and the checklist."""

import datetime as dt
from dataclasses import dataclass

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts_crm.account_page import account_with_head, head
from accounts_crm.models import NightlyRun
from churn.models import Flag
from customers import panels
from customers.models import Interaction, NextStep
from customers.steps import with_people
from lifecycle.models import Assessment
from teams.handover import FRAGILE_DAYS
from teams.models import Handover, HandoverTick

CONTACTS = 10


@dataclass(frozen=True)
class Point:
    """A point of the checklist, and its tick, None while it is to be done."""

    item: HandoverTick.Item
    tick: HandoverTick | None


@require_safe
def handover(request, pk):
    """What the account is about, for who takes it over."""
    rows = Handover.objects.visible_to(request.user).select_related("was", "to")
    found = get_object_or_404(rows, pk=pk)
    run = NightlyRun.objects.latest_published()
    account = account_with_head(request, found.account_id, run)
    ticks = {tick.item: tick for tick in found.ticks.select_related("by")}
    steps = with_people(
        NextStep.objects.filter(account=account, state=NextStep.State.OPEN).select_related("who")
    )
    entries = Interaction.objects.filter(account=account).select_related("author")
    return render(
        request,
        "accounts_crm/handover.html",
        {
            **head(request.user, account, run, "handover"),
            "handover": found,
            "points": [Point(item, ticks.get(item)) for item in HandoverTick.Item],
            "until": found.opened_on + dt.timedelta(days=FRAGILE_DAYS),
            "steps": steps,
            "left": sum(step.who_id == found.was_id for step in steps),
            "contacts": panels.contacts(account, request.user),
            "entries": entries.prefetch_related("theirs", "ours")[:CONTACTS],
            "flags": Flag.objects.filter(account=account).exclude(state=Flag.State.CLOSED),
            "assessment": Assessment.objects.of_run(run.pk).filter(account=account).first()
            if run
            else None,
        },
    )
