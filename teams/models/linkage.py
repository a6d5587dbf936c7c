"""Linkage groups: managers of similar accounts who cover for one another."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Account, AccountScopedQuerySet


class InForceQuerySet(models.QuerySet):
    """Rows that hold from a day until a day, the last one included."""

    def in_force(self, day: dt.date):
        return self.filter(since__lte=day).exclude(until__lt=day)

    def not_over(self, day: dt.date):
        return self.exclude(until__lt=day)


class LinkageGroup(models.Model):
    """Three or four managers of similar accounts."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class LinkageMember(models.Model):
    """A manager's place in a linkage group; nobody is in two at once."""

    group = models.ForeignKey(LinkageGroup, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="linkages")
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = InForceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="linkage_until_after_since",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(until__isnull=True), name="linked_once"
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.group}"


class DeputyQuerySet(AccountScopedQuerySet, InForceQuerySet):  # type: ignore[override]
    """Deputies, as visible as their account."""


class Deputy(models.Model):
    """Who covers an account beside its manager: for good, or as a substitute for a period."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="deputies")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="deputyships",
        verbose_name=_("deputy"),
    )
    group = models.ForeignKey(LinkageGroup, models.PROTECT, related_name="deputies")
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"), null=True, blank=True)  # null: a standing deputy

    objects = DeputyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="deputy_until_after_since",
            ),
            models.UniqueConstraint(
                fields=["account", "user"], condition=Q(until__isnull=True), name="deputy_once"
            ),
        ]
        indexes = [models.Index(fields=["user", "since"])]

    def __str__(self):
        return f"{self.user}, {self.account}"
