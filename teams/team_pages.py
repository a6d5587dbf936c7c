"""How a form about an account's team is drawn, sent and answered."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.models import Account


def answer(request, form: Any, account: Account, act: Callable[[], str], *, title: str):
    """Draw a form, or do what it says and go back to the team.

    act  does it and returns what was done, in words; where it is refused the form says why
    """
    if form.is_bound and form.is_valid():
        try:
            said = act()
        except Refused as refusal:
            if hasattr(form, "refuse"):
                form.refuse(refusal)
            else:
                form.add_error(refusal.field or None, str(refusal))
        else:
            return saved(request, account, said)
    stale = getattr(form, "stale", False)
    status = 200 if not form.is_bound else 409 if stale else 422
    back = reverse("account-team", args=[account.pk])
    context = {"form": form, "account": account, "title": title, "back": back}
    return render(request, "teams/team_form.html", context, status=status)


def done(request, account: Account, act: Callable[[], str]):
    """Do what a button says, and go back to the team; a refusal is said there."""
    try:
        said = act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("account-team", account.pk)
    return saved(request, account, said)


def saved(request, account: Account, said: str):
    """Say what was done on the page of the team, or elsewhere if it is no longer seen."""
    if Account.objects.visible_to(request.user).filter(pk=account.pk).exists():
        messages.success(request, said)
        return redirect("account-team", account.pk)
    messages.warning(request, _("%(said)s You no longer see it.") % {"said": said})
    return redirect("accounts")


def typed(request):
    """Return what was sent, None where the form is only asked for."""
    return request.POST if request.method == "POST" else None
