"""The nightly runs: how the one under way gets on, what the past ones did, and Run now."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts_crm import nightly, run_facts, run_messages, workers
from accounts_crm.models import NightlyRun
from customers.access import may_run_nightly, may_see_back_tests, may_see_runs, sees_all
from customers.errors import Refused
from customers.figures import short_date

PAGE = 20


class RunForm(forms.Form):
    """The date to run for; none for yesterday."""

    as_of = forms.DateField(
        label=gettext_lazy("Values as of"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Write the date as 2026-09-14.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def runs(request):
    """Show where the nightly runs stand; POST asks for one now."""
    _check_may_see(request.user)
    form = RunForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _asked_for(request, form):
        return redirect("runs")
    past = NightlyRun.objects.exclude(state__in=NightlyRun.LIVE).select_related("asked_by")
    pages = Paginator(past.order_by("-created_at", "-pk"), PAGE)
    page = pages.get_page(request.GET.get("page"))
    live = NightlyRun.objects.live().order_by("-started_at", "pk").first()
    ended = list(past.order_by("-created_at", "-pk")[: run_facts.BARS])
    bars = run_facts.bars(ended)
    upcoming = run_facts.next_run()
    context = {
        "live": live and run_facts.facts_of(live, bars["median"]),
        "latest_run": NightlyRun.objects.latest_published(),
        "trouble": run_facts.trouble(ended),
        "page": page,
        "past": [run_facts.line(run, bars["longest"]) for run in page],
        "bars": bars,
        "next_run": upcoming,
        "offset": run_facts.offset(upcoming),
        "zone": settings.BUSINESS_TIME_ZONE,
        "every_seconds": settings.NIGHTLY_EVERY_SECONDS,
        "alive": workers.alive(),
        "may_run": may_run_nightly(request.user),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "accounts_crm/runs.html", context, status=status)


@require_safe
@vary_on_headers("HX-Request")
def run(request, pk):
    """Show one run; for htmx its progress alone, and a reload of the page once it has ended."""
    _check_may_see(request.user)
    shown = get_object_or_404(NightlyRun.objects.select_related("asked_by"), pk=pk)
    context = run_facts.facts_of(shown, _usual() if shown.is_live else None)
    if request.htmx and not request.htmx.boosted:
        response = render(request, "accounts_crm/_run_progress.html", {"progress": context})
        if not shown.is_live:
            response["HX-Refresh"] = "true"
        return response
    whole = sees_all(request.user)
    ranking = shown.facts.get("ranking")
    return render(
        request,
        "accounts_crm/run.html",
        {
            **context,
            "progress": context,
            "ranking": ranking,
            # Company totals would let an account manager read off what he may not see.
            "whole": whole,
            "classes": run_facts.classes(ranking) if ranking and whole else [],
            "risk": run_facts.risk(shown),
            "unrated": run_facts.unrated(ranking),
            "warnings": run_messages.warnings(shown),
            "may_run": may_run_nightly(request.user),
            "may_judge": may_see_back_tests(request.user),
        },
    )


def _usual() -> float | None:
    recent = NightlyRun.objects.published().order_by("-created_at").defer("facts")
    return run_facts.usual_seconds(recent[: run_facts.BARS])


def _check_may_see(user) -> None:
    if not may_see_runs(user):
        raise PermissionDenied(_("The nightly runs are shown to people with a role only."))


def _asked_for(request, form: RunForm) -> bool:
    """Ask for the run that the form wants; leave its faults on the form and return False."""
    if not may_run_nightly(request.user):
        raise PermissionDenied(
            _("Directors, data stewards and administrators may start a nightly run.")
        )
    if not form.is_valid():
        return False
    try:
        asked = nightly.request_run(by=request.user, as_of=form.cleaned_data["as_of"])
    except Refused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return False
    messages.success(
        request, _("The run for %(date)s is asked for.") % {"date": short_date(asked.as_of)}
    )
    return True
