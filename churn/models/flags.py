"""The flags that a risk raises."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Account, AccountScopedQuerySet


class Flag(models.Model):
    """A warning that somebody has to answer."""

    class Kind(models.TextChoices):
        SCORE = "score", _("High risk")
        FATAL = "fatal", _("Fatal signal")
        MANUAL = "manual", _("Raised by hand")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        RECOVERY = "recovery", _("In recovery")
        CLOSED = "closed", _("Closed")

    class Outcome(models.TextChoices):
        RECOVERED = "recovered", _("Recovered")
        FALSE_ALARM = "false_alarm", _("False alarm")
        LOST = "lost", _("Lost")

    account = models.ForeignKey(Account, models.CASCADE, related_name="flags")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    outcome = models.CharField(_("outcome"), max_length=11, choices=Outcome, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    # The findings and figures as they were when the flag was opened.
    findings = models.JSONField(default=list)
    score = models.PositiveSmallIntegerField(null=True)
    as_of = models.DateField(null=True)  # of the run that opened it
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    # The as-of date of the newest run at closing: re-arming looks at it and at later ones.
    closed_as_of = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"], condition=~Q(state="closed"), name="flag_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="manual") | ~Q(reason=""), name="manual_flag_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="closed") & ~Q(outcome="") | ~Q(state="closed") & Q(outcome=""),
                name="flag_closed_has_outcome",
            ),
        ]
        indexes = [models.Index(fields=["account", "state"])]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.get_state_display()}"
