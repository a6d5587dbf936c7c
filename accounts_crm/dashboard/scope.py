"""Which accounts the dashboard speaks of, and as of when."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from accounts_crm.models import NightlyRun
from churn.queries import with_risk
from customers import ranking
from customers.calendar import business_today, months_before

CLASS = "value_class"  # what the accounts list calls the class in its address
PERIOD_MONTHS = {"quarter": 3, "year": 12}
# A run this much older still serves: of old nights only the month-ends are kept.
SLACK = 31  # days


@dataclass(frozen=True)
class Scope:
    """The accounts meant, seen and chosen, and the run that ranks them.

    cadences  tier -> contact at least every so many days
    owners    account manager -> name
    chosen    the filters in use, as the query string has them
    whole     every account of the company is meant, so that company figures may be shown
    live      the run is the latest: contacts, steps and flags are counted as they are now;
              otherwise as they were on the morning after the run's date
    lasting   which accounts are seen follows from posts and roles alone, not from memberships
    period    how far back the movements reach: month, quarter, year
    earlier   the run that movements are measured against, or None
    """

    run: NightlyRun
    accounts: QuerySet
    cadences: dict[str, int]
    owners: dict[int | None, str]
    chosen: dict[str, str]
    whole: bool
    live: bool
    lasting: bool
    period: str
    earlier: NightlyRun | None

    @property
    def day(self) -> dt.date:
        """Return the day on which contacts, steps and flags are read."""
        return business_today() if self.live else self.run.as_of + dt.timedelta(days=1)

    def accounts_url(self, **filters: str | list[str]) -> str:
        """Return the address of the accounts list, narrowed as the dashboard is and further."""
        as_of = {} if self.live else {"as_of": self.run.as_of.isoformat()}
        query = urlencode({**self.chosen, **as_of, **filters}, doseq=True)
        return f"{reverse('accounts')}?{query}".rstrip("?")

    def ranked(self) -> QuerySet:
        """Return the accounts with their rank and risk in the run."""
        return with_risk(ranking.with_rank(self.accounts, self.run), self.run).order_by()


def earlier_run(run: NightlyRun, period: str) -> NightlyRun | None:
    """Return the run that movements are measured against: for a month, ranking.comparable's."""
    if period not in PERIOD_MONTHS:
        return ranking.comparable(run)
    days = (run.as_of - months_before(run.as_of, PERIOD_MONTHS[period])).days
    return ranking.older(run, days, most=days + SLACK)
