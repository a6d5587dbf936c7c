"""Goals of churn and of recommendation, and what each night read of them."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers import access
from customers.calendar import business_today
from customers.models import Ranking, Region, Tier

HUNDREDTHS = 100


class GoalQuerySet(models.QuerySet):
    """Goals, always asked through the access rule: they rest on figures over many accounts."""

    def visible_to(self, user):
        """Leave what covers no more than a user may see in sum."""
        if access.sees_all(user):
            return self
        if not access.may_direct(user):
            return self.none()
        return self.filter(region__in=access.regions_given_by(user) or [])

    def standing(self):
        return self.filter(ended_on=None)


class Goal(models.Model):
    """What a figure is to come to by a day, for all accounts or some."""

    class Metric(models.TextChoices):
        CHURN = "churn", _("Churn rate")
        CHURN_VALUE = "churn_value", _("Churn rate by value")
        NPS = "nps", _("NPS")

    metric = models.CharField(_("figure"), max_length=11, choices=Metric)
    value_class = models.CharField(
        _("class"), max_length=1, choices=Ranking.Class.choices[:3], blank=True
    )
    tier = models.CharField(_("tier"), max_length=9, choices=Tier, blank=True)
    region = models.ForeignKey(
        Region,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="goals",
        verbose_name=_("region"),
    )
    # Percent, or points of NPS, in hundredths.
    baseline = models.IntegerField(_("baseline"))
    target = models.IntegerField(_("target"))
    since = models.DateField(_("from"), default=business_today)
    due = models.DateField(_("to be reached by"))
    ended_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(due__gt=F("since")), name="goal_due_after_since"),
        ]

    def __str__(self):
        return f"{self.get_metric_display()}, {self.due}"

    def expected(self, day: dt.date) -> float:
        """Return where the figure should stand on a day, on the straight way to the target."""
        whole = (self.due - self.since).days
        part = min(1.0, max(0.0, (day - self.since).days / whole))
        return self.baseline + part * (self.target - self.baseline)

    def reaches(self, actual: float, wanted: float) -> bool:
        """Say whether a figure is at least as good as another."""
        return actual >= wanted if self.metric == self.Metric.NPS else actual <= wanted


class GoalReading(models.Model):
    """What a night read for a goal: a part of a base; both exact, so that it can be recomputed."""

    # By name: the run stands at the roof.
    run = models.ForeignKey("accounts_crm.NightlyRun", models.CASCADE, related_name="goals")
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="readings")
    # Accounts, minor units, or promoters less detractors; and of how many.
    part = models.BigIntegerField()
    base = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "goal"], name="goal_read_once")]

    def __str__(self):
        return f"{self.part}/{self.base}"

    @property
    def actual(self) -> int | None:
        """Return the figure in hundredths of a percent or point, half up; None without a base."""
        return hundredths(self.part, self.base)


def hundredths(part: int, base: int) -> int | None:
    """Return part ÷ base in hundredths of a percent, half up; None without a base."""
    return (2 * part * 100 * HUNDREDTHS + base) // (2 * base) if base else None
