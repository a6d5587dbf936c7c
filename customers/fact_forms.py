"""The forms of facts that people record by hand: complaints, payment, competitors and so on."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.calendar import business_today
from customers.contact_form import DAY
from customers.errors import Refused
from customers.models import (
    CompetitorSighting,
    Complaint,
    PurchasePotential,
    Receivable,
    SatisfactionScore,
)
from customers.money import CODES, AmountError, to_major, to_minor
from customers.versioned_forms import VersionedForm

AMOUNT_FAULTS = {
    "not_a_number": _("Give the amount as a number, such as 1500000.00."),
    "too_fine": _("This is finer than the currency goes. Round the amount."),
    "too_large": _("This is more than can be stored. Check the number of zeros."),
}


class ComplaintForm(VersionedForm):
    """What the customer complained of, when, and when it was resolved."""

    class Meta:
        model = Complaint
        fields = ("category", "severity", "opened_on", "resolved_on", "text", "source")
        error_messages = {
            "category": {"required": _("Say what it is about.")},
            "severity": {"required": _("Say how bad it is.")},
            "text": {"required": _("Say what the customer complained of.")},
        }
        widgets = {
            "category": forms.RadioSelect,
            "severity": forms.RadioSelect,
            "opened_on": DAY,
            "resolved_on": DAY,
            "text": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("category", "severity"):
            self.fields[name].choices = [c for c in self.fields[name].choices if c[0] != ""]
        for name in ("opened_on", "resolved_on"):
            self.fields[name].input_formats = ["%Y-%m-%d"]
        if self.instance.pk is None:
            self.initial.setdefault("opened_on", business_today())


class SatisfactionForm(VersionedForm):
    """How likely the customer is to recommend us."""

    score = forms.IntegerField(
        label=_("Score"),
        min_value=0,
        max_value=10,
        help_text=_("How likely the customer is to recommend us: 0 (not at all) to 10 (surely)."),
    )

    class Meta:
        model = SatisfactionScore
        fields = ("score", "date", "source")
        widgets = {"date": DAY}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["date"].input_formats = ["%Y-%m-%d"]
        self.initial.setdefault("date", business_today())


class AmountForm(VersionedForm):
    """A form with an amount, typed in major units of its currency; its value is in minor units."""

    amount_minor = forms.CharField(
        label=_("Amount"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    currency = forms.CharField(label=_("Currency"), max_length=3)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("currency", settings.REPORTING_CURRENCY)
        if self.instance.pk:
            row = self.instance
            self.initial["currency"] = row.currency
            self.initial["amount_minor"] = self._major(row.amount_minor, row.currency)

    def clean_currency(self):
        code = self.cleaned_data["currency"].upper()
        if code not in CODES:
            raise forms.ValidationError(
                gettext("“%(code)s” is no currency. Give its code, such as CNY, EUR or USD.")
                % {"code": code}
            )
        return code

    def clean_amount_minor(self):
        text = self.cleaned_data["amount_minor"].replace(",", "").replace(" ", "")
        if not text.isascii():
            raise forms.ValidationError(AMOUNT_FAULTS["not_a_number"])
        return text

    def clean(self):
        typed, currency = self.cleaned_data.get("amount_minor"), self.cleaned_data.get("currency")
        if not typed:
            self.cleaned_data["amount_minor"] = None
        elif currency:
            try:
                minor = to_minor(typed, currency)
            except AmountError as fault:
                self.add_error("amount_minor", AMOUNT_FAULTS[fault.code])
            else:
                if minor <= 0:
                    self.add_error("amount_minor", gettext("Give an amount above zero."))
                self.cleaned_data["amount_minor"] = minor
        return self.cleaned_data

    def touched(self):
        values = super().touched()
        if "currency" in values:  # the same figure is another amount
            values["amount_minor"] = self.cleaned_data["amount_minor"]
        return values

    def in_words(self, name: str, value: Any) -> str:
        """Return a value of a field as people read it."""
        if name == "amount_minor":
            return self._major(
                value, self.cleaned_data["currency"] if self.is_bound else self.held("currency")
            )
        return super().in_words(name, value)

    def refuse(self, refusal: Refused | AmountError) -> None:
        """Say a refusal at its field; an amount may be too large only once converted."""
        if isinstance(refusal, AmountError):
            self.add_error("amount_minor", AMOUNT_FAULTS[refusal.code])
        else:
            super().refuse(refusal)

    def _major(self, minor: int | None, currency: str) -> str:
        return "" if minor is None else str(to_major(minor, currency))


class PotentialForm(AmountForm):
    """What the customer buys per year of what we could sell, from all suppliers."""

    class Meta:
        model = PurchasePotential
        fields = ("date", "certainty", "source")
        widgets = {"date": DAY, "certainty": forms.RadioSelect}

    field_order = ("amount_minor", "currency", "date", "certainty", "source")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        amount = self.fields["amount_minor"]
        amount.label = _("Purchases per year")
        amount.help_text = _("Of what we could sell, from all suppliers together.")
        self.fields["date"].input_formats = ["%Y-%m-%d"]
        self.initial.setdefault("date", business_today())


class ReceivableForm(AmountForm):
    """An invoice and when it was paid, or trouble with the customer's credit."""

    class Meta:
        model = Receivable
        fields = ("type", "reference", "issued_on", "due_on", "settled_on", "note", "source")
        error_messages = {"type": {"required": _("Say what it is.")}}
        help_texts = {
            "reference": _("Every invoice has one."),
            "issued_on": _("The day of the invoice, or when the trouble became known."),
            "due_on": _("Of an invoice: the last day to pay it in time."),
        }
        widgets = {
            "type": forms.RadioSelect,
            "issued_on": DAY,
            "due_on": DAY,
            "settled_on": DAY,
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    field_order = (
        "type", "reference", "issued_on", "due_on", "amount_minor", "currency", "settled_on",
        "note", "source",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = Receivable.Type.choices
        self.fields["amount_minor"].required = False  # that an invoice has one, the action says
        self.fields["amount_minor"].help_text = _("Every invoice has one.")
        for name in ("issued_on", "due_on", "settled_on"):
            self.fields[name].input_formats = ["%Y-%m-%d"]
        self.initial.setdefault("issued_on", business_today())


class SightingForm(VersionedForm):
    """Which competitor was seen at the customer, and the share it is thought to have there."""

    share = forms.IntegerField(
        label=_("Estimated share, %"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("Of what the customer buys of such goods. Empty: unknown."),
    )

    class Meta:
        model = CompetitorSighting
        fields = ("competitor", "seen_on", "share", "note", "source")
        error_messages = {"competitor": {"required": _("Name the competitor.")}}
        widgets = {"seen_on": DAY, "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seen_on"].input_formats = ["%Y-%m-%d"]
        self.initial.setdefault("seen_on", business_today())
