"""Flags raised and answered in the browser; answers show the risk panel again."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import trigger_client_event

from churn import actions, judgement, panels
from churn.forms import ASSIGNED, SNOOZED, AnswerForm, RaiseForm
from churn.models import Flag, Playbook
from churn.queries import for_risk_panel, newest_run, with_success
from customers.access import Change, may_see_back_tests
from customers.calendar import business_today
from customers.colleagues import colleagues_of
from customers.errors import Refused
from customers.models import Account


@require_safe
def back_test(request):
    """How good the model's warnings would have been, as the latest night measured it."""
    if not may_see_back_tests(request.user):
        raise PermissionDenied(_("How good the warnings are is shown to directors."))
    run = newest_run()
    context = {"run": run, "latest_run": run, "outcomes": judgement.judged(run)}
    return render(request, "churn/back_test.html", context)


@require_POST
def flags(request, pk):
    """Raise a flag by hand."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = RaiseForm(request.POST, auto_id="raise-%s")
    if form.is_valid():
        try:
            actions.raise_flag(account, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
    if form.errors:
        return _refused(request, account, form=form, errors=form.errors)
    return _done(request, account, _("Flag raised."))


@require_safe
@vary_on_headers("HX-Request")
def flag(request, pk):
    """How a flag is taken up: by which playbook, and by whom; for htmx the forms alone."""
    shown = Flag.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    context = {
        "flag": shown,
        "url": reverse("churn:flag-state", args=[shown.pk]),
        "playbooks": with_success(Playbook.objects.filter(active=True)),
        "people": colleagues_of(shown.account),
        "last_day": business_today() + dt.timedelta(days=settings.FLAG_SNOOZE_DAYS),
    }
    part = request.htmx and not request.htmx.boosted
    return render(request, "churn/_flag_plan.html" if part else "churn/flag.html", context)


@require_POST
def flag_state(request, pk):
    """Acknowledge a flag, snooze it, hand it on, start recovery, or close it with an outcome."""
    flag = Flag.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form, status = AnswerForm(request.POST, account=flag.account), 422
    if form.is_valid():
        try:
            _answer(flag, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            status = 409 if refusal.conflict else 422
            form.add_error(None, str(refusal))
    if form.errors:
        return _refused(request, flag.account, errors=form.errors, status=status)
    said = {
        Flag.State.ACKNOWLEDGED: _("Flag acknowledged."),
        Flag.State.RECOVERY: _("Recovery started."),
        Flag.State.CLOSED: _("Flag closed."),
        SNOOZED: _("Flag snoozed."),
        ASSIGNED: _("Flag handed on."),
    }
    return _done(request, flag.account, said[form.cleaned_data["to"]])


def _answer(flag, *, by, to, version, **typed):
    if to == Flag.State.ACKNOWLEDGED:
        actions.acknowledge_flag(flag, by=by, version=version)
    elif to == SNOOZED:
        actions.snooze_flag(flag, by=by, version=version, until=typed["snoozed_until"])
    elif to == ASSIGNED:
        due = {"due": typed["due"]} if typed["due"] else {}
        actions.assign_flag(flag, by=by, version=version, owner=typed["owner"], **due)
    elif to == Flag.State.RECOVERY:
        actions.start_recovery(flag, by=by, version=version, playbook=typed["playbook"])
    else:
        actions.close_flag(
            flag,
            by=by,
            version=version,
            outcome=typed["outcome"],
            reason=typed["reason"],
            defection={name: typed[name] for name in ("type", "competitor", "date")},
        )


def _done(request, account, said):
    if not request.htmx:
        messages.success(request, said)
        return redirect(_back(request, account))
    response = render(request, "churn/_risk.html", {"panel": _panel(request, account)})
    return trigger_client_event(response, "flag-changed", {"account": account.pk})


def _panel(request, account, **faults):
    run = newest_run()
    read = for_risk_panel(Account.objects.filter(pk=account.pk).select_related("owner"), run)
    return panels.risk(read.get(), request.user, run, **faults)


def _back(request, account):
    """Return the queue where the person came from it, or else the account's page."""
    page = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    )
    if ours and urlsplit(page).path == "/risk/":
        return page
    return f"{account.get_absolute_url()}#risk"


def _refused(request, account, *, errors, form=None, status=422):
    faults = [fault for fields in errors.values() for fault in fields]
    if not request.htmx:  # no JavaScript: say it on the next page
        for fault in faults:
            messages.error(request, fault)
        return redirect(_back(request, account))
    panel = _panel(request, account, form=form, refusal="" if form else " ".join(faults))
    return render(request, "churn/_risk.html", {"panel": panel}, status=status)
