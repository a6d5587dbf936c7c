"""What the viewer may narrow the dashboard to."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts_crm.portfolio.conditions import NOBODY, in_region, of_industry, owned_by
from accounts_crm.portfolio.vocabulary import Vocabulary

CONDITIONS = {"region": in_region, "owner": owned_by, "industry": of_industry}
MONTH, QUARTER, YEAR = "month", "quarter", "year"
PERIODS = [
    (MONTH, gettext_lazy("Month")),
    (QUARTER, gettext_lazy("Quarter")),
    (YEAR, gettext_lazy("12 months")),
]


class Filters(forms.Form):
    """Region (with all below), account manager, industry; since when movements are told."""

    period = forms.ChoiceField(
        label=gettext_lazy("Moves since"),
        choices=PERIODS,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("There is no such period.")},
    )
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
            "region": [("", _("All regions")), *words.regions, (NOBODY, _("No region"))],
            "owner": [("", _("All managers")), *words.owners, (NOBODY, _("No manager"))],
            "industry": [
                ("", _("All industries")),
                *words.industries,
                (NOBODY, _("Industry unknown")),
            ],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def chosen(self) -> dict[str, str]:
        """Return the account filters in use, as the query string has them."""
        return {name: self.cleaned_data[name] for name in CONDITIONS if self.cleaned_data.get(name)}

    @property
    def labels(self) -> list[str]:
        """Return the choices in use, as a person reads them."""
        return [
            str(dict(self.fields[name].choices)[value])  # type: ignore[attr-defined]
            for name, value in self.chosen().items()
        ]

    @property
    def reach(self) -> str:
        """Return how far back the movements reach, a month if nothing else is asked."""
        return self.cleaned_data.get("period") or MONTH

    def narrow(self, accounts: QuerySet) -> QuerySet:
        """Return the accounts that the filters leave."""
        for name, wanted in self.chosen().items():
            accounts = accounts.filter(CONDITIONS[name](wanted))
        return accounts
