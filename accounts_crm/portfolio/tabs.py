"""The tabs above the list: lists often wanted, and saved views."""

from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts_crm.models import SavedView
from accounts_crm.portfolio import counting, listing
from accounts_crm.portfolio.conditions import overdue
from accounts_crm.portfolio.filters import RISKS, mine
from accounts_crm.portfolio.saved import address_of, normal
from customers.models import Account, Ranking, Tier

AT_RISK = [str(level) for level, _label in RISKS[:2]]
MOST = 12  # saved views that stand side by side; the own ones first


@dataclass(frozen=True)
class Tab:
    """A link to a list that is often wanted."""

    name: str
    label: str
    address: str
    current: bool
    count: int | None
    saved: SavedView | None = None

    @property
    def badge(self) -> str:
        """Return the number of accounts in it, as far as it was counted."""
        if self.count is None:
            return ""
        cap = counting.BADGE_CAP
        return f"{cap:,}+" if self.count > cap else f"{self.count:,}"


@dataclass(frozen=True)
class Opened:
    """The saved view that the page shows, and whether the list on it has been changed since."""

    view: SavedView
    modified: bool
    own: bool
    query: str  # the list as it stands
    is_default: bool


def counted(user, run, cadences) -> dict:
    """Return the lists whose sizes the tabs show, for counting.count_up_to."""
    accounts = Account.objects.visible_to(user)
    figures = listing.figures(user, run, Ranking.Scope.ACCOUNT)
    conditions = {
        "all": accounts,
        "class_a": figures.filter(value_class=Ranking.Class.A),
        "at_risk": figures.filter(risk_level__in=AT_RISK),
        "overdue": accounts.filter(overdue(cadences)),
        "strategic": accounts.filter(tier=Tier.STRATEGIC),
    }
    if mine(user):
        conditions["mine"] = accounts.filter(owner=user)
    return {name: (some, counting.BADGE_CAP) for name, some in conditions.items()}


def opened(data: QueryDict, user, views: list[SavedView]) -> Opened | None:
    """Return the saved view that an address names, if the user sees it."""
    named = data.get("view", "")
    view = next((view for view in views if str(view.pk) == named), None)
    if view is None:
        return None
    query = normal(data)
    default = bool(getattr(view, "is_default", False))
    return Opened(view, query != view.query, view.owner_id == user.pk, query, default)


def tabs(
    data: QueryDict, user, counts: dict[str, int], views: list[SavedView], shown: Opened | None
) -> list[Tab]:
    """Return the tabs: the lists often wanted first, then the saved views."""
    now = {key: sorted(values) for key, values in data.lists() if any(values)}
    kept = {key: now.pop(key) for key in ("as_of",) if key in now}
    for key in ("page", "sort", "scope", "cols", "view"):
        now.pop(key, None)
    drawn = []
    for name, label, wanted in _often(user):
        if name == "mine" and counts.get("mine") == 0:
            continue  # a director need not own any
        query = QueryDict(mutable=True)
        for key, values in {**wanted, **kept}.items():
            query.setlist(key, values)
        if name == "all":
            query["view"] = "all"  # whatever opens by itself
        current = not shown and now == {key: sorted(values) for key, values in wanted.items()}
        drawn.append(Tab(name, label, f"?{query.urlencode()}", current, counts.get(name)))
    accounts = len(reverse("accounts"))
    current_pk = shown.view.pk if shown else None
    side_by_side = views[:MOST] + [view for view in views[MOST:] if view.pk == current_pk]
    drawn += [
        Tab(
            f"view-{view.pk}",
            view.name,
            address_of(view)[accounts:],
            view.pk == current_pk,
            None,
            view,
        )
        for view in side_by_side
    ]
    return drawn


def _often(user) -> list[tuple[str, str, dict]]:
    views: list[tuple[str, str, dict]] = [("all", _("All"), {})]
    if mine(user):
        views.append(("mine", _("Mine"), {"owner": [str(user.pk)]}))
    return [
        *views,
        ("class_a", _("Class A"), {"value_class": ["A"]}),
        ("at_risk", _("At risk"), {"risk": AT_RISK}),
        ("overdue", _("Contact overdue"), {"contact": ["overdue"]}),
        ("strategic", _("Strategic"), {"tier": [str(Tier.STRATEGIC)]}),
    ]
