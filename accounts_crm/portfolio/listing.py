"""Which accounts stand on a page of the list, and what a row shows.

First the ids of the page, by the one column that sorts it, then everything about these few; so a
page costs the same however many accounts there are.
"""

import itertools
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, OuterRef, QuerySet, Subquery, Value, When

from accounts_crm.portfolio.filters import overdue
from churn.queries import with_risk
from customers import ranking, trade
from customers.figures import days_since
from customers.models import Account, NextStep, PurchasePotential, Ranking
from customers.parts import Named

PAGE = 50
# What the address calls an order -> the column, which is empty for some accounts, and how.
ORDERS = {
    "rank": "place",
    "-rank": "-place",
    "value": "-place",
    "-value": "place",
    "risk": "risk_score",
    "-risk": "-risk_score",
    "contact": "last_contact_on",
    "-contact": "-last_contact_on",
}
# The accounts that have the column. A comparison, where one serves: unlike IS NOT NULL it lets
# SQLite walk the outer-joined table by its index.
KNOWN: dict[str, dict[str, Any]] = {
    "place": {"place__gt": 0},
    "risk_score": {"risk_score__gte": 0},
    "last_contact_on": {"last_contact_on__isnull": False},
}
# What a row is drawn from; the rest of the columns stays where it is.
COLUMNS = ("code", "name", "other_name", "tier", "stage", "last_contact_on", "owner__name")
NAMES = {"name": ("name", "pk"), "-name": ("-name", "-pk")}


@dataclass
class Row:
    """One account of the list; `value` is what the user may see of it."""

    account: Any
    value: int | None
    move: int | None
    points: tuple[int, ...] | None
    members: int | None = None
    cadence: int | None = None  # contact at least every so many days
    wallet: float | None = None  # our part of what the customer buys, as a fraction
    closes_a: bool = False  # the last of class A in a list by rank

    @property
    def rank(self) -> str:
        """Return the rank as written; nothing for an account without one."""
        return "" if self.account.rank is None else str(self.account.rank)

    @property
    def owner(self) -> Named | None:
        """Return the account manager as an avatar shows one."""
        owner = self.account.owner
        return Named(owner.pk, owner.name) if owner else None

    @property
    def wallet_percent(self) -> int | None:
        """Return the wallet share in whole per cent."""
        return None if self.wallet is None else round(100 * self.wallet)

    @property
    def days(self) -> int | None:
        """Return how many days ago the last contact was."""
        last = self.account.last_contact_on
        return None if last is None else days_since(last)

    @property
    def cadence_low(self) -> int:
        """Return from which day on the time is running out."""
        return (self.cadence or 0) * 7 // 10

    @property
    def step_late(self) -> int:
        """Return how many days the next step is late; 0 on the day itself, negative before."""
        return days_since(self.account.step_due)


def figures(user, run, scope: str) -> QuerySet:
    """Return the accounts a user sees, with the columns that filters and orders may use."""
    accounts = ranking.with_rank(Account.objects.visible_to(user), run, scope=scope)
    if scope == Ranking.Scope.GROUP:
        accounts = accounts.filter(place__isnull=False)
    return with_risk(accounts, run)


def page_ids(accounts: QuerySet, order: str, start: int, total: int | None) -> list[int]:
    """Return the ids from `start` on: a page, and one more that says whether there is another.

    total  how many there are, None beyond what was counted
    Accounts without the column that sorts come last, by name, in either direction.
    """
    stop = start + PAGE + 1
    if order in NAMES:
        return list(accounts.order_by(*NAMES[order]).values_list("pk", flat=True)[start:stop])
    by = ORDERS[order]
    column = by.removeprefix("-")
    known = accounts.filter(**KNOWN[column])
    # Two queries rather than NULLS LAST, which no index serves.
    tie = [] if column == "place" else ["pk"]  # places have no ties
    ids = list(known.order_by(by, *tie).values_list("pk", flat=True)[start:stop])
    wanted = PAGE + 1 if total is None else min(PAGE + 1, total - start)
    if len(ids) < wanted:
        skipped = max(0, start - known.count()) if not ids else 0
        rest = accounts.filter(**{f"{column}__isnull": True}).order_by("name", "pk")
        more = wanted - len(ids)
        ids += rest.values_list("pk", flat=True)[skipped : skipped + more]
    return ids


def rows(ids: list[int], user, run, earlier, cadences: dict[str, int]) -> list[Row]:
    """Return what the list shows of these accounts, in their order."""
    step = NextStep.objects.filter(account=OuterRef("pk"), state=NextStep.State.OPEN)
    first_step = step.order_by("due", "pk")
    accounts = with_risk(
        ranking.with_movement(ranking.with_rank(Account.objects.filter(pk__in=ids), run), earlier),
        run,
    ).annotate(
        # Only of a group the user may see: names do not leak.
        group_name=Subquery(
            Account.objects.visible_to(user).filter(pk=OuterRef("parent")).values("name")[:1]
        ),
        potential=Subquery(potential_of(run).values("amount")[:1]),
        step_what=Subquery(first_step.values("what")[:1]),
        step_due=Subquery(first_step.values("due")[:1]),
        is_overdue=Case(
            When(overdue(cadences), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
    )
    years = trade.by_month(ids, run.as_of, run.measure) if run else {}
    found = {}
    for account in accounts.select_related("owner").only(*COLUMNS):
        year = years.get(account.pk)
        found[account.pk] = Row(
            account,
            account.value,
            move(account),
            points=tuple(year.values) if year else None,
            cadence=cadences.get(account.tier),
            wallet=year.revenue / account.potential if year and account.potential else None,
        )
    return _in_order(ids, found)


def potential_of(run) -> QuerySet[PurchasePotential]:
    """Return what an outer account could buy per year, as known on the run's date, latest first."""
    rows = PurchasePotential.objects.filter(account=OuterRef("pk")).order_by("-date", "-pk")
    return rows.filter(date__lte=run.as_of) if run else rows


def group_rows(ids: list[int], user, run, earlier, _cadences) -> list[Row]:
    """Return what the list shows of these groups: their own place, and the value a user sees."""
    accounts = ranking.with_movement(
        ranking.with_rank(Account.objects.filter(pk__in=ids), run, scope="group"),
        earlier,
        scope="group",
    )
    members = dict(
        Ranking.objects.of_run(run.pk)
        .visible_to(user)
        .filter(top__in=ids)
        .values_list("account", "top")
    )
    shown = dict(
        ranking.shown_rankings(run, user, scope="group")
        .filter(account__in=ids)
        .values_list("account", "shown_value")
    )
    months: dict[int, list[int]] = {}
    for member, year in trade.by_month(members, run.as_of, run.measure).items():
        sums = months.setdefault(members[member], [0] * trade.MONTHS)
        months[members[member]] = [a + b for a, b in zip(sums, year.values, strict=True)]
    tops = list(members.values())
    return _in_order(
        ids,
        {
            account.pk: Row(
                account,
                shown.get(account.pk),
                move(account),
                tuple(months.get(account.pk, ())),
                members=tops.count(account.pk),
            )
            for account in accounts.select_related("owner").only(*COLUMNS)
        },
    )


def mark_cut(shown: list[Row], following: Row | None) -> None:
    """Mark the row after which, in a list by rank, class A ends."""
    for row, after in itertools.pairwise([*shown, following]):
        if row and after and row.account.value_class == Ranking.Class.A:
            row.closes_a = after.account.value_class != Ranking.Class.A


def move(account) -> int | None:
    """Return by how many ranks an account climbed, None with nothing to compare."""
    if account.rank is None or account.rank_before is None:
        return None
    return account.rank_before - account.rank


def _in_order(ids: list[int], found: dict[int, Row]) -> list[Row]:
    return [found[pk] for pk in ids if pk in found]
