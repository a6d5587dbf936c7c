"""What the address of the list asks for: its filters, read and applied."""

import datetime as dt

import django_filters
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts_crm.portfolio.vocabulary import Vocabulary
from churn.models import Risk
from customers import access
from customers.calendar import business_today
from customers.models import Account, Ranking, Stage, Tier
from customers.tree import descendants

NOBODY = "none"  # no owner, no region
RISKS = [
    (Risk.Level.HIGH, Risk.Level.HIGH.label),
    (Risk.Level.WATCH, Risk.Level.WATCH.label),
    (Risk.Level.LOW, Risk.Level.LOW.label),
    (Risk.Level.NONE, Risk.Level.NONE.label),
    (Risk.Scored.LAPSED, Risk.Scored.LAPSED.label),
    (Risk.Scored.NO_TRADE, Risk.Scored.NO_TRADE.label),
]
CONTACTS = [("overdue", _("Overdue")), ("never", _("None logged"))]


def _several(choices, **kwargs) -> django_filters.MultipleChoiceFilter:
    # Not distinct: no filter joins to many rows, and DISTINCT would sort the whole list.
    return django_filters.MultipleChoiceFilter(choices=choices, distinct=False, **kwargs)


class PortfolioFilters(django_filters.FilterSet):
    """Filters of the accounts list; `queryset` carries the ranking's and the risk's columns."""

    q = django_filters.CharFilter(
        label=_("Name, code or group"),
        method="search",
        max_length=200,
        validators=[ProhibitNullCharactersValidator()],
    )
    status = _several(Account.Status.choices, label=_("Status"))
    tier = _several(Tier.choices, label=_("Tier"))
    stage = _several(Stage.choices, label=_("Stage"))
    value_class = _several(Ranking.Class.choices, label=_("Class"))
    risk = _several(RISKS, label=_("Risk"), method="at_risk")
    contact = django_filters.ChoiceFilter(
        label=_("Contact"), choices=CONTACTS, method="by_contact", empty_label=None
    )
    owner = django_filters.ChoiceFilter(
        label=_("Owner"), method="owned_by", null_value=NOBODY, null_label=_("Nobody")
    )
    region = django_filters.ChoiceFilter(
        label=_("Region"), method="in_region", null_value=NOBODY, null_label=_("None")
    )
    industry = django_filters.ChoiceFilter(label=_("Industry"))

    def __init__(self, data, queryset, *, user, words: Vocabulary):
        super().__init__(data, queryset)
        self.user = user
        self.cadences = words.cadences
        for name, choices in (
            ("owner", words.owners),
            ("region", words.regions),
            ("industry", words.industries),
        ):
            self.filters[name].extra["choices"] = choices

    @property
    def qs(self):
        """Return the accounts that every valid filter lets through; a faulty one is left out."""
        if not hasattr(self, "_filtered"):
            self.form.is_valid()
            self._filtered = self.filter_queryset(self.queryset)
        return self._filtered

    def filter_queryset(self, queryset):
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    def search(self, accounts, _name, text):
        """Find any part of a name, of the code, or of a group's name that the user may see."""
        named = Q(name__icontains=text) | Q(other_name__icontains=text)
        # Only accounts that have others below: few, so their names are cheap to look through.
        parents = Account.objects.filter(parent__isnull=False).order_by().values("parent")
        groups = (
            Account.objects.visible_to(self.user)
            .filter(named, pk__in=parents)
            .order_by()
            .values("pk")
        )
        return accounts.filter(
            named
            | Q(code__icontains=text)
            | Q(parent__in=groups)
            | Q(parent__in=Account.objects.filter(parent__in=groups).order_by().values("pk"))
        )

    def at_risk(self, accounts, _name, wanted):
        levels = [value for value in wanted if value in Risk.Level]
        others = [value for value in wanted if value not in Risk.Level]
        # Without an empty half the database can go by its index.
        asked = Q(risk_level__in=levels) if levels else Q()
        return accounts.filter(asked | Q(risk_scored__in=others) if others else asked)

    def by_contact(self, accounts, _name, wanted):
        if wanted == "never":
            return accounts.filter(last_contact_on__isnull=True)
        return accounts.filter(overdue(self.cadences))

    def owned_by(self, accounts, _name, wanted):
        return accounts.filter(owner=None if wanted == NOBODY else wanted)

    def in_region(self, accounts, _name, wanted):
        if wanted == NOBODY:
            return accounts.filter(region=None)
        return accounts.filter(region__in=descendants("customers.Region", [int(wanted)]))


def overdue(cadences: dict[str, int]) -> Q:
    """Return the condition of accounts that were last in contact longer ago than their tier asks.

    Where no contact was ever logged it is unknown how long ago it was; a lost account has no plan.
    """
    late = Q(pk__in=[])
    for tier, days in cadences.items():
        limit = business_today() - dt.timedelta(days=days)
        late |= Q(tier=tier, last_contact_on__lt=limit)
    return late & ~Q(status=Account.Status.LOST)


def mine(user) -> bool:
    """Say whether a user can own accounts at all."""
    return bool(access.roles_of(user) & {access.Role.MANAGER, access.Role.DIRECTOR})
