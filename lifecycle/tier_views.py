"""The policies of the tiers and the supplier stance in the browser."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers import access
from customers.access import Change
from customers.errors import Refused
from customers.models import Account, Event
from lifecycle import tier_panels
from lifecycle.models import TierPolicy
from lifecycle.stance_actions import record_stance
from lifecycle.tier_actions import change_policy
from lifecycle.tier_forms import PolicyForm, StanceForm

HISTORY = 50  # changes shown


@require_safe
def policies(request):
    """What each tier asks of us, and who changed it when."""
    if not access.may_see_policies(request.user):
        raise PermissionDenied(_("Tier policies are for those who look after accounts."))
    changes = Event.objects.filter(kind="tier_policy.changed").select_related("actor")
    context = {
        "policies": TierPolicy.objects.order_by("-contact_every_days"),
        "history": tier_panels.policy_history(changes.order_by("-at", "-pk")[:HISTORY]),
        "may_change": access.may_direct(request.user),
    }
    return render(request, "lifecycle/tier_policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def policy_edit(request, key):
    """Change a policy; of two directors who do so at once, the second sees both values."""
    if not access.may_direct(request.user):
        raise PermissionDenied(_("Tier policies are changed by directors."))
    policy = get_object_or_404(TierPolicy, tier=key)
    form = PolicyForm(request.POST if request.method == "POST" else None, policy=policy)
    if form.is_bound and form.is_valid():
        try:
            change_policy(policy, by=request.user, **form.values())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The policy “%(tier)s” is saved.") % {"tier": policy})
            return redirect("lifecycle:tier-policies")
    context = {"policy": policy, "form": form}
    return render(request, "lifecycle/tier_policy_form.html", context, status=form.answer)


@require_http_methods(["GET", "HEAD", "POST"])
def stance_new(request, pk):
    """Rate how a customer treats suppliers."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = StanceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            record_stance(account, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("The supplier stance is recorded."))
            # By name: the account's pages stand at the roof.
            return redirect(f"{reverse('account-lifecycle', args=[account.pk])}#tier")
    context = {"form": form, "account": account}
    status = 422 if form.errors else 200
    return render(request, "lifecycle/stance_form.html", context, status=status)
