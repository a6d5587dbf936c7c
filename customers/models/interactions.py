"""The contact log and its next steps."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.accounts import Account, AccountScopedQuerySet
from customers.models.contacts import Contact


class Interaction(models.Model):
    """A contact log entry: who met whom, when, about what."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        VISIT = "visit", _("Visit")
        EMAIL = "email", _("E-mail")
        MESSAGE = "message", _("Message")
        VIDEO = "video", _("Video call")
        EVENT = "event", _("Event")

    MEETINGS = (Kind.VISIT, Kind.MEETING, Kind.VIDEO, Kind.EVENT)
    # "Met" is who spoke with each other; who wrote is in contact, but has not met.
    MET = (*MEETINGS, Kind.CALL)

    class Tone(models.IntegerChoices):
        VERY_BAD = -2, _("Very bad")
        BAD = -1, _("Bad")
        NEUTRAL = 0, _("Neutral tone")
        GOOD = 1, _("Good")
        VERY_GOOD = 2, _("Very good")

    account = models.ForeignKey(Account, models.CASCADE, related_name="interactions")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    at = models.DateTimeField(_("when"))
    # The business date of `at`, by which everything nightly counts.
    date = models.DateField(editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="interactions", verbose_name=_("by")
    )
    ours = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="attended", verbose_name=_("our people")
    )
    theirs = models.ManyToManyField(
        Contact, related_name="interactions", blank=True, verbose_name=_("their people")
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    note = models.TextField(_("what was said"), blank=True, max_length=20_000)
    tone = models.SmallIntegerField(_("tone"), choices=Tone, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["account", "-at"]),
            models.Index(fields=["account", "date"]),
            # The API lists those of all accounts in this order; so below.
            models.Index(fields=["at"], name="interaction_list"),
            # My day lists one's own: by that order alone it would look for them among all.
            models.Index(fields=["author", "-at"], name="interaction_author"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.date}"


class RemovedInteraction(models.Model):
    """A deleted contact log entry as it was, so that it can be put back.

    Apart from the entries, so that no figure can count it.
    """

    entry = models.BigIntegerField(primary_key=True)  # the id it had and gets again
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    values = models.JSONField()

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self):
        return f"{self.entry}, {self.at:%Y-%m-%d}"


class NextStep(models.Model):
    """What is to be done next, by whom, until when."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("next step", "Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    account = models.ForeignKey(Account, models.CASCADE, related_name="next_steps")
    # At most one per contact log entry; a step may also stand alone.
    interaction = models.OneToOneField(
        Interaction, models.SET_NULL, null=True, blank=True, related_name="next_step"
    )
    what = models.CharField(_("next step"), max_length=200)
    due = models.DateField(_("due"))
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="next_steps", verbose_name=_("who")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The business date of `closed_at`, by which a past night knows what was open.
    closed_on = models.DateField(null=True, blank=True, editable=False)
    created_on = models.DateField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        indexes = [
            models.Index(fields=["who", "state", "due"]),
            models.Index(fields=["account", "state", "due"]),
            models.Index(fields=["due"], name="step_list"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True, closed_on__isnull=True)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
                name="next_step_closed_says_when",
            )
        ]

    def __str__(self):
        return self.what

    @property
    def is_late(self) -> bool:
        """Say whether it is open after its due day, in the time zone of who looks."""
        return self.state == self.State.OPEN and self.due < timezone.localdate()
