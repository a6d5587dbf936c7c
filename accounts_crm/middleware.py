"""Serve each person in their own language and time zone; keep integrations to the API."""

from zoneinfo import ZoneInfo

from django.http import HttpResponseForbidden
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.access import Role, roles_of

BROWSERLESS_ROLES = frozenset({Role.INTEGRATION})


class PersonMiddleware:
    """Activate the person's language and time zone for the length of the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        timezone.activate(ZoneInfo(user.time_zone))
        try:
            if self._api_only(request):
                return HttpResponseForbidden(_("This user may call the API only."))
            response = self.get_response(request)
        finally:
            timezone.deactivate()
        # Pages show personal data and depend on who asks.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _api_only(self, request) -> bool:
        roles = roles_of(request.user)
        outside = not request.path.startswith(("/api/", "/auth/", "/static/"))
        return outside and bool(roles) and roles <= BROWSERLESS_ROLES
