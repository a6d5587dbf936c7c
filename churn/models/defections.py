"""Customers that left, why, and whether they came back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from churn.models.flags import Flag
from churn.models.playbooks import DefectionType
from customers.models import Account, AccountScopedQuerySet


class Defection(models.Model):
    """A customer that left: to whom, why, what that costs, and what winning it back came to."""

    class WinBack(models.TextChoices):
        OPEN = "open", _("Not yet")
        WON = "won", _("Won back")
        GIVEN_UP = "given_up", _("Given up")

    account = models.ForeignKey(Account, models.CASCADE, related_name="defections")
    flag = models.OneToOneField(
        Flag, models.SET_NULL, null=True, blank=True, related_name="defection"
    )
    type = models.CharField(_("type of defection"), max_length=7, choices=DefectionType)
    date = models.DateField(_("lost on"))
    competitor = models.CharField(_("lost to"), max_length=200, blank=True)
    # Minor units of `currency`; null is unknown.
    value_lost = models.BigIntegerField(_("value lost per year"), null=True, blank=True)
    keeping_cost = models.BigIntegerField(_("cost of keeping it per year"), null=True, blank=True)
    currency = models.CharField(max_length=3)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    winback = models.CharField(_("won back"), max_length=8, choices=WinBack, default=WinBack.OPEN)
    winback_on = models.DateField(_("decided on"), null=True, blank=True)
    winback_note = models.TextField(_("what was tried"), max_length=2000, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(winback="open"), name="defection_open_once"
            ),
            models.CheckConstraint(
                condition=Q(winback="open", winback_on=None)
                | ~Q(winback="open") & Q(winback_on__gte=F("date")),
                name="defection_winback_says_when",
            ),
        ]
        indexes = [models.Index(fields=["account", "date"]), models.Index(fields=["-date"])]

    def __str__(self):
        return f"{self.get_type_display()}, {self.date}"

    @property
    def replacing_cost(self) -> int | None:
        """Return what winning a new customer of that size costs; None where keeping is unknown."""
        if self.keeping_cost is None:
            return None
        return settings.WINNING_COSTS_TIMES * self.keeping_cost
