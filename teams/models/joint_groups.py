"""Joint groups: ours and theirs together on one subject, and when they met."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Account, AccountScopedQuerySet, Contact

ACTIVE_DAYS = 90  # a group that met within these, the day itself included, is active


def active_since(day: dt.date) -> dt.date:
    """Return the first day on which a meeting makes a group active as of a day."""
    return day - dt.timedelta(days=ACTIVE_DAYS - 1)


def standing_on(day: dt.date, prefix: str = "") -> Q:
    """Return the condition of groups that stand as of a day; on its last day a group has ended.

    prefix  of the lookups, as "group__"
    """
    return Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gt": day})


class JointGroup(models.Model):
    """People of both sides who work on one subject; active while it meets every 90 days."""

    class Subject(models.TextChoices):
        RND = "rnd", _("R&D")
        FINANCE = "finance", _("Finance")
        OPERATIONS = "operations", _("Operations")
        MARKETING = "marketing", _("Marketing")
        ENVIRONMENT = "environment", _("Environment analysis")
        BOARD = "board", pgettext_lazy("subject of a joint group", "Board")

    account = models.ForeignKey(Account, models.CASCADE, related_name="joint_groups")
    subject = models.CharField(_("subject"), max_length=12, choices=Subject)
    name = models.CharField(_("name"), max_length=120)
    ours = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="joint_groups", blank=True, verbose_name=_("ours")
    )
    theirs = models.ManyToManyField(
        Contact, related_name="joint_groups", blank=True, verbose_name=_("theirs")
    )
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="joint_group_until_after_since",
            ),
            models.UniqueConstraint(
                fields=["account", "name"],
                condition=Q(until__isnull=True),
                name="joint_group_name_once",
            ),
        ]

    def __str__(self):
        return self.name


class JointMeeting(models.Model):
    """One meeting of a joint group."""

    group = models.ForeignKey(JointGroup, models.CASCADE, related_name="meetings")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")  # that of the group
    date = models.DateField(_("met on"))
    note = models.TextField(_("note"), blank=True, max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-pk"]
        constraints = [models.UniqueConstraint(fields=["group", "date"], name="joint_meeting_once")]
        indexes = [models.Index(fields=["account", "date"])]

    def __str__(self):
        return f"{self.group}, {self.date}"
