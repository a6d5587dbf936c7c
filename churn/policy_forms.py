"""The form of a signal's rule: shape only; what it means is checked by churn.policies."""

from django import forms
from django.utils.translation import gettext_lazy as _

from churn.models import SignalPolicy
from churn.policies import MOST, WEIGHTS
from customers.refusable_forms import PairedForm

TYPED = ("on", "weight", "starts", "full")


class RuleForm(PairedForm):
    """Weight, thresholds and switch of a signal, under the version that was read."""

    on = forms.BooleanField(label=_("Counts for the score"), required=False)
    weight = forms.IntegerField(
        label=_("Weight, hundredths"),
        min_value=WEIGHTS[0],
        max_value=WEIGHTS[-1],
        help_text=_("How much of the score the signal can make by itself."),
    )
    starts = forms.DecimalField(
        label=_("Fires above"), min_value=0, max_value=MOST, max_digits=6, decimal_places=2
    )
    full = forms.DecimalField(
        label=_("Full strength from"), min_value=0, max_value=MOST, max_digits=6, decimal_places=2
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the rule changes.")},
    )

    def __init__(self, data=None, *, policy: SignalPolicy):
        initial = {name: getattr(policy, name) for name in (*TYPED, "version")}
        super().__init__(data, initial=initial)
