"""A changed password ends the tokens that the old one stood for."""

from allauth.account.signals import password_changed, password_reset, password_set
from django.dispatch import receiver

from teams.models import ApiToken


@receiver([password_changed, password_reset, password_set])
def end_tokens(sender, user, **_kwargs) -> None:
    """Delete the user's API tokens."""
    ApiToken.objects.filter(user=user).delete()
