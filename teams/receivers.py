"""A changed password ends the tokens that the old one stood for."""

from allauth.account import signals as account_signals
from django.dispatch import receiver

from teams.models import ApiToken


@receiver([account_signals.password_changed, account_signals.password_reset, account_signals.password_set])
def end_tokens(sender, user, **_kwargs) -> None:
    """Delete the user's API tokens."""
    ApiToken.objects.filter(user=user).delete()
