"""Churn risk per nightly run, and the flags it raises."""

from django.conf import settings
from django.db import models
from django.db.models import Q
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


class BackTest(models.Model):
    """How well the model of a run would have foretold from an earlier day; see churn.backtest."""

    class Outcome(models.TextChoices):
        SILENCE = "silence", _("No order")
        DECLINE = "decline", _("Value falls below half")

    # By name: the run stands at the roof.
    run = models.ForeignKey("accounts_crm.NightlyRun", models.CASCADE, related_name="back_tests")
    origin = models.DateField()
    outcome = models.CharField(max_length=7, choices=Outcome)
    figures = models.JSONField()

    class Meta:
        ordering = ["run", "outcome", "-origin"]
        constraints = [
            models.UniqueConstraint(fields=["run", "outcome", "origin"], name="back_test_once")
        ]

    def __str__(self):
        return f"{self.get_outcome_display()}, {self.origin}"


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
