"""Next steps: closed, opened again, moved and planned in place."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from customers import actions
from customers.access import Change
from customers.colleagues import colleagues_of
from customers.errors import Refused
from customers.figures import short_date
from customers.models import Account, NextStep
from customers.step_forms import DueForm, StateForm, StepForm
from customers.steps import with_people

PLACES = ("account", "day")  # pages that show steps, each in its own way


@require_POST
def state(request, pk):
    """Close a step as done or dropped, or open it again, which is the undo of both."""
    step = NextStep.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = StateForm(request.POST)
    if not form.is_valid():
        return _answer(request, step, fault=_("Say done, dropped or open."), status=422)
    wanted = form.cleaned_data["state"]
    try:
        if wanted == NextStep.State.OPEN:
            actions.reopen_step(step, by=request.user)
        else:
            actions.close_step(step, by=request.user, state=wanted)
    except Refused as refusal:  # somebody else was quicker by a moment
        return _answer(request, step, fault=str(refusal), status=409)
    said = {
        NextStep.State.DONE: _("Done: %(step)s"),
        NextStep.State.DROPPED: _("Dropped: %(step)s"),
        NextStep.State.OPEN: _("Open again: %(step)s"),
    }[wanted] % {"step": step}
    return _answer(request, step, said=said)


@require_POST
def due(request, pk):
    """Move a step to another day."""
    step = NextStep.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = DueForm(request.POST)
    if not form.is_valid():
        fault = " ".join(text for texts in form.errors.values() for text in texts)
        return _answer(request, step, fault=fault, status=422)
    day = form.cleaned_data["day"]
    version = request.POST.get("version", "")
    try:
        actions.change_step(
            step, by=request.user, version=int(version) if version.isdecimal() else None, due=day
        )
    except Refused as refusal:
        return _answer(request, step, fault=_conflict(refusal, step, day), status=409)
    said = _("Moved to %(day)s: %(step)s") % {"day": short_date(day), "step": step}
    return _answer(request, step, said=said)


@require_POST
def plan(request, pk):
    """Plan a step for an account."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = StepForm(request.POST, colleagues=colleagues_of(account, request.user))
    if form.is_valid():
        typed = form.cleaned_data
        try:
            actions.plan_step(
                account, by=request.user, what=typed["what"], due=typed["day"], who=typed["who"]
            )
        except Refused as refusal:
            form.refuse(refusal)
    if form.errors:
        context = {"account": account, "form": form}
        if request.htmx:
            return render(request, "customers/_step_form.html", context, status=422)
        return render(request, "customers/step_form.html", context, status=422)
    said = _("Planned: %(step)s") % {"step": form.cleaned_data["what"]}
    messages.success(request, said)
    if not request.htmx:
        return redirect(_back(request, account))
    form = StepForm(colleagues=form.colleagues.values())
    response = render(request, "customers/_step_form.html", {"account": account, "form": form})
    trigger_client_event(response, "step-changed", {"account": account.pk})
    # Lists of steps come anew for a new one only: a closed step stays, with its undo.
    return trigger_client_event(response, "step-planned", {"account": account.pk})


def _answer(request, step: NextStep, *, said: str = "", fault: str = "", status: int = 200):
    """Answer with the step as it is now: on its page without scripts, in its place with them."""
    if not request.htmx:
        if fault:
            messages.error(request, fault)
        else:
            messages.success(request, said)
        return redirect(_back(request, step.account))
    (step,) = with_people(
        NextStep.objects.select_related("account", "who", "interaction").filter(pk=step.pk)
    )
    place = request.POST.get("place")
    context = {
        "step": step,
        "place": place if place in PLACES else PLACES[0],
        "may_change": True,
        "fault": fault,
    }
    response = render(request, "customers/_step.html", context, status=status)
    if fault:
        return response
    toast = render_to_string("customers/_step_toast.html", context | {"said": said}, request)
    response.content += toast.encode()
    return trigger_client_event(response, "step-changed", {"account": step.account_id})


def _conflict(refusal: Refused, step: NextStep, day) -> str:
    """Return a refusal with both values where somebody else moved the step too."""
    fields = refusal.conflict.get("fields", {})
    if "due" not in fields:
        return str(refusal)
    stored = NextStep.objects.values_list("due", flat=True).get(pk=step.pk)
    return _("Somebody else moved this to %(theirs)s meanwhile; you chose %(yours)s.") % {
        "theirs": short_date(stored),
        "yours": short_date(day),
    }


def _back(request, account: Account):
    """Return the page of ours that the person came from, or else the account's."""
    page = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    )
    return page if ours else account
