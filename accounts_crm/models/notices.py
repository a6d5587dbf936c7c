"""What a person should hear of, one row per person and event."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers import access
from customers.models import Account, Event


class NoticeQuerySet(models.QuerySet):
    """Notices, always asked through the access rule."""

    def visible_to(self, user):
        """Leave out what is not the person's, and accounts that the person may no longer see."""
        own = self.filter(user=user)
        if access.sees_all(user):
            return own
        seen = Account.objects.visible_to(user).values("pk")
        return own.filter(Q(count__gt=1) | Q(event__account__in=seen))

    def unread(self):
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """An event that a person should hear of; many of one kind at once are one, with their number.

    It names no account when it stands for many: its words are made when it is read.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+")  # the latest, if many
    count = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    # When it went out by e-mail, or was found to be no longer worth one.
    mailed_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_latest"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(
                fields=["user"],
                condition=Q(read_at__isnull=True, mailed_at__isnull=True),
                name="notice_to_mail",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.event_id}"
