"""The stage of an account in the browser: its panel, and moves by form, board and undo."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from customers.access import Change
from customers.errors import Refused
from customers.models import Account, Stage
from lifecycle import actions, panels
from lifecycle.forms import StageForm


@require_safe
def stage(request, pk):
    """The stage panel alone, anew after a move."""
    account = Account.objects.get_for(request.user, pk)
    if not request.htmx:
        return redirect(f"{account.get_absolute_url()}#stage")
    panel = panels.stage(account, request.user)
    return render(request, "lifecycle/_stage.html", {"panel": panel})


@require_http_methods(["GET", "HEAD", "POST"])
def stage_moves(request, pk):
    """Move an account to another stage, interrupt it, or resume it.

    A move from the board (`place=board`) is answered with a toast; the form shows itself again, for
    a board too where a reason is asked for.
    """
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    if request.method != "POST":
        return _form(request, panels.move_form(account, to=request.GET.get("to", "")))
    form, status = StageForm(request.POST), 422
    if form.is_valid():
        try:
            move = actions.change_stage(account, by=request.user, **form.asked())
        except Refused as refusal:
            status = 409 if refusal.conflict else 422
            form.add_error(refusal.field or None, str(refusal))
        else:
            return _moved(request, account, move)
    if request.POST.get("place") == "board" and not (request.htmx and form.has_error("reason")):
        faults = [fault for fields in form.errors.values() for fault in fields]
        for fault in faults:
            messages.error(request, fault)
        return HttpResponse(status=status) if request.htmx else redirect(_back(request, account))
    account.refresh_from_db(fields=["stage"])
    response = _form(request, panels.move_form(account, form), status=status)
    # From the board too a reason is asked for in the dialog, and the move goes on from there.
    return reswap(retarget(response, "#stage-dialog"), "innerHTML")


def _moved(request, account: Account, move):
    said = {
        "stage.interrupted": _("%(account)s is interrupted."),
        "stage.resumed": _("%(account)s resumed in “%(stage)s”."),
    }.get(_kind(move), _("%(account)s moved to “%(stage)s”.")) % {
        "account": account,
        "stage": move.get_to_display(),
    }
    if not request.htmx:
        messages.success(request, said)
        return redirect(_back(request, account))
    context = {"account": account, "move": move, "said": said}
    response = render(request, "lifecycle/_stage_toast.html", context)
    if Stage.INTERRUPTED in (move.was, move.to):  # its next steps were planned, or dropped
        trigger_client_event(response, "step-planned", {"account": account.pk})
    return trigger_client_event(
        response, "stage-moved", {"account": account.pk, "was": move.was, "to": move.to}
    )


def _kind(move) -> str:
    if move.to == Stage.INTERRUPTED:
        return "stage.interrupted"
    return "stage.resumed" if move.was == Stage.INTERRUPTED else "stage.moved"


def _form(request, panel, *, status: int = 200):
    name = "_stage_form" if request.htmx else "stage_form"
    context = {"panel": panel, "account": panel.account}
    return render(request, f"lifecycle/{name}.html", context, status=status)


def _back(request, account: Account):
    """Return the page of ours that the person came from, or else the account's."""
    page = request.POST.get("next") or request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    )
    if ours and not page.endswith("/stage-moves/"):
        return page
    return f"{account.get_absolute_url()}#stage"
