"""The accounts that a person's day turns around, with all that is known of them by the night."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, FilteredRelation, Q, QuerySet, Value, When
from django.utils import timezone

from accounts_crm.my_day.nights import Nights
from churn.queries import with_risk
from customers import ranking, trade
from customers.access import Change, Role, changed_by, roles_of
from customers.figures import days_since
from customers.models import Account, Ranking, Tier

MOST = 200  # accounts looked at; of those who see more, the most valuable
IN_STRIP = 12
SILENCES = 5


@dataclass
class Row:
    """An account of the circle; cadence is how often its tier asks for a contact, in days."""

    account: Any
    cadence: int | None
    points: tuple[int, ...] | None = None

    @property
    def short_name(self) -> str:
        """Return what people call it: the first word of a name in words, the name otherwise."""
        words = self.account.name.split()
        long_enough = len(words[0]) > 3 if words else False
        return words[0] if long_enough else self.account.name

    @property
    def move(self) -> int | None:
        """Return the places climbed in a month, negative when fallen."""
        return _climbed(self.account.rank_before, self.account.rank)

    @property
    def night_move(self) -> int | None:
        """Return the places climbed since the night before."""
        return _climbed(self.account.rank_last, self.account.rank)

    @property
    def value_change(self) -> int:
        """Return by how much the value rose or fell since the night before, without a sign."""
        return abs((self.account.value or 0) - (self.account.value_last or 0))

    @property
    def days(self) -> int | None:
        """Return how many days ago the last contact was."""
        last = self.account.last_contact_on
        return None if last is None else days_since(last)

    @property
    def silent(self) -> bool:
        """Say whether the contact is later than the tier asks; unknown is not late."""
        if self.days is None or self.cadence is None:
            return False
        return self.account.status != Account.Status.LOST and self.days > self.cadence

    @property
    def cadence_low(self) -> int:
        """Return from where on the clock says that time is running out."""
        return (self.cadence or 0) * 7 // 10

    @property
    def cadence_high(self) -> int:
        """Return from where on the clock says that it is the last day, or late."""
        return max(self.cadence_low, (self.cadence or 0) - 1)


@dataclass(frozen=True)
class Kept:
    """How many accounts of a tier are in contact as often as the tier asks."""

    tier: Tier
    kept: int
    known: int


def is_own(user) -> bool:
    """Say whether the day turns around accounts of one's own, not around all that is seen."""
    return Role.MANAGER in roles_of(user)


def scope(user) -> QuerySet[Account]:
    """Return the accounts that a person answers for; of others, those that they see."""
    accounts = Account.objects.visible_to(user)
    if not is_own(user):
        return accounts
    today = timezone.localdate()
    joined = user.memberships.filter(since__lte=today).exclude(until__lt=today)
    return accounts.filter(Q(owner=user) | Q(pk__in=joined.values("account")))


def may_change(user, path: str = "pk"):
    """Return whether the relationship may be changed by this person, as an annotation.

    path  how the rows lead to their account
    """
    rule = changed_by(user, Change.RELATIONSHIP)
    if not rule:  # no condition: everything
        return Value(True)
    editable = Account.objects.filter(rule).values("pk")
    return Case(When(**{f"{path}__in": editable}, then=Value(True)), default=Value(False))


def circle(user, found: Nights, cadences: dict[str, int]) -> list[Row]:
    """Return the accounts of the day, most valuable first, never more than MOST."""
    if is_own(user) or found.latest is None:
        return _rows(scope(user), found, cadences)
    # The few first, then what is known of them: the joins see 200 rows, not 100,000.
    ranked = Ranking.objects.of_run(found.latest.pk).visible_to(user).order_by("position")
    few = Account.objects.filter(pk__in=ranked.values("account")[:MOST])
    return _rows(few, found, cadences) or _rows(scope(user), found, cadences)


def strip(rows: list[Row], found: Nights) -> list[Row]:
    """Return the first accounts, with their values by month."""
    shown = rows[:IN_STRIP]
    if found.latest:
        ids = [row.account.pk for row in shown]
        years = trade.by_month(ids, found.latest.as_of, found.latest.measure)
        for row in shown:
            if year := years.get(row.account.pk):
                row.points = year.points
    return shown


def contact_plan(rows: list[Row]) -> dict:
    """Return who is in contact as often as planned, tier by tier, and the longest silences."""
    late = sorted((row for row in rows if row.silent), key=_lateness, reverse=True)
    alive = [row for row in rows if row.account.status != Account.Status.LOST]
    known = [row for row in alive if row.days is not None]
    tiers = [
        Kept(
            tier,
            kept=sum(row.account.tier == tier and not row.silent for row in known),
            known=sum(row.account.tier == tier for row in known),
        )
        for tier in (Tier.STRATEGIC, Tier.PARTNER, Tier.ORDINARY)
    ]
    return {
        "tiers": [tier for tier in tiers if tier.known],
        "late": late[:SILENCES],
        "more": len(late) - SILENCES,
        "never": len(alive) - len(known),
    }


def _rows(accounts: QuerySet, found: Nights, cadences: dict[str, int]) -> list[Row]:
    accounts = with_risk(ranking.with_rank(accounts, found.latest), found.latest)
    accounts = ranking.with_movement(accounts, found.month_ago)
    accounts = _with_last_night(accounts, found)
    ordered = accounts.order_by(F("place").asc(nulls_last=True), "name", "pk")[:MOST]
    return [Row(account, cadences.get(account.tier)) for account in ordered]


def _lateness(row: Row) -> float:
    return row.days / row.cadence if row.days and row.cadence else 0


def _with_last_night(accounts: QuerySet, found: Nights) -> QuerySet:
    """Annotate rank, value, class and risk of the night before, where it has any."""
    ranked, scored = found.last_ranked, found.before
    return accounts.annotate(
        ranking_last=FilteredRelation(
            "rankings",
            condition=Q(
                rankings__run=ranked.pk if ranked else None,
                rankings__scope=Ranking.Scope.ACCOUNT,
            ),
        ),
        risk_then=FilteredRelation("risks", condition=Q(risks__run=scored.pk if scored else None)),
    ).annotate(
        rank_last=F("ranking_last__rank"),
        value_last=F("ranking_last__value"),
        class_last=F("ranking_last__value_class"),
        score_last=F("risk_then__score"),
        level_last=F("risk_then__level"),
    )


def _climbed(was: int | None, now: int | None) -> int | None:
    return None if was is None or now is None else was - now
