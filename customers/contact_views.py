"""Adding and editing the people at a customer."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import actions
from customers.access import Change
from customers.contact_form import ContactForm
from customers.errors import Refused
from customers.models import Account, Contact


@require_http_methods(["GET", "HEAD", "POST"])
def contact_new(request, pk):
    """Add a person to an account."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = ContactForm(request.POST if request.method == "POST" else None, account=account)
    if form.is_bound and form.is_valid():
        try:
            contact = actions.add_contact(account, by=request.user, **form.values())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, account, _("%(person)s is added.") % {"person": contact})
    return _draw(request, form, account)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request, pk):
    """Edit a person; of two people who do so at once, the second sees both values."""
    contact = Contact.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    account = contact.account
    form = ContactForm(
        request.POST if request.method == "POST" else None, instance=contact, account=account
    )
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.change_contact(contact, by=request.user, version=version, **form.touched())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, account, _("%(person)s is saved.") % {"person": contact})
    return _draw(request, form, account, contact)


def _saved(request, account: Account, said: str):
    messages.success(request, said)
    return redirect(f"{account.get_absolute_url()}#contacts")


def _draw(request, form: ContactForm, account: Account, contact: Contact | None = None):
    context = {"form": form, "account": account, "contact": contact}
    return render(request, "customers/contact_form.html", context, status=form.answer)
