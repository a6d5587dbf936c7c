"""Requests for another tier: asked by one person, decided by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import access
from customers.models import Account, AccountScopedQuerySet, Region, Tier


class TierRequestQuerySet(AccountScopedQuerySet):
    """Requests, as visible as their accounts."""

    def open(self):
        return self.filter(state=TierRequest.State.OPEN)

    def decided(self):
        """Return the requests that are not open, the latest decision first."""
        return self.exclude(state=TierRequest.State.OPEN).order_by("-decided_at", "-pk")

    def judged_by(self, user):
        """Return the requests, open or not, of which a person may be the judge.

        That is a director whose post covers the account where it is now and where it was when the
        request was made: moving the account makes nobody its judge. Never the asker.
        """
        if not access.may_direct(user):
            return self.none()
        covered = Account.objects.filter(access.directed_by(user)).values("pk")
        return self.filter(access.directed_by(user), account__in=covered).exclude(asked_by=user)

    def decidable_by(self, user):
        """Return the open requests that a person may decide."""
        return self.open().judged_by(user)


class TierRequest(models.Model):
    """Somebody asks for another tier of an account; one open request per account."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    account = models.ForeignKey(Account, models.CASCADE, related_name="tier_requests")
    # Where the account was when it was asked for: see decidable_by.
    region = models.ForeignKey(Region, models.SET_NULL, null=True, related_name="+")
    was = models.CharField(_("from"), max_length=10, choices=Tier)
    to = models.CharField(_("to"), max_length=10, choices=Tier)
    reason = models.TextField(_("reason"), max_length=2000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    answer = models.TextField(_("reason of the decision"), blank=True, max_length=2000)
    version = models.PositiveIntegerField(default=1)

    objects = TierRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="open"), name="tier_asked_once"
            ),
            models.CheckConstraint(condition=~Q(was=F("to")), name="tier_request_goes_somewhere"),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True)
                | Q(decided_by__isnull=True)
                | Q(state="withdrawn")
                | ~Q(asked_by=F("decided_by")),
                name="tier_decided_by_another",
            ),
        ]
        indexes = [models.Index(fields=["state", "-asked_at"])]

    def __str__(self):
        return f"{self.account}: {self.get_was_display()} → {self.get_to_display()}"
