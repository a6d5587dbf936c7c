"""Churn risk per nightly run."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Account, AccountScopedQuerySet


class RiskQuerySet(AccountScopedQuerySet):
    """Risks; readers take the run from NightlyRun.objects.published_for."""

    def of_run(self, run_id: int | None):
        return self.filter(run=run_id)


class Risk(models.Model):
    """An account's risk in one run; the score is recomputable from the row."""

    class Scored(models.TextChoices):
        SCORED = "scored", _("Scored")
        LAPSED = "lapsed", _("Lapsed")  # no purchase in 365 days
        NO_TRADE = "no_trade", _("No trade")  # never a purchase

    class Level(models.TextChoices):
        NONE = "none", _("None")
        LOW = "low", _("Low")
        WATCH = "watch", _("Watch")
        HIGH = "high", _("High")

    # By name: the run stands at the roof.
    run = models.ForeignKey("accounts_crm.NightlyRun", models.CASCADE, related_name="risks")
    account = models.ForeignKey(Account, models.CASCADE, related_name="risks")
    scored = models.CharField(max_length=8, choices=Scored)
    # Probability of no order in the horizon, in millionths; null where none can be given.
    p_micro = models.PositiveIntegerField(null=True)
    # Probability that the value of the horizon falls below half of the usual, likewise.
    p_decline_micro = models.PositiveIntegerField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    level = models.CharField(max_length=5, choices=Level, blank=True)
    value_at_stake = models.BigIntegerField(null=True)  # minor units of the run's currency
    fatal = models.BooleanField(default=False)
    # Strongest first: {"signal", "strength", "weight", "share", "figures"}, see churn.signals.
    findings = models.JSONField(default=list)

    objects = RiskQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "account"], name="risk_once")]
        indexes = [
            models.Index(fields=["run", "-value_at_stake"]),
            models.Index(fields=["run", "level"]),
        ]

    def __str__(self):
        return f"{self.score} {self.level}"
