"""The private address of a person's calendar."""

from django.conf import settings
from django.db import models


class CalendarAddress(models.Model):
    """Where a calendar program reads a person's next steps; of the key only its hash is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_address"
    )
    key_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return f"Calendar of {self.user}"
