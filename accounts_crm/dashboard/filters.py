"""What the viewer may narrow the dashboard to."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts_crm.portfolio.vocabulary import Vocabulary
from customers.tree import descendants

NAMES = ("region", "owner", "industry")


class Filters(forms.Form):
    """Region (with all below), account manager, industry."""

    region = forms.ChoiceField(
        label=gettext_lazy("Region"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("There is no such region among the accounts you see.")
        },
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Account manager"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("There is no such manager among the accounts you see.")
        },
    )
    industry = forms.ChoiceField(
        label=gettext_lazy("Industry"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("There is no such industry among the accounts you see.")
        },
    )

    def __init__(self, data, *, words: Vocabulary):
        super().__init__(data, auto_id="dashboard-%s")
        offered = {
            "region": [("", _("All regions")), *words.regions],
            "owner": [("", _("All managers")), *words.owners],
            "industry": [("", _("All industries")), *words.industries],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def chosen(self) -> dict[str, str]:
        """Return the account filters in use, as the query string has them."""
        return {name: self.cleaned_data[name] for name in NAMES if self.cleaned_data.get(name)}

    def narrow(self, accounts: QuerySet) -> QuerySet:
        """Return the accounts that the filters leave."""
        chosen = self.chosen()
        if region := chosen.get("region"):
            accounts = accounts.filter(region__in=descendants("customers.Region", [int(region)]))
        if owner := chosen.get("owner"):
            accounts = accounts.filter(owner=owner)
        if industry := chosen.get("industry"):
            accounts = accounts.filter(industry=industry)
        return accounts
