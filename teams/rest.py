"""Who may call the API, and how the schema says so."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

from teams.tokens import allows


class WithinScopes(IsAuthenticated):
    """Let in sessions, and tokens whose scopes cover the resource's area.

    A view that names no area is closed to tokens.
    """

    message = _("This token's scopes do not cover this. Use a token that has them.")

    def has_permission(self, request, view):
        if not super().has_permission(request, view):
            return False
        if request.auth is None:
            return True
        area = getattr(view, "area", None)
        write = request.method not in SAFE_METHODS
        return area is not None and allows(request.auth, area, write=write)


class TokenScheme(OpenApiAuthenticationExtension):
    """The header of a token, for the API's schema."""

    target_class = "teams.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "“Token …”, with a token of yours. It is limited to its scopes.",
        }
