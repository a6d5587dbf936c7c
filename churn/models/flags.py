"""The flags that a risk raises."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from churn.models.playbooks import Playbook
from customers.calendar import business_today
from customers.models import Account, AccountScopedQuerySet, NextStep


def answer_by() -> dt.date:
    """Return the day by which a flag of today is to be answered."""
    return business_today() + dt.timedelta(days=settings.FLAG_ANSWER_DAYS)


class FlagQuerySet(AccountScopedQuerySet):
    """Flags, by what they ask for."""

    def standing(self):
        return self.exclude(state=Flag.State.CLOSED)

    def waiting(self):
        """Return the open flags that nobody has been asked about: the week was full."""
        return self.filter(state=Flag.State.OPEN, told_on=None)

    def calling(self):
        """Return the flags that ask for somebody: neither closed, nor waiting, nor snoozed."""
        waiting = Q(state=Flag.State.OPEN, told_on=None)
        return self.standing().filter(snoozed_until=None).exclude(waiting)

    def with_answerer(self):
        """Annotate with the id of who is to answer: the one named, or the account manager."""
        return self.annotate(answerer_id=Coalesce("owner", "account__owner"))


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
    # Who answers; none: the account manager of the day.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="flags",
        verbose_name=_("who answers"),
    )
    # The day on which it was first asked about; none while the manager's week is full.
    told_on = models.DateField(_("asked about on"), null=True, default=business_today)
    due = models.DateField(_("to be answered by"), null=True, default=answer_by)
    snoozed_until = models.DateField(_("snoozed until"), null=True, blank=True)
    escalated_on = models.DateField(_("escalated on"), null=True, blank=True)
    playbook = models.ForeignKey(
        Playbook,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="flags",
        verbose_name=_("playbook"),
    )
    # What the playbook had planned.
    steps = models.ManyToManyField(NextStep, related_name="flags", blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The as-of date of the newest run at closing: re-arming looks at it and at later ones.
    closed_as_of = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = FlagQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(told_on=None, due=None) | Q(told_on__isnull=False, due__isnull=False),
                name="flag_told_has_due",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "state"]),
            models.Index(fields=["due"], condition=Q(state="open"), name="flag_open_due"),
            models.Index(fields=["told_on"], name="flag_told"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.get_state_display()}"

    @property
    def answerer(self):
        """Return who is to answer: the one named, or the account manager of today."""
        return self.owner or self.account.owner

    @property
    def is_waiting(self) -> bool:
        """Say whether it stands in the sum of what does not fit into the manager's week."""
        return self.state == self.State.OPEN and self.told_on is None

    @property
    def is_late(self) -> bool:
        """Say whether nobody has answered in time."""
        return self.state == self.State.OPEN and bool(self.due and self.due < business_today())
