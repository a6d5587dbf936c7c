"""What happened: the one history and the one outbox."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers import access
from customers.models.accounts import Account

# Told by the page of what they are about alone, which fewer people see.
CONFIDENTIAL = ("competence.corrected",)


class EventQuerySet(models.QuerySet):
    """Events of an account are as visible as that account; the rest is for those who see all."""

    def visible_to(self, user):
        if access.sees_all(user):
            return self.exclude(kind__in=CONFIDENTIAL)
        return self.filter(Q(account__in=Account.objects.visible_to(user).values("pk")))


class Event(models.Model):
    """One change, written by the action that made it, in the same transaction."""

    kind = models.CharField(max_length=40)  # "account.opened", "contact.changed" ...
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="events")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events"
    )
    at = models.DateTimeField(auto_now_add=True)
    # The row the event speaks of, by model name and id: {"contact": 17}.
    subject = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)  # {field: [old, new]}
    # When the relay handed it on; null is the outbox.
    sent_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["account", "-at"]),
            models.Index(fields=["id"], condition=Q(sent_at__isnull=True), name="event_outbox"),
        ]

    def __str__(self):
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
