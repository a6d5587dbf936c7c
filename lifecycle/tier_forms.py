"""Forms about tiers: shape only; what they mean is checked by the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.calendar import business_today
from customers.contact_form import DAY
from customers.figures import listed
from customers.models import Contact, Function, Tier
from customers.refusable_forms import PairedForm
from lifecycle.models import TierPolicy, TierRequest
from lifecycle.stances import ITEMS, LEAST, MOST
from lifecycle.tier_actions import LONGEST_CADENCE, MOST_GROUPS


class PolicyForm(PairedForm):
    """What a tier asks of us, under the version that was read."""

    contact_every_days = forms.IntegerField(
        label=_("Contact at least every, days"), min_value=1, max_value=LONGEST_CADENCE
    )
    functions = forms.MultipleChoiceField(
        label=_("Our functions staffed"),
        choices=Function.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    levels = forms.MultipleChoiceField(
        label=_("Their levels met per quarter"),
        choices=Contact.Level.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    joint_groups = forms.IntegerField(
        label=_("Joint groups that meet"), min_value=0, max_value=MOST_GROUPS
    )
    complex_percent = forms.IntegerField(
        label=_("Cadence where all is complex, %"),
        min_value=10,
        max_value=100,
        help_text=_(
            "At accounts with a complex product and complex involvement this part of the days is "
            "advised."
        ),
    )

    def __init__(self, data=None, *, policy: TierPolicy):
        drawn = list(self.base_fields)
        super().__init__(data, initial={name: getattr(policy, name) for name in drawn})

    def values(self) -> dict[str, Any]:
        """Return the typed values, codes in the order of their lists."""
        typed = dict(self.cleaned_data)
        for name, known in (("functions", Function), ("levels", Contact.Level)):
            typed[name] = [str(code) for code in known if code in typed[name]]
        return typed

    def in_words(self, name: str, value: Any) -> str:
        """Return a value of a field as people read it."""
        if not isinstance(value, list):
            return str(value)
        known = dict(self.fields[name].choices)  # type: ignore[attr-defined]
        return listed(known[code] for code in value) or "–"


class StanceForm(forms.Form):
    """The eight items of the supplier stance on a date; what is unknown stays empty."""

    def __init__(self, data=None):
        super().__init__(data)
        rates = [("", _("Unknown")), *((rate, str(rate)) for rate in range(LEAST, MOST + 1))]
        for name, label in ITEMS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=rates, coerce=int, empty_value=None, required=False
            )
        self.fields["date"] = forms.DateField(
            label=_("Date"), widget=DAY, input_formats=["%Y-%m-%d"], initial=business_today
        )


class AskForm(forms.Form):
    """The tier that somebody asks for, and why."""

    to = forms.ChoiceField(
        label=_("Tier"),
        choices=Tier.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the tier you ask for."),
            "invalid_choice": _("Choose the tier you ask for."),
        },
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why you ask for it.")},
    )

    def __init__(self, data=None, *, tier: str):
        super().__init__(data)
        others = [(code, label) for code, label in Tier.choices if code != tier]
        self.fields["to"].widget.choices = others  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """What becomes of a request, under the version that was read."""

    state = forms.ChoiceField(choices=TierRequest.State.choices[1:])
    answer = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
