"""The form of a stage move: shape only; what it means is checked by the actions."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import NextStep, Stage
from lifecycle.remedies import Proposal
from lifecycle.stages import Cause


class StageForm(forms.Form):
    """Where an account goes from the stage that the person saw, and why.

    Of a break, each cause may bring a next step: fields `what-<cause>` and `due-<cause>`.
    """

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
    undoes = forms.IntegerField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        longest = NextStep._meta.get_field("what").max_length
        for cause in Cause:
            self.fields[f"what-{cause}"] = forms.CharField(required=False, max_length=longest)
            self.fields[f"due-{cause}"] = forms.DateField(
                required=False,
                input_formats=["%Y-%m-%d"],
                error_messages={"invalid": _("Give a day, such as 2026-09-18.")},
            )

    def clean(self):
        """Ask for a day to come of each step; steps of causes that were not chosen do not count."""
        typed = super().clean() or {}
        for cause in Cause:
            what, due = f"what-{cause}", f"due-{cause}"
            if cause not in self._causes() or not (typed.get(what) or what in self.errors):
                self.errors.pop(what, None)
                self.errors.pop(due, None)
            elif due not in self.errors:
                if typed[due] is None:
                    self.add_error(due, gettext("Give the day it is due."))
                elif typed[due] < timezone.localdate():
                    self.add_error(due, gettext("This day has passed. Give a day to come."))
        return typed

    def asked(self) -> dict[str, Any]:
        """Return what is asked of lifecycle.actions.change_stage."""
        typed = self.cleaned_data
        remedies = [
            Proposal(cause, typed[f"what-{cause}"], typed[f"due-{cause}"])
            for cause in Cause
            if cause in self._causes() and typed.get(f"what-{cause}")
        ]
        names = ("to", "was", "reason", "causes", "undoes")
        return {name: typed[name] for name in names} | {"remedies": remedies}

    def _causes(self) -> list[str]:
        broken = self.cleaned_data.get("to") == Stage.INTERRUPTED
        return self.cleaned_data.get("causes", []) if broken else []
