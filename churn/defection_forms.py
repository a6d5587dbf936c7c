"""The forms of a customer that left, and of the report on all of them."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from churn.models import Defection, DefectionType
from customers.calendar import business_today
from customers.contact_form import DAY
from customers.fact_forms import AMOUNT_FAULTS
from customers.money import AmountError, to_major, to_minor
from customers.versioned_forms import VersionedForm

WINBACK = ("winback", "winback_on", "winback_note")


class MoneyField(forms.CharField):
    """An amount of the reporting currency; empty is unknown. Its value is in minor units."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return str(to_major(value, settings.REPORTING_CURRENCY))
        return value

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").replace(",", "").replace(" ", "")
        if not text:
            return None
        if not text.isascii():
            raise forms.ValidationError(AMOUNT_FAULTS["not_a_number"])
        try:
            minor = to_minor(text, settings.REPORTING_CURRENCY)
        except AmountError as fault:
            raise forms.ValidationError(AMOUNT_FAULTS[fault.code]) from None
        if minor < 0:
            raise forms.ValidationError(_("Give an amount of zero or more."))
        return minor

    def run_validators(self, value: Any) -> None:
        """Leave a number alone: the length of the text is bounded by what it may be worth."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")


class DefectionForm(VersionedForm):
    """Why a customer left, to whom, what that costs; of a record also what came of it."""

    value_lost = MoneyField(
        label=_("Value lost per year"),
        required=False,
        max_length=40,
        help_text=_("Left empty: what it bought in the 12 months before."),
    )
    keeping_cost = MoneyField(
        label=_("Cost of keeping it per year"),
        required=False,
        max_length=40,
        help_text=_("Visits, service, concessions. From it comes what a new customer would cost."),
    )

    class Meta:
        model = Defection
        fields = ("type", "date", "competitor", "note", *WINBACK)
        widgets = {
            "type": forms.RadioSelect,
            "date": DAY,
            "winback": forms.RadioSelect,
            "winback_on": DAY,
            "note": forms.Textarea(attrs={"rows": 3}),
            "winback_note": forms.Textarea(attrs={"rows": 3}),
        }
        error_messages = {
            "type": {"required": _("Say why the customer left: price, product or service.")}
        }

    field_order = ("type", "date", "competitor", "value_lost", "keeping_cost", "note", *WINBACK)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = DefectionType.choices
        if self.instance.pk is None:
            for name in WINBACK:
                del self.fields[name]
            self.initial.setdefault("date", business_today())
        else:
            self.fields["winback"].choices = Defection.WinBack.choices
            self.fields["winback_on"].input_formats = ["%Y-%m-%d"]
            self.fields["value_lost"].help_text = ""
            for name in ("value_lost", "keeping_cost"):
                self.initial[name] = getattr(self.instance, name)
        self.fields["date"].input_formats = ["%Y-%m-%d"]

    def in_words(self, name: str, value: Any) -> str:
        """Return a value of a field as people read it."""
        if name in ("value_lost", "keeping_cost"):
            return self.fields[name].prepare_value(value) or ""
        return super().in_words(name, value)


class ReportForm(forms.Form):
    """What the report is narrowed to."""

    type = forms.ChoiceField(
        label=_("Type of defection"),
        required=False,
        choices=[("", _("All types")), *DefectionType.choices],
    )
    winback = forms.ChoiceField(
        label=_("Won back"),
        required=False,
        choices=[("", _("Won back or not")), *Defection.WinBack.choices],
    )
