"""Open-book agreements in the browser: recorded, corrected, ended."""

from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from customers.access import Change
from customers.calendar import business_today
from customers.contact_form import DAY
from customers.errors import Refused
from customers.models import Account
from customers.versioned_forms import VersionedForm
from lifecycle.models import OpenBook
from lifecycle.open_book_actions import change_open_book, end_open_book, record_open_book

NO_DAY = {"invalid": gettext_lazy("Give a day, such as 2026-09-18.")}


class OpenBookForm(VersionedForm):
    """From when until when, and what it covers."""

    class Meta:
        model = OpenBook
        fields = ("since", "until", "note")
        error_messages = {"since": NO_DAY, "until": NO_DAY}
        widgets = {"since": DAY, "until": DAY, "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        days: dict[str, Any] = self.fields
        for name in ("since", "until"):
            days[name].input_formats = ["%Y-%m-%d"]
        self.initial.setdefault("since", business_today())


@require_http_methods(["GET", "HEAD", "POST"])
def open_book_new(request, pk):
    """Put an agreement on record."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = OpenBookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            record_open_book(account, by=request.user, **form.values())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The open-book agreement is on record."))
            return redirect(_back(account))
    return _draw(request, form, account)


@require_http_methods(["GET", "HEAD", "POST"])
def open_book_edit(request, pk):
    """Correct an agreement; of two who do so at once, the second sees both values."""
    book = OpenBook.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = OpenBookForm(request.POST if request.method == "POST" else None, instance=book)
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_open_book(book, by=request.user, version=version, **form.touched())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The open-book agreement is saved."))
            return redirect(_back(book.account))
    return _draw(request, form, book.account)


@require_POST
def open_book_end(request, pk):
    """End an agreement today."""
    book = OpenBook.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    try:
        end_open_book(book, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The open-book agreement ends today."))
    return redirect(_back(book.account))


def _back(account: Account) -> str:
    return f"{reverse('account-team', args=[account.pk])}#open-book"


def _draw(request, form: OpenBookForm, account: Account):
    context = {"form": form, "account": account, "back": _back(account)}
    return render(request, "lifecycle/open_book_form.html", context, status=form.answer)
