"""The account teams: who is in which, from a day until a day."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.access import TeamRole
from customers.models import Account, AccountScopedQuerySet, Function


class TeamMemberQuerySet(AccountScopedQuerySet):
    """Places in teams, as visible as their account."""

    def joined(self, day: dt.date):
        """Return the places that are held on a day without leading the team."""
        held = self.filter(since__lte=day).exclude(until__lt=day)
        return held.exclude(role=TeamRole.LEAD)


class TeamMember(models.Model):
    """A person's place in the team of an account, from a day until a day."""

    class Layer(models.TextChoices):
        CORE = "core", _("Core")
        SUPPORT = "support", _("Support")
        PERIPHERAL = "peripheral", _("Peripheral")

    account = models.ForeignKey(Account, models.CASCADE, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(_("access"), max_length=6, choices=TeamRole, default=TeamRole.EDITOR)
    layer = models.CharField(_("layer"), max_length=10, choices=Layer, default=Layer.CORE)
    function = models.CharField(_("function"), max_length=12, choices=Function, blank=True)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    # Of the person's time, in percent; unknown stays unknown.
    share = models.PositiveSmallIntegerField(_("share of time"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TeamMemberQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="member_until_after_since",
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=1, share__lte=100),
                name="member_share_in_percent",
            ),
            models.UniqueConstraint(
                fields=["account", "user"], condition=Q(until__isnull=True), name="member_once"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(until__isnull=True, role="lead"),
                name="one_open_lead",
            ),
        ]
        indexes = [models.Index(fields=["user", "role"])]

    def __str__(self):
        return f"{self.user} ({self.get_role_display()})"
