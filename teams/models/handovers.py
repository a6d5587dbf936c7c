"""Handovers: what is opened when an account goes from one manager to another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Account, AccountScopedQuerySet


class Handover(models.Model):
    """An account on its way from one manager to another, until every point is ticked."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="handovers")
    was = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="handed_over",
        verbose_name=_("from"),
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="taken_over", verbose_name=_("to")
    )
    opened_on = models.DateField(_("opened"))
    # When the last point was ticked, or when the account went on to somebody else.
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(closed_at__isnull=True), name="handover_once"
            ),
            models.CheckConstraint(condition=~Q(was=F("to")), name="handover_changes_hands"),
        ]
        indexes = [models.Index(fields=["to", "opened_on"])]

    def __str__(self):
        return f"{self.account}, {self.opened_on}"


class HandoverTick(models.Model):
    """A point of a handover's checklist that is done."""

    class Item(models.TextChoices):
        STEPS = "steps", _("Open next steps taken over")
        PEOPLE = "people", _("Key people introduced")
        PLAN = "plan", _("Plan read")
        VISIT = "visit", _("First joint visit")

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="ticks")
    item = models.CharField(_("item"), max_length=6, choices=Item)
    at = models.DateTimeField(_("ticked"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "item"], name="handover_ticked_once")
        ]

    def __str__(self):
        return self.get_item_display()
