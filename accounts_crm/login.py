"""How people log in: allauth, without sign-up, and not for integrations."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
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

    def get_password_change_redirect_url(self, request) -> str:
        return reverse("settings-me")


class LoginForm(AllauthLoginForm):
    """Ask by label, not by placeholder, and offer a way to a new password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail or user name")
        self.fields["password"].help_text = format_html(
            '<a class="link" href="{}">{}</a>',
            reverse("account_reset_password"),
            _("Forgot your password?"),
        )
        self.fields["remember"].label = _("Stay signed in on this device")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}


def display_name(user) -> str:
    """Return the name allauth shows for a user."""
    return str(user)
