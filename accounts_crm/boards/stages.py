"""The stage board: a lane for each stage, a card for each account, a tray for what broke."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts_crm.boards.filters import Filters
from accounts_crm.models import NightlyRun
from accounts_crm.portfolio.vocabulary import vocabulary
from churn.queries import with_risk
from customers import access, ranking
from customers.calendar import business_today, end_of
from customers.figures import days_since
from customers.models import Account, Stage
from customers.parts import Named
from lifecycle.actions import resumes_to
from lifecycle.models import InterruptionCause, StageMove
from lifecycle.queries import with_since, with_supported
from lifecycle.stages import TRACK, Cause

MOST = 25  # cards of a lane; the rest stands in the accounts list


@dataclass
class Card:
    """An account on the board; None is unknown.

    back     the stage to resume, of an interrupted one
    causes   of the break, in words
    """

    account: Any
    may_move: bool
    cadence: int | None
    back: str = ""
    causes: list[str] = field(default_factory=list)

    @cached_property
    def moves_url(self) -> str:
        """Return where the account is moved."""
        return reverse("lifecycle:stage-moves", args=[self.account.pk])

    @property
    def move_label(self) -> str:
        """Return what the way to the form is called."""
        return _("Move %(account)s") % {"account": self.account.name}

    @property
    def owner(self) -> Named | None:
        """Return the account manager as an avatar shows one."""
        owner = self.account.owner
        return Named(owner.pk, owner.name) if owner else None

    @property
    def apart(self) -> str:
        """Return the stage that the evidence supports, "" unless it is another."""
        shown, held = self.account.supported, self.account.stage
        return shown if shown and held in TRACK and shown != held else ""

    @property
    def apart_text(self) -> str:
        """Return in words that the evidence supports another stage."""
        return _("The evidence supports “%(stage)s”") % {"stage": Stage(self.apart).label}

    @property
    def stay(self) -> str:
        """Return how long the account has been in its stage, "" where unknown."""
        since = self.account.stage_since
        return "" if since is None else _span(days_since(since))

    @property
    def contact_days(self) -> int | None:
        """Return how many days ago the last contact was."""
        last = self.account.last_contact_on
        return None if last is None else days_since(last)

    @property
    def late(self) -> bool:
        """Say whether the last contact is longer ago than the tier asks."""
        days = self.contact_days
        lost = self.account.status == Account.Status.LOST
        return bool(days is not None and self.cadence and days > self.cadence and not lost)

    @property
    def cadence_low(self) -> int:
        """Return from which day on the time is running out."""
        return (self.cadence or 0) * 7 // 10


@dataclass
class Lane:
    """A stage with its accounts; `more` of them are not shown."""

    stage: Stage
    count: int
    value: int | None
    change: int
    url: str
    cards: list[Card]

    @property
    def more(self) -> int:
        """Return how many accounts are not shown."""
        return self.count - len(self.cards)

    @property
    def change_text(self) -> str:
        """Return by how many accounts the lane grew, with its sign."""
        return f"{self.change:+d}".replace("-", "−") if self.change else "±0"


@require_safe
def stage_board(request):
    """Every account by its stage; who may, moves them from here."""
    user = request.user
    run = NightlyRun.objects.latest_published()
    words = vocabulary(user)
    filters = Filters(request.GET, words=words, user=user)
    lanes = _lanes(user, run, filters, words.cadences)
    *track, tray = lanes
    return render(
        request,
        "accounts_crm/stage_board.html",
        {
            "filters": filters,
            "latest_run": run,
            "run": run,
            "currency": run.currency if run else settings.REPORTING_CURRENCY,
            "lanes": track,
            "tray": tray,
            "count": sum(lane.count for lane in lanes),
            "may_move": any(card.may_move for lane in lanes for card in lane.cards),
        },
    )


def _lanes(user, run, filters: Filters, cadences: dict[str, int]) -> list[Lane]:
    accounts = filters.narrow(ranking.with_rank(Account.objects.visible_to(user), run)).order_by()
    totals = {
        stage: (count, value)
        for stage, count, value in accounts.values_list("stage").annotate(
            count=Count("pk"), total=Sum("value")
        )
    }
    changes = _changes(user, accounts, whole=access.sees_all(user) and not filters.chosen())
    cards = _cards(user, run, accounts, cadences)
    return [
        Lane(
            stage=stage,
            count=totals.get(stage, (0, None))[0],
            value=totals.get(stage, (0, None))[1],
            change=changes[stage],
            url=filters.accounts_url(stage=stage),
            cards=cards[stage],
        )
        for stage in (*TRACK, Stage.INTERRUPTED)
    ]


def _changes(user, accounts: QuerySet, *, whole: bool) -> dict[str, int]:
    """Return by how many accounts each stage grew since the quarter began."""
    moves = StageMove.objects.filter(at__gte=_quarter()).order_by()
    if not whole:
        moves = moves.filter(account__in=accounts.values("pk"))
    grown: dict[str, int] = defaultdict(int)
    for was, to, count in moves.values_list("was", "to").annotate(count=Count("pk")):
        grown[was] -= count
        grown[to] += count
    return grown


def _span(days: int) -> str:
    """Return a span of days in days, months or years, whichever is short to read."""
    if days < 100:
        return _("%(days)s d") % {"days": days}
    if days < 730:
        return _("%(months)s mo") % {"months": days // 30}
    return _("%(years)s y") % {"years": days // 365}


def _quarter() -> dt.datetime:
    today = business_today()
    first = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    return end_of(first - dt.timedelta(days=1))


def _cards(user, run, accounts: QuerySet, cadences: dict[str, int]) -> dict[str, list[Card]]:
    """Return the cards of each lane, the greatest value first: first which, then all of them."""
    placed = accounts.annotate(
        lane_place=Window(
            RowNumber(),
            partition_by=F("stage"),
            order_by=[F("value").desc(nulls_last=True), F("pk").asc()],
        )
    ).filter(lane_place__lte=MOST)
    ids = list(placed.values_list("pk", flat=True))
    named = Account.objects.filter(pk__in=ids).with_permissions(user)
    shown = with_supported(with_since(with_risk(ranking.with_rank(named, run), run)), run)
    broke_at: dict[int, str] = {}
    causes: dict[int, list[str]] = defaultdict(list)
    known = InterruptionCause.objects.filter(
        interruption__account__in=ids, interruption__ended_at__isnull=True
    )
    for cause in known.select_related("interruption"):
        broke_at[cause.interruption.account_id] = cause.interruption.stage
        causes[cause.interruption.account_id].append(str(Cause(cause.cause).label))
    cards: dict[str, list[Card]] = defaultdict(list)
    ordered = shown.select_related("owner").order_by(F("value").desc(nulls_last=True), "pk")
    for account in ordered:
        broken = account.stage == Stage.INTERRUPTED
        cards[account.stage].append(
            Card(
                account,
                may_move=account.may_be_changed_by(user, access.Change.RELATIONSHIP),
                cadence=cadences.get(account.tier),
                back=resumes_to(broke_at.get(account.pk), account.supported) if broken else "",
                causes=causes[account.pk] if broken else [],
            )
        )
    return cards
