"""The form of a signal's rule: shape only; what it means is checked by churn.policies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from churn.models import SignalPolicy
from churn.policies import MOST, WEIGHTS

TYPED = ("on", "weight", "starts", "full")


class RuleForm(forms.Form):
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
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data=None, *, policy: SignalPolicy):
        initial = {name: getattr(policy, name) for name in (*TYPED, "version")}
        super().__init__(data, initial=initial)

    def both(self, conflict: dict[str, Any]) -> list[tuple[str, Any, Any]]:
        """Return label, stored value and typed value of each field in conflict."""
        return [
            (str(self.fields[name].label), pair["theirs"], pair["yours"])
            for name, pair in conflict.get("fields", {}).items()
        ]
