"""How people log in: allauth, without sign-up, and not for integrations."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts_crm.middleware import BROWSERLESS_ROLES
from customers.access import roles_of


class AccountAdapter(DefaultAccountAdapter):
    """Users are made by an administrator; an integration gets a token, not a session."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def pre_login(self, request, user, **kwargs):
        roles = roles_of(user)
        if roles and roles <= BROWSERLESS_ROLES:
            messages.error(request, _("This user may call the API only. Use a token."))
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)


def display_name(user) -> str:
    """Return the name allauth shows for a user."""
    return str(user)
