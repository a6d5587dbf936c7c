"""Forms of the churn floor: shape only; what it means is checked by the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from churn.models import Flag

# What a person may bring a flag into; opening is the run's, or another form's.
STATES = (Flag.State.ACKNOWLEDGED, Flag.State.RECOVERY, Flag.State.CLOSED)


class RaiseForm(forms.Form):
    """A flag raised by hand."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why you raise the flag.")},
    )


class AnswerForm(forms.Form):
    """What a person does about a flag."""

    to = forms.ChoiceField(choices=[(state, state.label) for state in STATES])
    version = forms.IntegerField(required=False, min_value=1)
    outcome = forms.ChoiceField(choices=Flag.Outcome.choices, required=False)
    reason = forms.CharField(required=False, max_length=2000)

    def clean(self):
        values = super().clean()
        if values.get("to") == Flag.State.CLOSED and not values.get("outcome"):
            self.add_error("outcome", _("Say how it ended: recovered, false alarm or lost."))
        return values
