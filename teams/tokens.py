"""API tokens: what their scopes allow, and how a request is recognised by one."""

from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework import exceptions

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
