"""What a board may be narrowed to; the state stands in the address."""

from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts_crm.portfolio.conditions import in_region, owned_by
from accounts_crm.portfolio.vocabulary import Vocabulary
from customers.models import Ranking, Tier

NOT_THERE = gettext_lazy("This filter was left out: it is not one of the choices.")


def choice(label) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, error_messages={"invalid_choice": NOT_THERE}
    )


class Filters(forms.Form):
    """Account manager, region (with all below), tier, class, or my own accounts alone.

    A choice that is not offered is left out, and said to be; the rest holds.
    """

    owner = choice(gettext_lazy("Account manager"))
    region = choice(gettext_lazy("Region"))
    tier = choice(gettext_lazy("Tier"))
    value_class = choice(gettext_lazy("Class"))
    mine = forms.BooleanField(label=gettext_lazy("Mine"), required=False)

    def __init__(self, data, *, words: Vocabulary, user):
        super().__init__(data, auto_id="board-%s")
        self.user = user
        self.offer("owner", [("", _("All managers")), *words.owners])
        self.offer("region", [("", _("All regions")), *words.regions])
        self.offer("tier", [("", _("All tiers")), *Tier.choices])
        classes = [(one, _("Class %(name)s") % {"name": one}) for one in Ranking.Class.values]
        self.offer("value_class", [("", _("All classes")), *classes])
        self.is_valid()

    def offer(self, name: str, choices: list) -> None:
        """Set what a field may be."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def chosen(self) -> dict[str, str]:
        """Return the filters in use, as the query string has them."""
        return {
            name: "1" if value is True else value
            for name, value in self.cleaned_data.items()
            if value
        }

    def narrow(self, accounts: QuerySet) -> QuerySet:
        """Return the accounts, ranked in a run, that the filters leave."""
        chosen = self.cleaned_data
        if owner := chosen.get("owner"):
            accounts = accounts.filter(owned_by(owner))
        if chosen.get("mine"):
            accounts = accounts.filter(owner=self.user)
        if region := chosen.get("region"):
            accounts = accounts.filter(in_region(region))
        if tier := chosen.get("tier"):
            accounts = accounts.filter(tier=tier)
        if value_class := chosen.get("value_class"):
            accounts = accounts.filter(value_class=value_class)
        return accounts

    def accounts_url(self, **more: str) -> str:
        """Return the address of the accounts list, narrowed as the board is and further."""
        kept = {name: value for name, value in self.chosen().items() if name in LISTED}
        if "mine" in self.chosen():
            kept["owner"] = str(self.user.pk)
        return f"{reverse('accounts')}?{urlencode({**kept, **more})}"


LISTED = ("owner", "region", "tier", "value_class")  # what the accounts list knows too
