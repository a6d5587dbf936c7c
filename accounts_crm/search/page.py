"""Search: the page, and the list that the dialog shows while one types."""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts_crm import visits
from accounts_crm.search.commands import commands, sees_accounts
from accounts_crm.search.hits import Hit, account_line, hits
from customers.models import SearchText
from customers.search.matching import search_for

IN_DIALOG = 5  # of each kind
ON_PAGE = 20
MOST_COUNTED = 100
VISITED = 50  # accounts opened lately whose rows come first
Kind = SearchText.Kind


@dataclass(frozen=True)
class Group:
    """The hits of one kind; `count` is known of accounts alone."""

    kind: str
    label: str
    hits: list[Hit]
    count: int = 0

    @property
    def whole(self) -> str:
        """Return the number of all hits, as far as they were counted."""
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


@require_safe
def search(request):
    """Find accounts, people, log entries, next steps, pages and commands."""
    query = request.GET.get("q", "").strip()[:200]
    dialog = bool(request.htmx) and request.htmx.target == "palette-hits"
    asked = search_for(request.user, query)
    context = {
        "q": query,
        "dialog": dialog,
        "words": asked.words,
        "commands": commands(request.user, asked.words) if asked.words or not query else [],
        "list_query": urlencode({"q": query}),
        "sees_accounts": sees_accounts(request.user),
    }
    if asked.words:
        groups = _groups(request.user, asked, IN_DIALOG if dialog else ON_PAGE)
    elif query:
        groups = []
    else:
        groups = _lately(request.user)
    context |= {"groups": groups, "nothing": bool(query) and not groups and not context["commands"]}
    name = "_search_hits.html" if dialog else "search.html"
    return render(request, f"accounts_crm/{name}", context)


def _groups(user, asked, limit: int) -> list[Group]:
    found = asked.found(list(Kind), limit, visits.recent_ids(user, VISITED))
    labels = {
        Kind.ACCOUNT: _("Accounts"),
        Kind.CONTACT: _("Contacts"),
        Kind.ENTRY: _("Contact log"),
        Kind.STEP: _("Next steps"),
    }
    count = asked.count(Kind.ACCOUNT, MOST_COUNTED)
    drawn = hits(found, asked.words)
    return [
        Group(kind, labels[Kind(kind)], drawn[kind], count if kind == Kind.ACCOUNT else 0)
        for kind in Kind
        if drawn[kind]
    ]


def _lately(user) -> list[Group]:
    pins, last = visits.pinned(user), visits.recent(user)
    groups = [
        Group("pinned", _("Pinned"), [account_line(account) for account in pins]),
        Group(
            "visited",
            _("Opened lately"),
            [account_line(account) for account in last if account not in pins],
        ),
    ]
    return [group for group in groups if group.hits]
