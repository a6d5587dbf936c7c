"""Handovers in the browser: which are under way; ticks, and next steps taken over."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from customers import access
from customers.access import Change
from customers.errors import Refused
from teams import handover as actions
from teams.models import Handover, HandoverTick

ROWS = 50


class TickForm(forms.Form):
    """A point of the checklist, and whether it is done."""

    item = forms.ChoiceField(choices=HandoverTick.Item.choices)
    done = forms.BooleanField(required=False)


@require_safe
def handovers(request):
    """The handovers under way of the accounts that the viewer sees, the oldest first."""
    if not access.may_see_teams(request.user):
        raise PermissionDenied
    rows = actions.under_way().filter(pk__in=Handover.objects.visible_to(request.user).values("pk"))
    page = Paginator(actions.with_done(rows).order_by("opened_on", "pk"), ROWS).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "points": len(HandoverTick.Item), "days": actions.FRAGILE_DAYS}
    return render(request, "teams/handovers.html", context)


@require_POST
def ticks(request, pk):
    """Tick a point of the checklist, or take the tick back."""
    handover = Handover.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = TickForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a point of the checklist."))
        return redirect("handover", pk)
    act = actions.tick if form.cleaned_data["done"] else actions.untick
    try:
        act(handover, form.cleaned_data["item"], by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("handover", pk)


@require_POST
def steps(request, pk):
    """Give the open next steps of the former manager to the new one."""
    handover = Handover.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    try:
        count = actions.take_over_steps(handover, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext(
            "%(count)s next step taken over.", "%(count)s next steps taken over.", count
        )
        messages.success(request, said % {"count": count})
    return redirect("handover", pk)
