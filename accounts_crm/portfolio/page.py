"""The accounts list."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from accounts_crm.as_of import night
from accounts_crm.portfolio import counting, listing
from accounts_crm.portfolio.chips import chips, faults, filtering, tidy, without
from accounts_crm.portfolio.filters import RISKS, PortfolioFilters, mine, overdue
from accounts_crm.portfolio.totals import totals
from accounts_crm.portfolio.vocabulary import vocabulary
from customers import access, ranking
from customers.models import Account, Ranking, Tier

# What a link on a column's head asks for first; a second click turns it around.
FIRST = {"rank": "rank", "name": "name", "value": "-value", "risk": "-risk", "contact": "contact"}
AT_RISK = [str(level) for level, _label in RISKS[:2]]


@dataclass(frozen=True)
class QuickView:
    """A link to a list that is often wanted."""

    name: str
    label: str
    address: str
    current: bool
    count: int | None

    @property
    def badge(self) -> str:
        """Return the number of accounts in it, as far as it was counted."""
        if self.count is None:
            return ""
        cap = counting.BADGE_CAP
        return f"{cap:,}+" if self.count > cap else f"{self.count:,}"


@require_safe
def portfolio(request):
    """Every account the user sees, by rank or otherwise; all state is in the address."""
    # By its target: what asks for the rows gets the rows, everything else the page.
    part = bool(request.htmx) and request.htmx.target == "portfolio"
    name = "_portfolio_rows.html" if part else "portfolio.html"
    response = render(request, f"accounts_crm/{name}", {**_list(request), "part": part})
    if part:  # the form sends its empty fields too; the address need not
        push_url(response, f"{request.path}{tidy(request.GET)}")
    return response


def _list(request) -> dict[str, Any]:
    user, data = request.user, request.GET
    asked = night(data.get("as_of", ""))
    run = asked.run
    scope = Ranking.Scope.GROUP if run and data.get("scope") == "group" else Ranking.Scope.ACCOUNT
    words = vocabulary(user)
    filters = PortfolioFilters(data, listing.figures(user, run, scope), user=user, words=words)
    order = _order(data, run)
    start = (_page(data) - 1) * listing.PAGE
    counts = counting.count_up_to(
        {"list": (filters.qs, counting.CAP), **_views_counted(user, run, words.cadences)}
    )
    counted = counts["list"] <= counting.CAP
    ids = listing.page_ids(filters.qs, order, start, counts["list"] if counted else None)
    earlier = ranking.comparable(run)
    make_rows = listing.group_rows if scope == Ranking.Scope.GROUP else listing.rows
    shown = make_rows(ids, user, run, earlier, words.cadences) if ids else []
    following = shown[listing.PAGE] if len(shown) > listing.PAGE else None
    shown = shown[: listing.PAGE]
    if order == "rank":
        listing.mark_cut(shown, following)
    return {
        "night": asked,
        # What the links to accounts carry on: they show the same night.
        "past": f"?as_of={asked.typed}" if asked.past else "",
        "run": run,
        "latest_run": run if not asked.typed else None,
        "currency": run.currency if run else settings.REPORTING_CURRENCY,
        "scope": scope,
        "rows": shown,
        "order": order,
        "sorts": {column: _next_sort(column, order) for column in FIRST},
        "aria_sorts": {column: _aria_sort(column, order) for column in FIRST},
        "start": start + 1,
        "end": start + len(shown),
        "count": counts["list"] if counted else None,
        "cap": counting.CAP,
        "page": _page(data),
        "more": following is not None,
        "earlier": earlier,
        "totals": totals(run, user, scope) if run else None,
        "views": _views(data, user, {} if asked.missing else counts),
        "chips": chips(filters),
        "faults": faults(filters),
        "filtering": filtering(data),
        "cleared": without(data, *filters.filters),
        "q": data.get("q", ""),
        "cadences": words.cadences,
        "may_open": access.may_open_accounts(user),
        "sees_all": access.sees_all(user),
    }


def _order(data: QueryDict, run) -> str:
    order = data.get("sort", "rank")
    if order not in listing.ORDERS and order not in listing.NAMES:
        order = "rank"
    if run is None and order not in listing.NAMES and not order.endswith("contact"):
        order = "name"
    return order


def _page(data: QueryDict) -> int:
    page = data.get("page", "")
    # No further than anybody turns pages: the database reads all that is skipped.
    return min(max(1, int(page)), 100_000) if page.isdecimal() and len(page) < 8 else 1


def _next_sort(column: str, order: str) -> str:
    first = FIRST[column]
    turned = first[1:] if first.startswith("-") else f"-{first}"
    return turned if order == first else first


def _aria_sort(column: str, order: str) -> str:
    if order.removeprefix("-") != column:
        return ""
    return "descending" if order.startswith("-") else "ascending"


def _quick_views(user) -> list[tuple[str, str, dict]]:
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


def _views_counted(user, run, cadences) -> dict:
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


def _views(data: QueryDict, user, counts: dict[str, int]) -> list[QuickView]:
    now = {key: sorted(values) for key, values in data.lists() if any(values)}
    kept = {key: now.pop(key) for key in ("as_of",) if key in now}
    for key in ("page", "sort", "scope"):
        now.pop(key, None)
    drawn = []
    for name, label, wanted in _quick_views(user):
        if name == "mine" and counts.get("mine") == 0:
            continue  # a director need not own any
        address = QueryDict(mutable=True)
        for key, values in {**wanted, **kept}.items():
            address.setlist(key, values)
        drawn.append(
            QuickView(
                name,
                label,
                f"?{address.urlencode()}",
                current=now == {key: sorted(values) for key, values in wanted.items()},
                count=counts.get(name),
            )
        )
    return drawn
