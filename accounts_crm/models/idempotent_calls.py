"""API calls that may come twice."""

from django.conf import settings
from django.db import models


class IdempotentCall(models.Model):
    """An API call that carried an Idempotency-Key, and what it was answered."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)  # of method, path and body
    status = models.PositiveSmallIntegerField(default=0)
    # JSON as text: PostgreSQL's own JSON cannot hold a NUL, which an answer may quote.
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key")]

    def __str__(self):
        return self.key
