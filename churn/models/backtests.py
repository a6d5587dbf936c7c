"""How well the model would have foretold, kept with the run that says so."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers import access


class BackTestQuerySet(models.QuerySet):
    """Back-tests, asked through the access rule."""

    def visible_to(self, user):
        """Leave all or none: they speak of no account, but rest on every one."""
        return self if access.may_see_back_tests(user) else self.none()


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

    objects = BackTestQuerySet.as_manager()

    class Meta:
        ordering = ["run", "outcome", "-origin"]
        constraints = [
            models.UniqueConstraint(fields=["run", "outcome", "origin"], name="back_test_once")
        ]

    def __str__(self):
        return f"{self.get_outcome_display()}, {self.origin}"
