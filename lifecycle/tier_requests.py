"""Asking for another tier, and deciding what was asked, in the browser."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.access import Change
from customers.errors import Refused
from customers.models import Account
from lifecycle.models import TierRequest
from lifecycle.tier_actions import ask_tier, decide_tier, withdraw_tier
from lifecycle.tier_forms import AskForm, DecideForm

SHOWN = 50  # requests on a page


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, pk):
    """Ask for another tier of an account."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = AskForm(request.POST if request.method == "POST" else None, tier=account.tier)
    if form.is_bound and form.is_valid():
        try:
            ask_tier(account, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Asked. A director decides; you see it on this page."))
            # By name: the account's pages stand at the roof.
            return redirect(f"{reverse('account-lifecycle', args=[account.pk])}#tier")
    context = {"form": form, "account": account}
    status = 422 if form.errors else 200
    return render(request, "lifecycle/tier_ask.html", context, status=status)


@require_safe
def inbox(request):
    """The requests at the accounts a person sees, the open ones first."""
    return _draw(request)


@require_POST
def state(request, pk):
    """Approve, decline or withdraw a request."""
    asked = TierRequest.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = DecideForm(request.POST)
    if not form.is_valid():
        faults = [fault for fields in form.errors.values() for fault in fields]
        return _draw(request, status=422, at=pk, fault=" ".join(faults))
    typed = form.cleaned_data
    try:
        if typed["state"] == TierRequest.State.WITHDRAWN:
            withdraw_tier(asked, by=request.user, version=typed["version"])
            said = _("The request is withdrawn.")
        else:
            decide_tier(
                asked,
                by=request.user,
                to=typed["state"],
                reason=typed["answer"],
                version=typed["version"],
            )
            approved = typed["state"] == TierRequest.State.APPROVED
            said = _("The request is approved.") if approved else _("The request is declined.")
    except Refused as refusal:
        status = 409 if refusal.conflict else 422
        return _draw(request, status=status, at=pk, fault=str(refusal), typed=typed["answer"])
    messages.success(request, said)
    return redirect("lifecycle:tier-requests")


def _draw(request, *, status: int = 200, at: int = 0, fault: str = "", typed: str = ""):
    seen = TierRequest.objects.visible_to(request.user).select_related(
        "account", "asked_by", "decided_by"
    )
    closed = seen.decided()
    waiting = list(seen.open().order_by("asked_at", "pk")[:SHOWN])
    mine = TierRequest.objects.decidable_by(request.user)
    context = {
        "waiting": waiting,
        "decidable": set(
            mine.filter(pk__in=[row.pk for row in waiting]).values_list("pk", flat=True)
        ),
        "page": Paginator(closed, SHOWN).get_page(request.GET.get("page")),
        "at": at,
        "fault": fault,
        "typed": typed,
    }
    return render(request, "lifecycle/tier_requests.html", context, status=status)
