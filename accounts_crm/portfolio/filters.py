"""What the address of the list asks for: its filters, read and applied."""

from typing import Any

import django_filters
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts_crm.portfolio import conditions
from accounts_crm.portfolio.conditions import NOBODY, UNKNOWN, one_of
from accounts_crm.portfolio.vocabulary import Vocabulary
from churn.models import Risk
from customers import access, participation
from customers.calendar import business_today
from customers.models import Account, Ranking, Stage, Tier
from customers.search.matching import accounts_named
from customers.wallet import with_wallet
from lifecycle.models import Assessment
from lifecycle.queries import (
    Evidence,
    evidence_is,
    policy_is,
    stance_is,
    tier_differs,
    with_supported,
)
from lifecycle.stages import TRACK
from lifecycle.stances import Stance
from lifecycle.tier_points import State
from teams.handover import is_fragile

RISKS = [
    (Risk.Level.HIGH, Risk.Level.HIGH.label),
    (Risk.Level.WATCH, Risk.Level.WATCH.label),
    (Risk.Level.LOW, Risk.Level.LOW.label),
    (Risk.Level.NONE, Risk.Level.NONE.label),
    (Risk.Scored.LAPSED, Risk.Scored.LAPSED.label),
    (Risk.Scored.NO_TRADE, Risk.Scored.NO_TRADE.label),
    (UNKNOWN, _("Not computed yet")),
]
CONTACTS = [("overdue", _("Overdue")), ("kept", _("As planned")), ("never", _("None logged"))]
HANDOVERS = [("open", _("Fragile: being handed over")), ("none", _("None under way"))]
STEPS = [("overdue", _("Overdue")), ("week", _("Within a week")), ("none", _("None planned"))]
FLAGS = [("yes", _("Open flag")), ("no", _("No open flag"))]
DIFFERS = "differs"
OBSERVED = [(DIFFERS, _("Differs from the declared tier")), *Tier.choices]
WALLETS = [
    ("0-25", _("Below 25%")),
    ("25-50", _("25% to below 50%")),
    ("50-75", _("50% to below 75%")),
    ("75-", _("75% and more")),
    (UNKNOWN, _("Unknown")),
]


def _several(choices, **kwargs) -> django_filters.MultipleChoiceFilter:
    # Not distinct: no filter joins to many rows, and DISTINCT would sort the whole list.
    return django_filters.MultipleChoiceFilter(choices=choices, distinct=False, **kwargs)


def _one(label, method: str, choices=(), **kwargs) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=label, method=method, choices=choices, empty_label=None, **kwargs
    )


def _known(choices) -> list:
    return [*choices, (UNKNOWN, _("Unknown"))]


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
    policy = _one(_("Tier policy"), "by_policy", State.choices)
    observed = _one(_("Observed tier"), "by_observed", _known(OBSERVED))
    stage = _several(Stage.choices, label=_("Stage"))
    supported = _several(
        _known([(stage, stage.label) for stage in TRACK]),
        label=_("Supported stage"),
        method="by_supported",
    )
    evidence = _one(_("Evidence"), "by_evidence", _known(Evidence.choices))
    value_class = _several(
        [*Ranking.Class.choices, (UNKNOWN, _("Not ranked"))], label=_("Class"), method="in_class"
    )
    risk = _several(RISKS, label=_("Risk"), method="at_risk")
    contact = _one(_("Contact"), "by_contact", CONTACTS)
    owner = _one(_("Owner"), "owned_by", null_value=NOBODY, null_label=_("Nobody"))
    member = _one(_("Team member beside the owner"), "joined_by")
    region = _one(_("Region"), "in_region", null_value=NOBODY, null_label=_("None"))
    industry = _one(_("Industry"), "of_industry", null_value=NOBODY, null_label=_("Unknown"))
    channel = _several(_known(Account.Channel.choices), label=_("Channel"), method="by_column")
    position = _several(
        _known(Account.Position.choices),
        label=_("Position in the value chain"),
        method="by_column",
    )
    quadrant = _several(
        _known(participation.QUADRANTS), label=_("Participation"), method="by_quadrant"
    )
    stance = _one(_("Supplier stance"), "by_stance", _known(Stance.choices))
    wallet = _several(WALLETS, label=_("Wallet share"), method="by_wallet")
    flag = _one(_("Flag"), "by_flag", FLAGS)
    step = _one(_("Next step"), "by_step", STEPS)
    handover = _one(_("Handover"), "by_handover", HANDOVERS)

    def __init__(self, data, queryset, *, user, words: Vocabulary, run=None):
        super().__init__(data, queryset)
        self.user = user
        self.run = run
        self.cadences = words.cadences
        for name, choices in (
            ("owner", words.owners),
            ("member", words.members),
            ("region", words.regions),
            ("industry", words.industries),
        ):
            self.filters[name].extra["choices"] = choices

    @property
    def qs(self):
        """Return the accounts that every valid filter lets through; a faulty one is left out."""
        if not hasattr(self, "_filtered"):
            self._filtered = self.apart_from()
        return self._filtered

    def apart_from(self, *names: str) -> QuerySet:
        """Return the accounts that every valid filter but some lets through."""
        self.form.is_valid()
        accounts = self.queryset
        for name, value in self.form.cleaned_data.items():
            if name not in names:
                accounts = self.filters[name].filter(accounts, value)
        return accounts

    def search(self, accounts, _name, text):
        """Find any part of a name, of the code, or of a group's name that the user may see."""
        named = Q(pk__in=accounts_named(text))
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
            | Q(parent__in=groups)
            | Q(parent__in=Account.objects.filter(parent__in=groups).order_by().values("pk"))
        )

    def in_class(self, accounts, _name, wanted):
        return accounts.filter(one_of("value_class", wanted, {"value_class__isnull": True}))

    def at_risk(self, accounts, _name, wanted):
        return accounts.filter(conditions.at_risk(wanted))

    def by_contact(self, accounts, _name, wanted):
        if wanted == "never":
            return accounts.filter(last_contact_on__isnull=True)
        asked = conditions.kept if wanted == "kept" else conditions.overdue
        return accounts.filter(asked(self.cadences))

    def owned_by(self, accounts, _name, wanted):
        return accounts.filter(conditions.owned_by(wanted))

    def joined_by(self, accounts, _name, wanted):
        return accounts.filter(conditions.joined_by(wanted))

    def in_region(self, accounts, _name, wanted):
        return accounts.filter(conditions.in_region(wanted))

    def of_industry(self, accounts, _name, wanted):
        return accounts.filter(conditions.of_industry(wanted))

    def by_column(self, accounts, name, wanted):
        empty: dict[str, Any] = {name: ""}
        return accounts.filter(one_of(name, wanted, empty))

    def by_wallet(self, accounts, _name, wanted):
        if self.run is None:  # nobody's share is known
            return accounts if UNKNOWN in wanted else accounts.none()
        return with_wallet(accounts, self.run.as_of).filter(conditions.by_wallet(wanted))

    def by_policy(self, accounts, _name, wanted):
        return accounts.filter(policy_is(wanted, self.run, business_today()))

    def by_observed(self, accounts, _name, wanted):
        if wanted == DIFFERS:
            return accounts.filter(tier_differs(self.run))
        nights = Assessment.objects.filter(run=self.run and self.run.pk, account=OuterRef("pk"))
        if wanted == UNKNOWN:
            return accounts.filter(~Exists(nights))
        return accounts.filter(Exists(nights.filter(observed_tier=wanted)))

    def by_supported(self, accounts, _name, wanted):
        unknown: dict[str, Any] = {"supported__isnull": True}
        return with_supported(accounts, self.run).filter(one_of("supported", wanted, unknown))

    def by_evidence(self, accounts, _name, wanted):
        accounts = with_supported(accounts, self.run)
        if wanted == UNKNOWN:
            return accounts.filter(supported__isnull=True)
        return accounts.filter(evidence_is(wanted))

    def by_quadrant(self, accounts, _name, wanted):
        return accounts.filter(participation.in_quadrants(wanted, UNKNOWN))

    def by_stance(self, accounts, _name, wanted):
        return accounts.filter(stance_is("" if wanted == UNKNOWN else wanted))

    def by_flag(self, accounts, _name, wanted):
        asked = conditions.flagged()
        return accounts.filter(asked if wanted == "yes" else ~asked)

    def by_handover(self, accounts, _name, wanted):
        asked = is_fragile()
        return accounts.filter(asked if wanted == "open" else ~asked)

    def by_step(self, accounts, _name, wanted):
        return accounts.filter(conditions.by_step(wanted))


def mine(user) -> bool:
    """Say whether a user can own accounts at all."""
    return bool(access.roles_of(user) & {access.Role.MANAGER, access.Role.DIRECTOR})
