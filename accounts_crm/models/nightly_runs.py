"""The nightly run, one row per business date and attempt."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class NightlyRunQuerySet(models.QuerySet):
    """Runs; readers see published ones only."""

    def published(self):
        return self.filter(state=NightlyRun.State.PUBLISHED)

    def live(self):
        return self.filter(state__in=NightlyRun.LIVE)

    def latest_published(self):
        """Return the published run with the latest as-of date, or None."""
        return self.published().order_by("-as_of").first()

    def published_for(self, as_of=None):
        """Return the published run of a date, of the latest one if none is given, or None."""
        if as_of is None:
            return self.latest_published()
        return self.published().filter(as_of=as_of).first()


class NightlyRun(models.Model):
    """One attempt to compute ranking and risk as of one business date.

    The attempt owns its rows: a worker may write only while its run is RUNNING, and readers see
    only the rows of a PUBLISHED one. A state is left by a conditional update, so that two workers
    never both believe that a run is theirs.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")
        FAILED = "failed", _("Failed")
        ABANDONED = "abandoned", _("Abandoned")

    LIVE = (State.REQUESTED, State.QUEUED, State.RUNNING)

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", _("By schedule")
        PERSON = "person", _("By a person")
        COMMAND = "command", _("By command")

    as_of = models.DateField()
    attempt = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    trigger = models.CharField(max_length=8, choices=Trigger, default=Trigger.SCHEDULE)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # Asked for by date: kept until deleted, whatever the retention says.
    pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=16, blank=True)
    done = models.PositiveIntegerField(default=0)  # of the step, in `total`
    total = models.PositiveIntegerField(default=0)
    # [{"step": "rank", "seconds": 1.2, "rows": 86}, ...]
    timings = models.JSONField(default=list)
    error_code = models.CharField(max_length=40, blank=True)
    error_figures = models.JSONField(default=dict)
    # What the run states about itself, by step: {"ranking": {...}, "risk": {...}}
    facts = models.JSONField(default=dict)
    # The three that make two runs comparable.
    measure = models.CharField(max_length=8, blank=True)
    window_months = models.PositiveSmallIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    # Findings and terms are thinned out after some nights.
    evidence_kept = models.BooleanField(default=True)

    objects = NightlyRunQuerySet.as_manager()

    class Meta:
        ordering = ["-as_of", "-attempt"]
        constraints = [
            models.UniqueConstraint(fields=["as_of", "attempt"], name="run_attempt"),
            models.UniqueConstraint(
                fields=["as_of"], condition=Q(state="published"), name="run_published_once"
            ),
            models.UniqueConstraint(
                fields=["as_of"],
                condition=Q(state__in=["requested", "queued", "running"]),
                name="run_live_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "as_of"])]

    def __str__(self):
        return f"{self.as_of} #{self.attempt} {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE
