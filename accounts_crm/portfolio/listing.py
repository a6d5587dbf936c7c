"""Which accounts stand on a page of the list, and what a row shows.

First the ids of the page, by what sorts it (see ordering), then everything about these few; so a
page costs the same however many accounts there are.
"""

import itertools
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, OuterRef, QuerySet, Subquery, Value, When
from django.utils.safestring import SafeString, mark_safe

from accounts_crm.portfolio import columns
from accounts_crm.portfolio.conditions import flagged, open_steps, overdue
from churn.queries import with_risk
from customers import ranking, trade
from customers.figures import days_since
from customers.models import Account, Ranking
from customers.parts import Named
from customers.wallet import potential_of
from lifecycle.queries import with_supported

PAGE = 50
# What a row is drawn from; the rest of the columns stays where it is.
FIELDS = (
    "code",
    "name",
    "other_name",
    "status",
    "tier",
    "stage",
    "industry",
    "channel",
    "position",
    "city",
    "last_contact_on",
    "owner__name",
)


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
    cells: SafeString = columns.NOTHING  # as drawn

    @property
    def rank(self) -> str:
        """Return the rank as written; nothing for an account without one."""
        return "" if self.account.rank is None else str(self.account.rank)

    @property
    def region(self) -> str:
        """Return the name of the account's region, "" for none."""
        return self.account.region.name if self.account.region else ""

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


def rows(
    ids: list[int],
    user,
    run,
    earlier,
    cadences: dict[str, int],
    shown: Collection[str] = columns.USUAL,
) -> list[Row]:
    """Return what the list shows of these accounts, in their order.

    shown  the names of the columns: what none of them shows is not asked for
    """
    accounts = with_risk(
        ranking.with_movement(ranking.with_rank(Account.objects.filter(pk__in=ids), run), earlier),
        run,
    ).annotate(
        # Only of a group the user may see: names do not leak.
        group_name=Subquery(
            Account.objects.visible_to(user).filter(pk=OuterRef("parent")).values("name")[:1]
        ),
        is_overdue=Case(
            When(overdue(cadences), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
    )
    related, fields = ["owner"], [*FIELDS]
    if "wallet" in shown:
        accounts = accounts.annotate(
            potential=Subquery(potential_of(run and run.as_of).values("amount")[:1])
        )
    if "step" in shown:
        first = open_steps()
        accounts = accounts.annotate(
            step_what=Subquery(first.values("what")[:1]), step_due=Subquery(first.values("due")[:1])
        )
    if "supported" in shown:
        accounts = with_supported(accounts, run)
    if "flag" in shown:
        accounts = accounts.annotate(is_flagged=flagged())
    if "region" in shown:
        related.append("region")
        fields.append("region__name")
    traded = run and ("value" in shown or "wallet" in shown)
    years = trade.by_month(ids, run.as_of, run.measure) if traded else {}
    found = {}
    for account in accounts.select_related(*related).only(*fields):
        year = years.get(account.pk)
        potential = getattr(account, "potential", None)
        found[account.pk] = Row(
            account,
            account.value,
            move(account),
            points=year.points if year else None,
            cadence=cadences.get(account.tier),
            wallet=_wallet(year, potential) if run else None,
        )
    return _in_order(ids, found)


def _wallet(year: trade.Year | None, potential: int | None) -> float | None:
    return (year or trade.Year([])).wallet(potential)


def group_rows(ids: list[int], user, run, earlier, _cadences, _shown=()) -> list[Row]:
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
        if year.points is None:
            continue
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
            for account in accounts.select_related("owner").only(*FIELDS)
        },
    )


def draw(shown: list[Row], chosen: list[columns.Column], look: columns.Look) -> None:
    """Draw the cells of some rows."""
    for row in shown:
        row.cells = mark_safe("".join(column.draw(row, look) for column in chosen))


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
