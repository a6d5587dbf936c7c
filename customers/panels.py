"""Context of the ground floor's panels on the account page: value, people, history, facts."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers import figures
from customers import timeline as timelines
from customers.access import Change
from customers.calendar import business_today
from customers.colleagues import colleagues_of
from customers.cut import Cut
from customers.meetings import Meeting, meetings
from customers.models import Account, Complaint, Contact, NextStep, SatisfactionScore
from customers.money import to_major
from customers.step_forms import StepForm
from customers.steps import open_steps, with_people
from customers.timeline import Page, Person
from customers.trade import Trade

CLOSED_DAYS = 90  # in which closed steps count as done lately
CLOSED = 50  # of them shown
SCORES = 3
COMPLAINTS = 5  # resolved ones shown
COMPLAINTS_READ = 50


@dataclass
class ValuePanel:
    """Value by month, this year beside the year before."""

    account: Account
    trade: Trade
    currency: str
    by_margin: bool

    @property
    def chart(self) -> dict[str, Any]:
        """Return what the chart draws, in major units and ready words."""
        months = self.trade.months
        return {
            "labels": [figures.short_month(month.first) for month in months],
            "names": [self.name(month) for month in months],
            "values": [self._major(month.value) for month in months],
            "before": [self._major(month.before) for month in months],
            "texts": [figures.compact(month.value, self.currency) for month in months],
            "textsBefore": [figures.compact(month.before, self.currency) for month in months],
            "whole": [month.whole for month in months],
            "words": {"value": _("This year"), "before": _("Year before")},
            **self._scale(),
        }

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the table below the chart."""
        return [
            {"name": self.name(month), "value": month.value, "before": month.before}
            for month in self.trade.months
        ]

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to draw."""
        return not any(month.value or month.before for month in self.trade.months)

    def name(self, month) -> str:
        """Return a month in words, the running one up to its day."""
        if month.whole:
            return date_format(month.first, "YEAR_MONTH_FORMAT")
        return _("%(month)s, until %(day)s") % {
            "month": date_format(month.first, "YEAR_MONTH_FORMAT"),
            "day": figures.short_date(month.until),
        }

    def _major(self, minor: int) -> float:
        return float(to_major(minor, self.currency))

    def _scale(self) -> dict[str, Any]:
        """Return a few round steps of the axis, written as amounts."""
        values = [v for month in self.trade.months for v in (month.value, month.before)]
        top, bottom = max([*values, 0]), min([*values, 0])
        step = _round_step((top - bottom) // 4)
        ticks = range(bottom // step, -(-top // step) + 1)
        return {
            "ticks": [
                {
                    "at": self._major(step * n),
                    "text": figures.compact(step * n, self.currency) if n else "0",
                }
                for n in ticks
            ]
        }


@dataclass
class ContactRow:
    """A person at the customer, whom of us the person knows, and when we last met."""

    contact: Contact
    met_on: dt.date | None
    known_by: list[Person] = field(default_factory=list)


@dataclass
class ContactsPanel:
    """The people at the customer; those who left apart."""

    account: Account
    may_change: bool
    rows: list[ContactRow]
    left: list[ContactRow]


@dataclass
class TimelinePanel:
    """A page of the timeline."""

    account: Account
    may_change: bool
    page: Page
    currency: str
    newest: bool = True  # the first page
    only: str = ""  # one of timeline.KINDS
    q: str = ""
    scrolls: bool = False  # older entries come as one scrolls down to them

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Return what the timeline can be narrowed to, with its words."""
        return [
            ("", _("Everything")),
            ("log", _("Contact log")),
            ("orders", _("Orders")),
            ("complaints", _("Complaints")),
            ("moves", _("Moves and team")),
            ("flags", _("Flags")),
            ("changes", _("Changes")),
        ]

    @property
    def older_query(self) -> str:
        """Return the query of the address at which the older entries stand."""
        asked = {"before": self.page.older_text, "kind": self.only, "q": self.q}
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass
class StepsPanel:
    """The open next steps, and the form that plans one."""

    account: Account
    may_change: bool
    steps: list[NextStep]
    form: StepForm | None


@dataclass
class ComplaintsPanel:
    """Complaints and satisfaction, newest first; `more` are open than are shown."""

    account: Account
    may_change: bool
    open: list[Complaint]
    resolved: list[Complaint]
    scores: list[SatisfactionScore]
    more: bool


def value(account: Account, trade: Trade, *, currency: str, measure: str) -> ValuePanel:
    """Return the panel of value by month."""
    return ValuePanel(account, trade, currency, measure == "margin")


def contacts(account: Account, viewer, met: Iterable[Meeting] | None = None) -> ContactsPanel:
    """Return the people at an account, last met first.

    met  customers.meetings.meetings, where the page has them already
    """
    people = account.contacts.annotate(met_on=Max("interactions__date"))
    known: dict[int, dict[int, Person]] = {}
    for pair in meetings(account) if met is None else met:
        known.setdefault(pair.theirs, {})[pair.ours] = Person(pair.ours, pair.name)
    rows = [ContactRow(c, c.met_on, list(known.get(c.pk, {}).values())) for c in people]
    rows.sort(key=lambda row: row.met_on or dt.date.min, reverse=True)
    today = business_today()
    gone = [row for row in rows if row.contact.left_on and row.contact.left_on <= today]
    here = [row for row in rows if row not in gone]
    return ContactsPanel(
        account, account.may_be_changed_by(viewer, Change.RELATIONSHIP), here, gone
    )


def timeline(
    account: Account,
    viewer,
    *,
    currency: str,
    measure: str,
    before: dt.datetime | None = None,
    only: str = "",
    q: str = "",
    scrolls: bool = False,
) -> TimelinePanel:
    """Return a page of the timeline; `only` and `q` as customers.timeline.page."""
    return TimelinePanel(
        account,
        account.may_be_changed_by(viewer, Change.RELATIONSHIP),
        timelines.page(account, before=before, measure=measure, only=only, q=q),
        currency,
        newest=before is None,
        only=only,
        q=q,
        scrolls=scrolls,
    )


def next_steps(account: Account, viewer, *, colleagues: Iterable | None = None) -> StepsPanel:
    """Return the open next steps, soonest first, and the form that plans another.

    colleagues  who can be given a step, where the page knows them already
    """
    may_change = account.may_be_changed_by(viewer, Change.RELATIONSHIP)
    if colleagues is None and may_change:
        colleagues = colleagues_of(account, viewer)
    form = StepForm(colleagues=colleagues) if may_change else None
    return StepsPanel(account, may_change, open_steps(account), form)


def closed_steps(account: Account) -> Cut:
    """Return the steps that were done or dropped lately, the latest first."""
    since = business_today() - dt.timedelta(days=CLOSED_DAYS)
    steps = account.next_steps.exclude(state=NextStep.State.OPEN).filter(closed_on__gte=since)
    ordered = steps.select_related("who", "interaction").order_by("-closed_at", "-pk")
    shown = Cut(ordered, CLOSED)
    with_people(shown)
    return shown


def complaints(account: Account, viewer) -> ComplaintsPanel:
    """Return the complaints and the latest scores."""
    # Open ones first: they matter however old they are.
    rows = account.complaints.order_by(F("resolved_on").desc(nulls_first=True), "-opened_on", "-pk")
    shown = Cut(rows, COMPLAINTS_READ)
    return ComplaintsPanel(
        account,
        account.may_be_changed_by(viewer, Change.FACTS),
        [row for row in shown if row.resolved_on is None],
        [row for row in shown if row.resolved_on][:COMPLAINTS],
        list(account.satisfaction.order_by("-date", "-pk")[:SCORES]),
        more=shown.more and shown[-1].resolved_on is None,
    )


def _round_step(least: int) -> int:
    """Return the next round number from `least` on."""
    power = 10 ** (len(str(max(least, 10))) - 2)
    return next(power * n for n in (10, 15, 20, 25, 30, 40, 50, 60, 80, 100) if power * n >= least)
