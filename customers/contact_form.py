"""The form of a person at a customer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Account, Contact
from customers.versioned_forms import VersionedForm

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ContactForm(VersionedForm):
    """Name, function, part in the customer's decisions; whom the person reports to."""

    influence = forms.TypedChoiceField(
        label=_("Influence"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Unknown")), *((n, str(n)) for n in range(1, 6))],
        help_text=_("1 (little) to 5 (decides)"),
    )

    class Meta:
        model = Contact
        fields = (
            "name",
            "other_name",
            "job_title",
            "function",
            "level",
            "dmu_role",
            "attitude",
            "influence",
            "parent",
            "email",
            "phone",
            "left_on",
        )
        help_texts = {
            "other_name": _("In the other script."),
            "left_on": _("The day the person left; the history stays."),
        }
        error_messages = {
            "name": {"required": _("Give the person's name.")},
            "left_on": {"invalid": _("Give a day, such as 2026-09-18.")},
            "parent": {"invalid_choice": _("Pick a superior of this account.")},
        }
        widgets = {"left_on": DAY}

    def __init__(self, *args, account: Account, **kwargs):
        super().__init__(*args, **kwargs)
        self.account = account
        # The person itself and those below stay in the list: the action says why they cannot be.
        fields: dict[str, Any] = self.fields
        fields["parent"].queryset = account.contacts.exclude(pk=self.instance.pk)
        fields["parent"].empty_label = _("Nobody known")
        fields["left_on"].input_formats = ["%Y-%m-%d"]
        for name in ("function", "level", "dmu_role", "attitude"):
            choices = list(fields[name].choices)
            fields[name].choices = [("", _("Unknown")), *choices[1:]]

    def drawn_anew(self, stored):
        return ContactForm(instance=stored, account=self.account)
