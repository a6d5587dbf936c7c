"""The accounts list."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from accounts_crm.as_of import night
from accounts_crm.portfolio import columns, counting, listing, ordering, saved, tabs
from accounts_crm.portfolio.address import filtering, tidy, without
from accounts_crm.portfolio.chips import chips, faults, ways_out
from accounts_crm.portfolio.filters import PortfolioFilters
from accounts_crm.portfolio.totals import totals
from accounts_crm.portfolio.undo import taken
from accounts_crm.portfolio.vocabulary import vocabulary
from customers import access, ranking
from customers.models import Ranking


class Drawn:
    """A column as its head is drawn."""

    def __init__(self, column: columns.Column, label: str, heads: dict[str, ordering.Head]):
        self.column, self.label = column, label
        self.head = heads.get(column.order)


@require_safe
def portfolio(request):
    """Every account the user sees, by rank or otherwise; all state is in the address."""
    # By its target: what asks for the rows gets the rows, everything else the page.
    views = saved.views_of(request.user)
    if not request.GET and (view := saved.opening(views)):
        return redirect(saved.address_of(view))
    part = bool(request.htmx) and request.htmx.target == "portfolio"
    name = "_portfolio_rows.html" if part else "portfolio.html"
    response = render(request, f"accounts_crm/{name}", {**_list(request, views), "part": part})
    if part:  # the form sends its empty fields too; the address need not
        push_url(response, f"{request.path}{tidy(request.GET)}")
    return response


def _list(request, views) -> dict[str, Any]:
    user, data = request.user, request.GET
    asked = night(data.get("as_of", ""))
    run = asked.run
    scope = Ranking.Scope.GROUP if run and data.get("scope") == "group" else Ranking.Scope.ACCOUNT
    words = vocabulary(user, members=True)
    filters = PortfolioFilters(
        data, listing.figures(user, run, scope), user=user, words=words, run=run
    )
    terms = ordering.read(data.get("sort", ""), run)
    chosen = columns.chosen(data.getlist("cols"))
    start = (_page(data) - 1) * listing.PAGE
    counts = counting.count_up_to(
        {"list": (filters.qs, counting.CAP), **tabs.counted(user, run, words.cadences)}
    )
    counted = counts["list"] <= counting.CAP
    ids = ordering.page_ids(
        filters.qs, terms, run, start, listing.PAGE + 1, counts["list"] if counted else None
    )
    earlier = ranking.comparable(run)
    names = {column.name for column in chosen}
    make_rows = listing.group_rows if scope == Ranking.Scope.GROUP else listing.rows
    shown = make_rows(ids, user, run, earlier, words.cadences, names) if ids else []
    following = shown[listing.PAGE] if len(shown) > listing.PAGE else None
    shown = shown[: listing.PAGE]
    if terms == ("rank",):
        listing.mark_cut(shown, following)
    past = f"?as_of={asked.typed}" if asked.past else ""
    currency = run.currency if run else settings.REPORTING_CURRENCY
    if scope == Ranking.Scope.ACCOUNT:
        listing.draw(shown, chosen, columns.Look(currency, past))
    heads = ordering.heads(terms)
    opened = tabs.opened(data, user, views)
    return {
        "night": asked,
        # What the links to accounts carry on: they show the same night.
        "past": past,
        "run": run,
        "latest_run": run if not asked.typed else None,
        "currency": currency,
        "scope": scope,
        "rows": shown,
        "sort": ",".join(terms),
        # Before the first night the list is by name without having been asked.
        "usual_sort": terms == ("rank",) or not data.get("sort"),
        "heads": heads,
        **_sorting(terms, heads, run),
        "own_columns": columns.written(chosen),
        "columns": [
            Drawn(column, columns.label(column, run.window_months if run else 12), heads)
            for column in chosen
        ],
        "choices": [
            (column, column in chosen)
            for column in columns.COLUMNS.values()
            if column.name not in columns.ALWAYS
        ],
        "start": start + 1,
        "end": start + len(shown),
        "count": counts["list"] if counted else None,
        "cap": counting.CAP,
        "page": _page(data),
        "more": following is not None,
        "earlier": earlier,
        "totals": totals(run, user, scope) if run else None,
        "views": tabs.tabs(data, user, {} if asked.missing else counts, views, opened),
        "opened": opened,
        "saving": saved.normal(data),
        "undo": taken(request),
        "chips": chips(filters),
        "faults": faults(filters),
        "ways": ways_out(filters) if not shown and not asked.missing and _page(data) == 1 else [],
        "filtering": filtering(data),
        "cleared": without(data, *filters.filters),
        "q": data.get("q", ""),
        "cadences": words.cadences,
        "may_change": access.may_write(user),
        "may_open": access.may_open_accounts(user),
        "sees_all": access.sees_all(user),
    }


@dataclass(frozen=True)
class Term:
    """One column of the order: how to turn it around or to do without it."""

    label: str
    head: ordering.Head
    less: str | None = None


def _sorting(terms: tuple[str, ...], heads: dict[str, ordering.Head], run) -> dict[str, Any]:
    """Return what the menu of the order offers."""
    labels = {
        column.order: str(column.label) for column in columns.COLUMNS.values() if column.order
    }
    used = [term.removeprefix("-") for term in terms]
    return {
        "sort_terms": [
            Term(
                labels[name],
                heads[name],
                ",".join(t for t in terms if t != term) if len(terms) > 1 else None,
            )
            for term, name in zip(terms, used, strict=True)
        ],
        "more_terms": [
            Term(labels[name], heads[name])
            for name, order in ordering.ORDERS.items()
            if name not in used and len(terms) < ordering.MOST and (run or not order.computed)
        ],
    }


def _page(data: QueryDict) -> int:
    page = data.get("page", "")
    # No further than anybody turns pages: the database reads all that is skipped.
    return min(max(1, int(page)), 100_000) if page.isdecimal() and len(page) < 8 else 1
