"""The history of the development stage: moves, breaks and their causes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Account, NextStep, Stage
from customers.models.accounts import AccountScopedQuerySet
from lifecycle.stages import TRACK, Cause


class StageMove(models.Model):
    """One change of an account's stage; interruptions and resumptions are moves too."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="stage_moves")
    was = models.CharField(_("from"), max_length=12, choices=Stage)
    to = models.CharField(_("to"), max_length=12, choices=Stage)
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    at = models.DateTimeField(_("moved at"), default=timezone.now, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(was=F("to")), name="stage_move_goes_somewhere")
        ]
        indexes = [models.Index(fields=["account", "-at"])]

    def __str__(self):
        return f"{self.get_was_display()} → {self.get_to_display()}"


class Interruption(models.Model):
    """A break of a relationship, until it resumes; `stage` is where it broke."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="interruptions")
    stage = models.CharField(_("stage before"), max_length=12, choices=Stage)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    started_at = models.DateTimeField(_("interrupted at"), default=timezone.now)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("resumed at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resumed_to = models.CharField(_("resumed to"), max_length=12, choices=Stage, blank=True)
    # Taken back at once: a slip, which no figure about breaks counts.
    undone = models.BooleanField(default=False)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at__isnull=True), name="interrupted_once"
            ),
            models.CheckConstraint(condition=Q(stage__in=TRACK), name="interrupted_at_a_stage"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, resumed_to="")
                | Q(ended_at__isnull=False, resumed_to__in=TRACK),
                name="interruption_ends_at_a_stage",
            ),
        ]
        indexes = [models.Index(fields=["account", "-started_at"])]

    def __str__(self):
        return f"{self.account}, {self.started_at:%Y-%m-%d}"


class InterruptionCause(models.Model):
    """One of the causes of an interruption; at least one is given."""

    interruption = models.ForeignKey(Interruption, models.CASCADE, related_name="causes")
    cause = models.CharField(_("cause"), max_length=12, choices=Cause)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["interruption", "cause"], name="cause_once")]
        indexes = [models.Index(fields=["cause"])]

    def __str__(self):
        return self.get_cause_display()


class Remedy(models.Model):
    """A next step that was planned against one cause of a break."""

    interruption = models.ForeignKey(Interruption, models.CASCADE, related_name="remedies")
    cause = models.CharField(_("cause"), max_length=12, choices=Cause)
    step = models.OneToOneField(NextStep, models.CASCADE, related_name="remedy")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["interruption", "cause"], name="remedy_once")
        ]

    def __str__(self):
        return f"{self.get_cause_display()}: {self.step}"
