"""How customers treat their suppliers, as rated on a date."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Account, AccountScopedQuerySet
from lifecycle.stances import ITEMS, LEAST, MOST


def _item(name: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        ITEMS[name],
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST), MaxValueValidator(MOST)],
    )


class SupplierStance(models.Model):
    """Eight items, 1 (traditional) to 5 (modern), null where unknown; the latest date counts."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="stances")
    date = models.DateField(_("date"))
    suppliers = _item("suppliers")
    length = _item("length")
    departments = _item("departments")
    information = _item("information")
    negotiation = _item("negotiation")
    selection = _item("selection")
    support_theirs = _item("support_theirs")
    support_ours = _item("support_ours")
    # Hundredths, over what was answered; written by the action.
    readiness = models.PositiveSmallIntegerField(_("readiness for partnership"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["account", "-date"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(readiness__gte=0, readiness__lte=100), name="readiness_in_hundredths"
            )
        ]

    def __str__(self):
        return f"{self.readiness}%, {self.date}"

    @property
    def answered(self) -> int:
        """Return how many of the eight items are known."""
        return sum(getattr(self, name) is not None for name in ITEMS)
