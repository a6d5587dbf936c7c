"""Who is behind a session: the person, read along with roles and posts."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db.models import F

from customers import access
from teams.models import User


class _WithRoles(ModelBackend):
    def get_user(self, user_id):
        """Return the person of a session with what access.roles_of asks for, in one query."""
        rows: list[Any] = list(  # a row for each role and post
            User.objects.filter(pk=user_id).annotate(
                role=F("groups__name"), post=F("posts"), post_region=F("posts__region")
            )
        )
        if not rows or not self.user_can_authenticate(rows[0]):
            return None
        access.hold(rows[0], [(row.role, row.post, row.post_region) for row in rows if row.role])
        return rows[0]


class ByUserName(_WithRoles):
    """Log-in by user name."""


class ByEmail(_WithRoles, AuthenticationBackend):
    """Log-in by user name or e-mail address, as allauth has it."""
