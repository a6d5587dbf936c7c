"""Deleting an entry of the contact log, and taking that back."""

from django.contrib import messages
from django.http import Http404
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.access import Change
from customers.errors import Refused
from customers.models import Interaction, RemovedInteraction
from customers.removals import remove_interaction, restore_interaction


@require_POST
def state(request, pk):
    """Delete an entry (state=removed) or put it back (state=kept); each again changes nothing."""
    wanted = request.POST.get("state")
    entry, removed = _entry(request.user, pk)
    account = (entry or removed).account
    if wanted not in ("removed", "kept"):
        context = {"account": account, "said": _("Say removed or kept.")}
        return render(request, "accounts_crm/interaction_state.html", context, status=400)
    try:
        if wanted == "removed":
            if entry:
                remove_interaction(entry, by=request.user)
            # The message is drawn as it stands: it brings the undo with it.
            context = {"pk": pk, "account": account, "csrf_token": get_token(request)}
            said = render_to_string("accounts_crm/_log_undo.html", context)
            messages.success(request, said, extra_tags="undo")
        else:
            if removed:
                restore_interaction(removed, by=request.user)
            messages.success(request, _("The entry is back."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(account)


def removed_page(request, pk):
    """Say who deleted an entry and when, with the way back; 404 for one that never was."""
    removed = RemovedInteraction.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    context = {"account": removed.account, "removed": removed}
    status = 200 if request.method in ("GET", "HEAD") else 409  # deleted while it was corrected
    return render(request, "accounts_crm/interaction_state.html", context, status=status)


def _entry(user, pk) -> tuple[Interaction | None, RemovedInteraction | None]:
    """Return the entry as it stands or as it was; raise as get_for does."""
    try:
        return Interaction.objects.get_for(user, pk, change=Change.RELATIONSHIP), None
    except Http404:
        removed = RemovedInteraction.objects.get_for(user, pk, change=Change.RELATIONSHIP)
        return None, removed
