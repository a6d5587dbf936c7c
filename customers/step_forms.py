"""The forms of next steps: closing one, moving one, planning one."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.due import Due, due_day
from customers.errors import Refused
from customers.models import NextStep


class StateForm(forms.Form):
    """Done, dropped, or open again."""

    state = forms.ChoiceField(choices=NextStep.State.choices)


class DueForm(forms.Form):
    """A day to come, in a word or as a date; `day` in the cleaned data."""

    to = forms.ChoiceField(
        choices=Due.choices, error_messages={"required": _("Say when it is due.")}
    )
    date = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Give a day, such as 2026-09-18.")},
    )

    def clean(self):
        word, day = self.cleaned_data.get("to"), self.cleaned_data.get("date")
        if word == Due.DATE:
            if day is None and "date" not in self.errors:
                self.add_error("date", gettext("Give the day it is due."))
            elif day and day < timezone.localdate():
                self.add_error("date", gettext("This day has passed. Give a day to come."))
        elif word:
            self.errors.pop("date", None)  # a date left over from another choice
            day = due_day(word)
        self.cleaned_data["day"] = day
        return self.cleaned_data


class StepForm(DueForm):
    """A step to plan: what, when, who."""

    what = forms.CharField(
        max_length=200, error_messages={"required": _("Say what is to be done.")}
    )
    who = forms.ChoiceField(
        required=False,
        error_messages={"invalid_choice": _("Pick somebody of this account's team.")},
    )
    field_order = ["what", "to", "date", "who"]

    def __init__(self, *args, colleagues=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.colleagues = {str(person.pk): person for person in colleagues}
        self.fields["who"].choices = [("", ""), *((pk, pk) for pk in self.colleagues)]

    def clean_who(self):
        return self.colleagues.get(self.cleaned_data["who"])

    def takers(self) -> list:
        """Return the colleagues who can be given a step."""
        return [person for person in self.colleagues.values() if person.is_active]

    def refuse(self, refusal: Refused) -> None:
        """Say an action's refusal at the field it names."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
