"""What may be changed in many accounts at once; every field may be left as it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts_crm.account_form import OWNING
from accounts_crm.portfolio.address import LONGEST
from accounts_crm.portfolio.conditions import NOBODY
from customers.models import Account, Region, Tier
from lifecycle.stages import TRACK
from teams.models import User

LEAVE = ("", _("Leave as it is"))
FACTS = ("status", "region", "industry", "channel", "position")


class BulkForm(forms.Form):
    """New values for many accounts. "none" empties a field."""

    owner = forms.ChoiceField(label=_("Account manager"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[LEAVE, *Account.Status.choices]
    )
    stage = forms.ChoiceField(
        label=_("Stage"), required=False, choices=[LEAVE, *((one, one.label) for one in TRACK)]
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    industry = forms.ChoiceField(label=_("Industry"), required=False)
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[LEAVE, *Account.Channel.choices, (NOBODY, _("Unknown"))],
    )
    position = forms.ChoiceField(
        label=_("Position in the value chain"),
        required=False,
        choices=[LEAVE, *Account.Position.choices, (NOBODY, _("Unknown"))],
    )

    tier = forms.ChoiceField(
        label=_("Ask for the tier"),
        required=False,
        choices=[LEAVE, *Tier.choices],
        help_text=_("A director other than you decides on each account."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed to ask for a tier, and to move accounts against the evidence."),
    )

    def __init__(self, *args, industries: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, groups__name__in=OWNING).distinct()
        self.people = {str(person.pk): person for person in people.order_by("name")}
        self.regions = {str(region.pk): region for region in Region.objects.order_by("name")}
        for name, choices in (
            ("owner", [*self.people.items(), (NOBODY, gettext("Nobody"))]),
            ("region", [*self.regions.items(), (NOBODY, gettext("None"))]),
            ("industry", [*industries, (NOBODY, gettext("Unknown"))]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [LEAVE, *choices]

    def clean(self):
        """Ask for at least one change."""
        typed = super().clean() or {}
        if typed.get("tier") and not typed.get("reason"):
            self.add_error("reason", gettext("Say why you ask for it."))
        changes = [value for name, value in typed.items() if name != "reason"]
        if not self.errors and not any(changes):
            raise forms.ValidationError(gettext("Choose what to change."))
        return typed

    def values(self) -> dict[str, Any]:
        """Return the new values by field of Account; `tier` is asked for."""
        found: dict[str, Any] = {}
        for name, chosen in self.cleaned_data.items():
            if chosen and name != "reason":
                lookups: dict[str, dict[str, Any]] = {"owner": self.people, "region": self.regions}
                known = lookups.get(name)
                if known is None:
                    found[name] = "" if chosen == NOBODY else chosen
                else:  # also where there is no region yet
                    found[name] = None if chosen == NOBODY else known[chosen]
        return found

    def said(self) -> dict[str, str]:
        """Return the new values by field as a person reads them."""
        return {
            name: str(dict(self.fields[name].choices)[chosen])  # type: ignore[attr-defined]
            for name, chosen in self.cleaned_data.items()
            if chosen and name != "reason"
        }


class PickedForm(forms.Form):
    """The accounts meant: some, each with the version read, or all of a list."""

    accounts = forms.RegexField(r"^\d{1,15}:\d{1,9}(,\d{1,15}:\d{1,9})*$", required=False)
    everything = forms.BooleanField(required=False)
    query = forms.CharField(required=False, max_length=LONGEST)

    def versions(self) -> dict[int, int]:
        """Return the versions by account, as the page before wrote them."""
        pairs = self.cleaned_data["accounts"].split(",") if self.cleaned_data["accounts"] else []
        return {int(pk): int(version) for pk, version in (pair.split(":") for pair in pairs)}
