"""The forms of facts that people record by hand: complaints, satisfaction, purchase potential."""

from decimal import Decimal

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.calendar import business_today
from customers.contact_form import DAY
from customers.errors import Refused
from customers.models import Complaint, PurchasePotential, SatisfactionScore
from customers.money import CODES, AmountError, to_minor
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


class PotentialForm(VersionedForm):
    """What the customer buys per year of what we could sell, from all suppliers."""

    amount = forms.CharField(
        label=_("Purchases per year"),
        max_length=40,
        help_text=_("Of what we could sell, from all suppliers together."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    currency = forms.CharField(label=_("Currency"), max_length=3)

    class Meta:
        model = PurchasePotential
        fields = ("date", "certainty", "source")
        widgets = {"date": DAY, "certainty": forms.RadioSelect}

    field_order = ("amount", "currency", "date", "certainty", "source")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["date"].input_formats = ["%Y-%m-%d"]
        self.initial.setdefault("date", business_today())
        self.initial.setdefault("currency", settings.REPORTING_CURRENCY)

    def clean_currency(self):
        code = self.cleaned_data["currency"].upper()
        if code not in CODES:
            raise forms.ValidationError(
                gettext("“%(code)s” is no currency. Give its code, such as CNY, EUR or USD.")
                % {"code": code}
            )
        return code

    def clean_amount(self):
        text = self.cleaned_data["amount"].replace(",", "").replace(" ", "")
        if not text.isascii():
            raise forms.ValidationError(AMOUNT_FAULTS["not_a_number"])
        return text

    def clean(self):
        typed, currency = self.cleaned_data.get("amount"), self.cleaned_data.get("currency")
        if typed and currency:
            try:
                minor = to_minor(typed, currency)
            except AmountError as fault:
                self.add_error("amount", AMOUNT_FAULTS[fault.code])
            else:
                if minor <= Decimal(0):
                    self.add_error("amount", gettext("Give an amount above zero."))
                self.cleaned_data["amount_minor"] = minor
        return self.cleaned_data

    def values(self):
        values = super().values()
        del values["amount"]
        return values

    def refuse(self, refusal: Refused | AmountError) -> None:
        """Say a refusal at its field; an amount may be too large only once converted."""
        if isinstance(refusal, AmountError):
            self.add_error("amount", AMOUNT_FAULTS[refusal.code])
        else:
            super().refuse(refusal)
