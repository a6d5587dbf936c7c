"""API tokens: what their scopes allow, and how a request is recognised by one."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework import exceptions

from customers import events
from customers.errors import Refused
from teams.models import ApiToken

# Each API resource names one of these; a token holds "<area>:read" or "<area>:write".
AREAS = ("accounts", "contacts", "facts", "results", "events")


def all_scopes() -> list[str]:
    """Return every scope a token may hold."""
    return [f"{area}:{verb}" for area in ("*", *AREAS) for verb in ("read", "write")]


def allows(token: ApiToken, area: str, *, write: bool) -> bool:
    """Say whether a token's scopes cover a call; writing includes reading."""
    wanted = {f"{area}:write", "*:write"}
    if not write:
        wanted |= {f"{area}:read", "*:read"}
    return bool(wanted & set(token.scopes))


class TokenAuthentication(KnoxTokenAuthentication):
    """Recognise a token; refuse an expired one without deleting it, since a GET writes nothing."""

    def _cleanup_token(self, auth_token) -> bool:
        return auth_token.expiry is not None and auth_token.expiry <= timezone.now()

    def authenticate_credentials(self, token):
        try:
            token.decode("utf-8")
        except UnicodeDecodeError:
            raise exceptions.AuthenticationFailed(_("This is no token.")) from None
        return super().authenticate_credentials(token)

    def validate_user(self, auth_token):
        user, token = super().validate_user(auth_token)
        today = timezone.localdate()
        if token.last_used_on != today:
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
        return user, token

    def authenticate(self, request):
        answer = super().authenticate(request)
        if answer is None and request.headers.get("Authorization", ""):
            # "Bearer x" and the like must not fall through to a session that happens to exist.
            raise exceptions.AuthenticationFailed(_("Send the header “Authorization: Token …”."))
        return answer


@transaction.atomic
def issue(user, *, name: str, scopes: list[str], days: int) -> tuple[ApiToken, str]:
    """Make a token and return it with its text, which is kept nowhere and cannot be shown again.

    Raises Refused if the user has a token of that name already.
    """
    if ApiToken.objects.filter(user=user, name=name).exists():
        raise Refused(
            _("You have a token named “%(name)s”. Choose another name.") % {"name": name},
            field="name",
        )
    token, text = ApiToken.objects.create(
        user, expiry=dt.timedelta(days=days), name=name, scopes=sorted(scopes)
    )
    events.record("token.issued", by=user, name=(None, name), scopes=(None, token.scopes))
    return token, text


@transaction.atomic
def withdraw(token: ApiToken, *, by) -> None:
    """Delete a token; from now on it is refused."""
    events.record("token.withdrawn", by=by, name=(token.name, None))
    token.delete()
