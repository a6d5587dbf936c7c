"""Adding an account, and editing its master data."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts_crm.account_form import AccountForm
from accounts_crm.pickers import region_names
from accounts_crm.portfolio.vocabulary import vocabulary
from customers import access, account_choice, actions
from customers.access import Change, Role
from customers.errors import Refused
from customers.models import Account
from teams.actions import set_owner

OFFERED = 10  # accounts in the list of names


@require_http_methods(["GET", "HEAD", "POST"])
def account_new(request):
    """Add an account; a manager who adds one is its account manager unless he names another."""
    if not access.may_open_accounts(request.user):
        raise PermissionDenied(_("Accounts are added by managers, directors and data stewards."))
    own = Role.MANAGER in access.roles_of(request.user)
    form = AccountForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        initial={"owner": request.user.pk if own else None},
    )
    if form.is_bound and form.is_valid():
        values = form.values()
        owner = values.pop("owner")
        try:
            with transaction.atomic():
                account = actions.open_account(by=request.user, **values)
                if owner:
                    set_owner(account, to=owner, by=request.user)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, account, _("%(account)s is added.") % {"account": account})
    return _draw(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request, pk):
    """Edit master data; of two people who do so at once, the second sees both values."""
    account = Account.objects.get_for(request.user, pk, change=Change.FACTS)
    relates = Account.objects.editable_by(request.user, Change.RELATIONSHIP)
    form = AccountForm(
        request.POST if request.method == "POST" else None,
        instance=account,
        user=request.user,
        may_relate=relates.filter(pk=pk).exists(),
    )
    if form.is_bound and form.is_valid():
        values = form.touched()
        try:
            with transaction.atomic():
                new_owner = {"to": values.pop("owner")} if "owner" in values else {}
                version = form.cleaned_data["version"]
                actions.change_account(account, by=request.user, version=version, **values)
                if new_owner:
                    set_owner(account, by=request.user, **new_owner)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, account, _("%(account)s is saved.") % {"account": account})
    return _draw(request, form, account)


@require_safe
def account_names(request):
    """The names that match what is typed into a field for an account, as its list."""
    text = request.GET.get("parent", "").strip()[:200]
    accounts = Account.objects.visible_to(request.user)
    found = account_choice.matching(accounts, text)[:OFFERED] if text else []
    return render(request, "accounts_crm/_account_names.html", {"accounts": found})


def _saved(request, account: Account, said: str):
    if Account.objects.visible_to(request.user).filter(pk=account.pk).exists():
        messages.success(request, said)
        return redirect(account)
    messages.warning(request, _("%(said)s You no longer see it.") % {"said": said})
    return redirect("accounts")


def _draw(request, form: AccountForm, account: Account | None = None):
    context = {
        "form": form,
        "account": account,
        "regions": region_names(),
        "industries": vocabulary(request.user).industries,
    }
    return render(request, "accounts_crm/account_form.html", context, status=form.answer)
