"""Recording facts by hand: complaints, satisfaction, potential, payment, competitors."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import actions, receivable_actions, sighting_actions
from customers.access import Change
from customers.errors import Refused
from customers.fact_forms import (
    ComplaintForm,
    PotentialForm,
    ReceivableForm,
    SatisfactionForm,
    SightingForm,
)
from customers.models import Account, CompetitorSighting, Complaint, Receivable
from customers.money import AmountError

# The pages that show the panels, by name: the account's pages stand at the roof.
PAGES = {
    "complaints": "account-risk",
    "potential": "account-value",
    "receivables": "account-value",
    "sightings": "account-value",
}


@require_http_methods(["GET", "HEAD", "POST"])
def complaint_new(request, pk):
    """Record a complaint."""
    return _record(
        request,
        pk,
        ComplaintForm,
        actions.record_complaint,
        title=_("Record a complaint"),
        said=_("The complaint is recorded."),
        panel="complaints",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def satisfaction_new(request, pk):
    """Record how satisfied the customer is."""
    return _record(
        request,
        pk,
        SatisfactionForm,
        actions.record_satisfaction,
        title=_("Record satisfaction"),
        said=_("The score is recorded."),
        panel="complaints",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def potential_new(request, pk):
    """Record what the customer could buy per year."""
    return _record(
        request,
        pk,
        PotentialForm,
        actions.record_potential,
        title=_("Record purchase potential"),
        said=_("The purchase potential is recorded."),
        panel="potential",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def receivable_new(request, pk):
    """Record an invoice, or trouble with the customer's credit."""
    return _record(
        request,
        pk,
        ReceivableForm,
        receivable_actions.record_receivable,
        title=_("Record an invoice or credit trouble"),
        said=_("It is recorded."),
        panel="receivables",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sighting_new(request, pk):
    """Record a competitor seen at the customer."""
    return _record(
        request,
        pk,
        SightingForm,
        sighting_actions.record_sighting,
        title=_("Record a competitor"),
        said=_("The competitor is recorded."),
        panel="sightings",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def complaint_edit(request, pk):
    """Correct or resolve a complaint; who comes second sees both values."""
    return _change(
        request,
        Complaint.objects.get_for(request.user, pk, change=Change.FACTS),
        ComplaintForm,
        actions.change_complaint,
        title=_("Edit complaint"),
        said=_("The complaint is saved."),
        panel="complaints",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def receivable_edit(request, pk):
    """Correct or settle an invoice or credit trouble; who comes second sees both values."""
    return _change(
        request,
        Receivable.objects.get_for(request.user, pk, change=Change.FACTS),
        ReceivableForm,
        receivable_actions.change_receivable,
        title=_("Edit invoice or credit trouble"),
        said=_("It is saved."),
        panel="receivables",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sighting_edit(request, pk):
    """Correct what was seen of a competitor; who comes second sees both values."""
    return _change(
        request,
        CompetitorSighting.objects.get_for(request.user, pk, change=Change.FACTS),
        SightingForm,
        sighting_actions.change_sighting,
        title=_("Edit competitor"),
        said=_("The competitor is saved."),
        panel="sightings",
    )


def _record(request, pk, make_form, record, *, title: str, said: str, panel: str):
    account = Account.objects.get_for(request.user, pk, change=Change.FACTS)
    form = make_form(_typed(request))
    if form.is_bound and form.is_valid():
        try:
            record(account, by=request.user, **form.values())
        except (Refused, AmountError) as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, account, said, panel)
    return _draw(request, form, account, title=title)


def _change(request, row, make_form, change, *, title: str, said: str, panel: str):
    form = make_form(_typed(request), instance=row)
    if form.is_bound and form.is_valid():
        try:
            change(row, by=request.user, version=form.cleaned_data["version"], **form.touched())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, row.account, said, panel)
    return _draw(request, form, row.account, title=title)


def _typed(request):
    return request.POST if request.method == "POST" else None


def _saved(request, account: Account, said: str, panel: str):
    messages.success(request, said)
    return redirect(f"{reverse(PAGES[panel], args=[account.pk])}#{panel}")


def _draw(request, form, account: Account, *, title: str):
    context = {"form": form, "account": account, "title": title}
    return render(request, "customers/fact_form.html", context, status=form.answer)
