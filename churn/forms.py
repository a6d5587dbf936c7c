"""Forms of the churn floor: shape only; what it means is checked by the actions."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from churn.models import DefectionType, Flag, Playbook
from customers.colleagues import colleagues_of
from customers.models import Account

SNOOZED, ASSIGNED = "snoozed", "assigned"
# What a person may do with a flag; opening is the run's, or another form's.
ANSWERS = (Flag.State.ACKNOWLEDGED, Flag.State.RECOVERY, Flag.State.CLOSED, SNOOZED, ASSIGNED)


class RaiseForm(forms.Form):
    """A flag raised by hand."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why you raise the flag.")},
    )


class AnswerForm(forms.Form):
    """What a person does about a flag; which fields count depends on `to`."""

    to = forms.ChoiceField(choices=[(code, code) for code in ANSWERS])
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    outcome = forms.ChoiceField(choices=Flag.Outcome.choices, required=False)
    reason = forms.CharField(required=False, max_length=2000)
    playbook = forms.ModelChoiceField(Playbook.objects.all(), required=False)
    snoozed_until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    owner = forms.ModelChoiceField(get_user_model().objects.none(), required=False)
    due = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    # Why the customer left, where it is lost.
    type = forms.ChoiceField(choices=DefectionType.choices, required=False)
    competitor = forms.CharField(required=False, max_length=200)
    date = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def __init__(self, data, *, account: Account):
        super().__init__(data)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = colleagues_of(account)

    def clean(self):
        values = super().clean()
        if values.get("to") == Flag.State.CLOSED and not values.get("outcome"):
            self.add_error("outcome", _("Say how it ended: recovered, false alarm or lost."))
        if values.get("to") == SNOOZED and not values.get("snoozed_until"):
            self.add_error("snoozed_until", _("Say until which day the flag may rest."))
        return values
