"""Which published run a page shows: the latest, or the one of the date in its address."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.dateparse import parse_date

from accounts_crm.models import NightlyRun


@dataclass(frozen=True)
class Night:
    """The run that a page shows, or what to say where there is none.

    run      None before the first run, and for a date without one
    typed    the date that was asked for as it was typed, "" for the latest run
    wrong    it is no date
    nearest  published dates before and after the one asked for
    """

    run: NightlyRun | None
    typed: str = ""
    wrong: bool = False
    nearest: list[dt.date] = field(default_factory=list)

    @property
    def missing(self) -> bool:
        """Say whether a date was asked for that has no run."""
        return bool(self.typed) and self.run is None

    @property
    def past(self) -> bool:
        """Say whether the page shows a run by its date."""
        return bool(self.typed) and self.run is not None


def night(typed: str) -> Night:
    """Return the run of a date, of the latest one if none is typed."""
    typed = typed.strip()[:20]
    if not typed:
        return Night(NightlyRun.objects.latest_published())
    day = _date(typed)
    if day is None:
        latest = NightlyRun.objects.latest_published()
        return Night(None, typed, wrong=True, nearest=[latest.as_of] if latest else [])
    if run := NightlyRun.objects.published_for(day):
        return Night(run, day.isoformat())
    published = NightlyRun.objects.published().values_list("as_of", flat=True)
    before = published.filter(as_of__lt=day).order_by("-as_of").first()
    after = published.filter(as_of__gt=day).order_by("as_of").first()
    return Night(None, day.isoformat(), nearest=[one for one in (before, after) if one])


def _date(typed: str) -> dt.date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None
