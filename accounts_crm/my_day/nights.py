"""The nights that my day speaks of: the latest one, and those it is compared with."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from accounts_crm.models import NightlyRun

# Every night of a quarter and some month-ends before it hold what is compared with.
LOOKED_AT = 130


@dataclass(frozen=True)
class Nights:
    """Published runs; None where there is none.

    latest       the run whose values are shown
    before       the published run before it, for levels of risk
    last_ranked  the newest earlier run whose ranks compare with the latest's
    month_ago    the same, MOVEMENT_DAYS older at least, for movement
    """

    latest: NightlyRun | None = None
    before: NightlyRun | None = None
    last_ranked: NightlyRun | None = None
    month_ago: NightlyRun | None = None

    @property
    def is_last_night(self) -> bool:
        """Say whether the run before is that of the night before."""
        if self.latest is None or self.before is None:
            return False
        return self.latest.as_of - self.before.as_of == dt.timedelta(days=1)


def nights() -> Nights:
    """Return the nights, in one query; the same as customers.ranking.previous and comparable."""
    runs = list(
        NightlyRun.objects.published()
        .defer("facts", "timings", "error_figures")
        .order_by("-as_of")[:LOOKED_AT]
    )
    if not runs:
        return Nights()
    latest, *older = runs
    like = [run for run in older if _kind(run) == _kind(latest)]
    far = latest.as_of - dt.timedelta(days=settings.MOVEMENT_DAYS)
    return Nights(
        latest=latest,
        before=next(iter(older), None),
        last_ranked=next(iter(like), None),
        month_ago=next((run for run in like if run.as_of <= far), None),
    )


def _kind(run: NightlyRun) -> tuple:
    return run.measure, run.window_months, run.currency
