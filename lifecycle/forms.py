"""The form of a stage move: shape only; what it means is checked by the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Stage
from lifecycle.stages import Cause


class StageForm(forms.Form):
    """Where an account goes from the stage that the person saw, and why."""

    to = forms.ChoiceField(
        label=_("Move to"),
        choices=Stage.choices,
        error_messages={
            "required": _("Choose the stage it moves to."),
            "invalid_choice": _("Choose the stage it moves to."),
        },
    )
    was = forms.ChoiceField(choices=Stage.choices, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    causes = forms.MultipleChoiceField(
        label=_("Causes of the break"),
        choices=Cause.choices,
        required=False,
        error_messages={"invalid_choice": _("Choose causes from the list.")},
    )
