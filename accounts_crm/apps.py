"""The app's place in Django."""

from django.apps import AppConfig


class AccountsCrmConfig(AppConfig):
    """AccountsCrm."""

    name = "accounts_crm"
