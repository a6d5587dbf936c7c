"""Which accounts a person opened lately, and which are kept at hand."""

from django.conf import settings
from django.db import models

from customers.models import Account


class Visit(models.Model):
    """When a person last opened the page of an account, and since when it is pinned."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, related_name="visits")
    at = models.DateTimeField()
    pinned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="visit_once")]
        indexes = [models.Index(fields=["user", "-at"], name="visit_latest")]

    def __str__(self):
        return f"{self.user_id} {self.account_id} {self.at:%Y-%m-%d %H:%M}"
