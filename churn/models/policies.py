"""What directors made of the rules of the signals."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SignalPolicy(models.Model):
    """What directors made of a signal's rule; a signal without a row keeps its first one."""

    signal = models.CharField(max_length=24, unique=True)  # see churn.rules
    on = models.BooleanField(_("counts"), default=True)
    weight = models.PositiveSmallIntegerField(_("weight, hundredths"))
    starts = models.DecimalField(_("fires above"), max_digits=6, decimal_places=2)
    full = models.DecimalField(_("full strength from"), max_digits=6, decimal_places=2)
    reason = models.TextField(_("reason"), max_length=2000)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            # A weight of 100 would leave no other term a share of the score.
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=90), name="signal_weight_1_to_90"
            ),
            models.CheckConstraint(
                condition=Q(starts__gte=0, full__gt=F("starts")),
                name="signal_full_above_starts",
            ),
        ]

    def __str__(self):
        return self.signal
