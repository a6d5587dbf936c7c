"""Joint offices: where ours and theirs sit together."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.calendar import business_today
from customers.models import Account, AccountScopedQuerySet


class JointOffice(models.Model):
    """A place where people of both sides work together, from a day until a day."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="joint_offices")
    place = models.CharField(_("place"), max_length=200)
    since = models.DateField(_("since"), default=business_today)
    until = models.DateField(_("until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="joint_office_until_after_since",
            )
        ]

    def __str__(self):
        return self.place
