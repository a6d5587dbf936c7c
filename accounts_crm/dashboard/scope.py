"""Which accounts the dashboard speaks of, and as of when."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts_crm.models import NightlyRun
from churn.queries import with_risk
from customers import ranking
from customers.calendar import business_today, months_before

CLASS = "value_class"  # what the accounts list calls the class in its address
# A run this much older than a year still serves as "a year ago": of old nights only the
# month-ends are kept.
YEAR_SLACK = dt.timedelta(days=31)


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
    earlier   the run that movements are measured against, or None
    year_ago  a run about a year older, or None
    """

    run: NightlyRun
    accounts: QuerySet
    cadences: dict[str, int]
    owners: dict[int | None, str]
    chosen: dict[str, str]
    whole: bool
    live: bool
    lasting: bool
    earlier: NightlyRun | None
    year_ago: NightlyRun | None

    @property
    def day(self) -> dt.date:
        """Return the day on which contacts, steps and flags are read."""
        return business_today() if self.live else self.run.as_of + dt.timedelta(days=1)

    @property
    def compared(self) -> NightlyRun | None:
        """Return the run that the totals are compared with: a year older if there is one."""
        return self.year_ago or self.earlier

    def accounts_url(self, **filters: str | list[str]) -> str:
        """Return the address of the accounts list, narrowed as the dashboard is and further."""
        as_of = {} if self.live else {"as_of": self.run.as_of.isoformat()}
        query = urlencode({**self.chosen, **as_of, **filters}, doseq=True)
        return f"{reverse('accounts')}?{query}".rstrip("?")

    def ranked(self) -> QuerySet:
        """Return the accounts with their rank and risk in the run."""
        return with_risk(ranking.with_rank(self.accounts, self.run), self.run).order_by()


def older_runs(run: NightlyRun) -> tuple[NightlyRun | None, NightlyRun | None]:
    """Return the run that movements are measured against, and the one about a year older.

    The first is what ranking.comparable returns; both in one query.
    """
    older = list(
        NightlyRun.objects.published()
        .filter(
            as_of__lte=run.as_of - dt.timedelta(days=settings.MOVEMENT_DAYS),
            measure=run.measure,
            window_months=run.window_months,
            currency=run.currency,
        )
        .only("as_of")
        .order_by("-as_of")
    )
    year_before = months_before(run.as_of, 12)
    year_ago = [run for run in older if year_before - YEAR_SLACK <= run.as_of <= year_before]
    return (older or [None])[0], (year_ago or [None])[0]
