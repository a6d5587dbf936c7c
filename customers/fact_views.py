"""Recording facts by hand: a complaint, how satisfied a customer is, what it could buy."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import actions
from customers.access import Change
from customers.errors import Refused
from customers.fact_forms import ComplaintForm, PotentialForm, SatisfactionForm
from customers.models import Account, Complaint
from customers.money import AmountError


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
    )


@require_http_methods(["GET", "HEAD", "POST"])
def complaint_edit(request, pk):
    """Correct or resolve a complaint; who comes second sees both values."""
    complaint = Complaint.objects.get_for(request.user, pk, change=Change.FACTS)
    form = ComplaintForm(_typed(request), instance=complaint)
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.change_complaint(complaint, by=request.user, version=version, **form.touched())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, complaint.account, _("The complaint is saved."))
    return _draw(request, form, complaint.account, title=_("Edit complaint"))


def _record(request, pk, make_form, record, *, title: str, said: str):
    account = Account.objects.get_for(request.user, pk, change=Change.FACTS)
    form = make_form(_typed(request))
    if form.is_bound and form.is_valid():
        try:
            record(account, by=request.user, **form.values())
        except (Refused, AmountError) as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, account, said)
    return _draw(request, form, account, title=title)


def _typed(request):
    return request.POST if request.method == "POST" else None


def _saved(request, account: Account, said: str):
    messages.success(request, said)
    return redirect(f"{account.get_absolute_url()}#complaints")


def _draw(request, form, account: Account, *, title: str):
    context = {"form": form, "account": account, "title": title}
    return render(request, "customers/fact_form.html", context, status=form.answer)
