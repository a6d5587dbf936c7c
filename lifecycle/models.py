"""The policies of the relationship tiers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Tier


class TierPolicy(models.Model):
    """What a tier asks of us; one row per tier, made by a migration with the defaults."""

    tier = models.CharField(_("tier"), max_length=10, choices=Tier, unique=True)
    contact_every_days = models.PositiveSmallIntegerField(_("contact at least every, days"))

    class Meta:
        ordering = ["contact_every_days"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact_every_days__gte=1), name="cadence_at_least_a_day"
            )
        ]

    def __str__(self):
        return self.get_tier_display()
