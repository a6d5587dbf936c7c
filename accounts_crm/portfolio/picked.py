"""All accounts that an address of the list means, for what is done with a whole list."""

from django.http import QueryDict

from accounts_crm.as_of import night
from accounts_crm.portfolio import listing, ordering
from accounts_crm.portfolio.filters import PortfolioFilters
from accounts_crm.portfolio.vocabulary import vocabulary
from customers.models import Ranking


def ids_of(user, data: QueryDict, *, most: int) -> list[int]:
    """Return the ids of the list that an address shows, in its order, at most so many."""
    asked = night(data.get("as_of", ""))
    run = asked.run
    scope = Ranking.Scope.GROUP if run and data.get("scope") == "group" else Ranking.Scope.ACCOUNT
    accounts = listing.figures(user, run, scope)
    filters = PortfolioFilters(
        data, accounts, user=user, words=vocabulary(user, members=True), run=run
    )
    terms = ordering.read(data.get("sort", ""), run)
    return ordering.page_ids(filters.qs, terms, run, 0, most, None)
