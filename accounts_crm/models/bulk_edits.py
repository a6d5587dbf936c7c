"""What was changed in many accounts at once, as long as it may be undone."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone


class BulkEdit(models.Model):
    """One change of many accounts, with what was there before."""

    SECONDS = 60  # in which it may be undone

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    undone_at = models.DateTimeField(null=True)
    # {"fields": [...], "accounts": {id: [version after, {field: value before}]},
    #  "steps": [id ...], "team": what teams.ownership needs to go back}
    was = models.JSONField(default=dict)

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}"

    @property
    def is_over(self) -> bool:
        """Say whether the time for the undo is over."""
        return timezone.now() > self.at + dt.timedelta(seconds=self.SECONDS)

    @property
    def seconds_left(self) -> int:
        """Return for how long it may still be undone."""
        gone = (timezone.now() - self.at).total_seconds()
        return max(0, int(self.SECONDS - gone))
