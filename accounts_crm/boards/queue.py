"""The risk queue: who may leave, the greatest value at stake first, and what to do about each."""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts_crm.boards.filters import Filters, choice
from accounts_crm.models import NightlyRun
from accounts_crm.portfolio.vocabulary import vocabulary
from churn import findings
from churn import panels as churn_panels
from churn.models import Flag, Risk
from churn.queries import for_risk_panel, with_risk
from customers import ranking
from customers.access import may_see_back_tests
from customers.calendar import business_today
from customers.figures import days_since
from customers.models import Account, NextStep
from customers.parts import Named

PAGE = 25
WEEKS = 12  # of the drawn history
ALARMING = ("high", "watch")  # the levels of a queue that no level is chosen for
NO_FLAG, WAITING, SNOOZED = "none", "waiting", "snoozed"


class QueueFilters(Filters):
    """Level and flag too, and which list: the scored, the lapsed, or those without trade."""

    level = choice(gettext_lazy("Risk"))
    flag = choice(gettext_lazy("Flag"))

    field_order = ["level", "flag", "owner", "region", "tier", "value_class", "mine"]

    def __init__(self, data, *, words, user):
        self.listed = data.get("list") if data.get("list") in Risk.Scored else Risk.Scored.SCORED
        super().__init__(data, words=words, user=user)
        levels = list(Risk.Level.choices)
        self.offer("level", [("", _("High and watch")), ("all", _("All levels")), *levels[::-1]])
        states = [choice for choice in Flag.State.choices if choice[0] != Flag.State.CLOSED]
        apart = [(WAITING, _("Waiting for room")), (SNOOZED, _("Snoozed"))]
        none = (NO_FLAG, _("No open flag"))
        self.offer("flag", [("", _("Any flag or none")), *states, *apart, none])
        self.full_clean()

    def narrow(self, accounts: QuerySet) -> QuerySet:
        accounts = super().narrow(accounts)
        flags = Flag.objects.filter(account=OuterRef("pk"))
        if (state := self.cleaned_data.get("flag")) == NO_FLAG:
            return accounts.exclude(Exists(flags.standing()))
        if state == WAITING:
            return accounts.filter(Exists(flags.waiting()))
        if state == SNOOZED:
            return accounts.filter(Exists(flags.standing().exclude(snoozed_until=None)))
        return accounts.filter(Exists(flags.filter(state=state))) if state else accounts

    def levels(self) -> tuple[str, ...]:
        """Return the levels of the queue."""
        level = self.cleaned_data.get("level")
        if level == "all":
            return tuple(Risk.Level.values)
        return (level,) if level else ALARMING


@dataclass
class Row:
    """An account of the queue."""

    account: Any
    reason: str
    flag: Flag | None

    @property
    def owner(self) -> Named | None:
        """Return the account manager as an avatar shows one."""
        owner = self.account.owner
        return Named(owner.pk, owner.name) if owner else None

    @property
    def flag_days(self) -> int | None:
        """Return for how many days the flag has been open."""
        return days_since(self.flag.opened_at) if self.flag else None


@dataclass
class Part:
    """Accounts of one level, or of one list: how many, and what they may cost."""

    count: int = 0
    stake: int = 0


@dataclass
class History:
    """The score over some weeks, as drawn on a ground of 100 by 120."""

    points: list[tuple[dt.date, int]]
    first: dt.date
    last: dt.date

    def _place(self, day: dt.date, score: int) -> tuple[float, float]:
        days = max((self.last - self.first).days, 1)
        return round(94 * (day - self.first).days / days, 1), round(120 - 1.2 * score, 1)

    @cached_property
    def line(self) -> str:
        """Return the points of a polyline."""
        return " ".join("{},{}".format(*self._place(*point)) for point in self.points)

    @cached_property
    def end(self) -> tuple[float, float]:
        """Return where the newest point lies."""
        return self._place(*self.points[-1])

    @property
    def label_y(self) -> float:
        """Return where the newest score is written: below its point, or above where it is low."""
        y = self.end[1]
        return y + 22 if y < 85 else y - 12


@require_safe
def risk_queue(request):
    """The accounts that may be lost, and beside them what speaks for it in one of them."""
    user = request.user
    run = NightlyRun.objects.latest_published()
    words = vocabulary(user)
    filters = QueueFilters(request.GET, words=words, user=user)
    context = {
        "filters": filters,
        "run": run,
        "latest_run": run,
        "currency": run.currency if run else settings.REPORTING_CURRENCY,
        "may_judge": may_see_back_tests(user),
    }
    if run is not None:
        context |= _queue(request, run, filters, words.cadences)
    return render(request, "accounts_crm/risk_queue.html", context)


def _queue(request, run, filters: QueueFilters, cadences: dict[str, int]) -> dict:
    user = request.user
    ranked = ranking.with_rank(Account.objects.visible_to(user), run)
    accounts = filters.narrow(with_risk(ranked, run)).filter(risk_scored__isnull=False).order_by()
    lists, levels = _parts(accounts)
    listed, wanted = accounts.filter(risk_scored=filters.listed), filters.levels()
    if filters.listed == Risk.Scored.SCORED:
        listed = listed.filter(risk_level__in=wanted)
        count = sum(levels[level].count for level in wanted)
    else:
        count = lists[filters.listed].count
    paginator = Paginator(_sorted(listed, filters).values_list("pk", flat=True), PAGE)
    paginator.count = count  # known already
    page = paginator.get_page(request.GET.get("page"))
    rows = _rows(list(page.object_list), user, run)
    context = {
        "listed": filters.listed,
        "lists": [(name, label, lists[name].count) for name, label in Risk.Scored.choices],
        "groups": _groups(rows, filters, levels),
        "levels": levels,
        "total": sum(levels[level].stake for level in wanted),
        "count": count,
        "page": page,
        "rows": rows,
    }
    if account := _opened(request, run, rows):
        context |= {"account": account, **_detail(user, run, account, cadences)}
    return context


def _parts(accounts: QuerySet) -> tuple[dict[str, Part], dict[str, Part]]:
    """Return the accounts of each list, and of each level of the scored, counted and summed."""
    lists = {name: Part() for name in Risk.Scored.values}
    levels = {name: Part() for name in Risk.Level.values}
    cells = accounts.values_list("risk_scored", "risk_level").annotate(
        count=Count("pk"), stake=Sum("risk_at_stake")
    )
    for scored, level, count, stake in cells:
        parts = [lists[scored]] + ([levels[level]] if level in levels else [])
        for part in parts:
            part.count += count
            part.stake += stake or 0
    return lists, levels


def _sorted(listed: QuerySet, filters: QueueFilters) -> QuerySet:
    if filters.listed != Risk.Scored.SCORED:
        return listed.order_by(F("value").desc(nulls_last=True), "pk")
    order = [F("risk_at_stake").desc(nulls_last=True), F("risk_score").desc(), F("pk").asc()]
    if filters.cleaned_data.get("level"):
        return listed.order_by(*order)
    high_first = Case(When(risk_level="high", then=0), default=1, output_field=IntegerField())
    return listed.order_by(high_first, *order)


def _groups(
    rows: list[Row], filters: QueueFilters, levels: dict[str, Part]
) -> list[tuple[str, Part | None, list[Row]]]:
    """Return the rows under the heads of their levels; under none in a list of one kind."""
    if filters.listed != Risk.Scored.SCORED or filters.cleaned_data.get("level"):
        return [("", None, rows)] if rows else []
    grouped = itertools.groupby(rows, key=lambda row: row.account.risk_level)
    return [(level, levels[level], list(found)) for level, found in grouped]


def _shown(accounts: QuerySet, user, run) -> QuerySet:
    """Return accounts with all that a row and the detail show of them."""
    step = NextStep.objects.filter(account=OuterRef("pk"), state=NextStep.State.OPEN)
    step = step.order_by("due", "pk")
    return (
        for_risk_panel(ranking.with_rank(accounts, run), run)
        .annotate(
            step_what=Subquery(step.values("what")[:1]),
            step_due=Subquery(step.values("due")[:1]),
        )
        .with_permissions(user)
        .select_related("owner")
    )


def _rows(ids: list[int], user, run) -> list[Row]:
    shown = _shown(Account.objects.filter(pk__in=ids), user, run)
    found = {account.pk: account for account in shown}
    flags: dict[int, Flag] = {}
    open_flags = Flag.objects.filter(account__in=ids).exclude(state=Flag.State.CLOSED)
    for flag in open_flags.order_by("-opened_at", "-pk"):
        flags[flag.account_id] = flag  # the oldest one stays
    rows = []
    for pk in ids:
        account = found[pk]
        found_of_it = account.risk.findings if account.risk_scored and run.evidence_kept else []
        strongest = next(iter(found_of_it), None)
        reason = findings.name(strongest["signal"]) if strongest else ""
        rows.append(Row(account, reason, flags.get(pk)))
    return rows


def _opened(request, run, rows: list[Row]) -> Any:
    """Return the account that the address names, or else the first of the page."""
    typed = request.GET.get("account", "")
    if typed.isascii() and typed.isdigit() and len(typed) < 19:
        for row in rows:
            if row.account.pk == int(typed):
                return row.account
        seen = Account.objects.visible_to(request.user).filter(pk=int(typed))
        if account := _shown(seen, request.user, run).first():
            return account
    return rows[0].account if rows else None


def _detail(user, run, account: Any, cadences: dict[str, int]) -> dict:
    since = run.as_of - dt.timedelta(weeks=WEEKS)
    scores = Risk.objects.filter(
        account=account,
        run__state="published",
        run__as_of__gt=since,
        run__as_of__lte=run.as_of,
    ).order_by("run__as_of")
    points = [
        (day, score)
        for day, score in scores.values_list("run__as_of", "score")
        if score is not None
    ]
    contact = account.last_contact_on
    days = days_since(contact) if contact else None
    cadence = cadences.get(account.tier)
    panel = churn_panels.risk(account, user, run)
    opened = min((flag.opened_at for flag in panel.flags), default=None)
    return {
        "risk": panel,
        "history": History(points, points[0][0], points[-1][0]) if len(points) > 1 else None,
        "high_from": settings.RISK_HIGH_FROM,
        "watch_from": settings.RISK_WATCH_FROM,
        "zones": (
            round(120 - 1.2 * settings.RISK_HIGH_FROM, 1),
            round(1.2 * (settings.RISK_HIGH_FROM - settings.RISK_WATCH_FROM), 1),
        ),
        "step_late": account.step_due is not None and account.step_due < business_today(),
        "contact_days": days,
        "cadence": cadence,
        "contact_late": bool(days is not None and cadence and days > cadence),
        "flag_days": days_since(opened) if opened else None,
    }
