"""What the evidence supports, per nightly run, and what people put on record as evidence."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Account, Stage, Tier
from customers.models.accounts import AccountScopedQuerySet


class AssessmentQuerySet(AccountScopedQuerySet):
    """Assessments; readers take the run from NightlyRun.objects.published_for."""

    def of_run(self, run_id: int | None):
        return self.filter(run=run_id)


class Assessment(models.Model):
    """The stage and the tier that the evidence of an account supports, in one run."""

    # By name: the run stands at the roof.
    run = models.ForeignKey("accounts_crm.NightlyRun", models.CASCADE, related_name="assessments")
    account = models.ForeignKey(Account, models.CASCADE, related_name="assessments")
    supported = models.CharField(_("supported stage"), max_length=12, choices=Stage)
    observed_tier = models.CharField(_("observed tier"), max_length=10, choices=Tier)
    # The stage that was on record when the run was made, against which `missing` and `lost` hold.
    recorded = models.CharField(_("recorded stage"), max_length=12, choices=Stage)
    # How many gates lack for the next stage, and how many of the recorded one no longer hold.
    missing = models.PositiveSmallIntegerField(default=0)
    lost = models.PositiveSmallIntegerField(default=0)
    # Figures of every gate: see lifecycle.evidence.
    figures = models.JSONField(default=dict)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "account"], name="assessed_once")]
        indexes = [models.Index(fields=["run", "supported"])]

    def __str__(self):
        return f"{self.get_recorded_display()}: {self.get_supported_display()}"


class OpenBook(models.Model):
    """An agreement to open the costs of a joint business to each other, from a day until a day."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="open_books")
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    note = models.TextField(_("what it covers"), blank=True, max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="open_book_until_after_since",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(until__isnull=True), name="open_book_once"
            ),
        ]

    def __str__(self):
        return f"{self.account}, {self.since}"
