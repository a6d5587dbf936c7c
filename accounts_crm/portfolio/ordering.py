"""In which order the list stands: one column or several, as the address says.

sort=-risk,value     risk from the highest down, equal ones by value from the lowest up
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, QuerySet, Subquery, Value, When

from accounts_crm.portfolio import conditions
from customers.models import Account, Stage
from customers.wallet import with_wallet
from lifecycle.queries import with_supported
from lifecycle.stages import TRACK

MOST = 4  # columns one after the other


@dataclass(frozen=True)
class Order:
    """What one name of an order stands for.

    column   what the database sorts by
    turned   the column runs the other way round: the highest value has place 1
    first    the direction that a click on the head asks for
    known    condition of the accounts that have the column, where an index serves it. A
             comparison, if one serves: unlike IS NOT NULL it lets SQLite walk the outer-joined
             table by its index
    computed whether it exists only with a published night
    prepare  brings the column along where it is none of the account's own
    """

    column: str
    turned: bool = False
    first: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    computed: bool = False
    prepare: Callable[[QuerySet, Any], QuerySet] | None = None


def _in_turn(column: str, choices) -> Case:
    return Case(
        *(When(**{column: value}, then=Value(n)) for n, value in enumerate(choices)),
        default=Value(len(choices)),
    )


def _with_stage(accounts: QuerySet, _run) -> QuerySet:
    return accounts.annotate(stage_turn=_in_turn("stage", list(Stage)))


def _with_supported(accounts: QuerySet, run) -> QuerySet:
    return with_supported(accounts, run).annotate(supported_turn=_in_turn("supported", TRACK))


def _with_status(accounts: QuerySet, _run) -> QuerySet:
    return accounts.annotate(status_turn=_in_turn("status", list(Account.Status)))


def _with_step(accounts: QuerySet, _run) -> QuerySet:
    return accounts.annotate(first_due=Subquery(conditions.open_steps().values("due")[:1]))


def _with_wallet(accounts: QuerySet, run) -> QuerySet:
    return with_wallet(accounts, run.as_of)


PLACED: dict[str, Any] = {"place__gt": 0}
ORDERS: dict[str, Order] = {
    "rank": Order("place", known=PLACED, computed=True),
    "name": Order("name"),
    "value": Order("place", turned=True, first="-", known=PLACED, computed=True),
    "risk": Order("risk_score", first="-", known={"risk_score__gte": 0}, computed=True),
    "stake": Order("risk_at_stake", first="-", known={"risk_at_stake__gte": 0}, computed=True),
    "contact": Order("last_contact_on", known={"last_contact_on__isnull": False}),
    # In the alphabet too the closest tier comes last.
    "tier": Order("tier", first="-"),
    "stage": Order("stage_turn", prepare=_with_stage),
    "supported": Order("supported_turn", computed=True, prepare=_with_supported),
    "status": Order("status_turn", prepare=_with_status),
    "wallet": Order("wallet_share", computed=True, prepare=_with_wallet),
    "step": Order("first_due", prepare=_with_step),
    "owner": Order("owner__name"),
    "region": Order("region__name"),
    "industry": Order("industry"),
    "code": Order("code"),
}


def read(typed: str, run, usual: str = "rank") -> tuple[str, ...]:
    """Return the terms of an order as typed, without what means nothing or repeats a column."""
    terms: dict[str, str] = {}
    for term in typed[:200].split(","):
        order = ORDERS.get(term.removeprefix("-"))
        if order and not (order.computed and run is None) and len(terms) < MOST:
            terms.setdefault(order.column, term)
    if terms:
        return tuple(terms.values())
    return (usual,) if run else ("name",)


def sorted_by(accounts: QuerySet, terms: tuple[str, ...], run) -> QuerySet:
    """Return accounts in an order; those without a column come last in either direction."""
    by = []
    for term in terms:
        order = ORDERS[term.removeprefix("-")]
        if order.prepare:
            accounts = order.prepare(accounts, run)
        down = term.startswith("-") != order.turned
        column = F(order.column)
        by.append(column.desc(nulls_last=True) if down else column.asc(nulls_last=True))
    return accounts.order_by(*by, "name", "pk")


def page_ids(
    accounts: QuerySet, terms: tuple[str, ...], run, start: int, size: int, total: int | None
) -> list[int]:
    """Return the ids from `start` on, `size` of them.

    total  how many there are, None beyond what was counted
    Accounts without the column that sorts come last, by name, in either direction.
    """
    stop = start + size
    order = ORDERS[terms[0].removeprefix("-")]
    if terms in (("name",), ("-name",)):
        down = terms[0].startswith("-")
        names = ("-name", "-pk") if down else ("name", "pk")
        return list(accounts.order_by(*names).values_list("pk", flat=True)[start:stop])
    if len(terms) > 1 or not order.known:
        found = sorted_by(accounts, terms, run)
        return list(found.values_list("pk", flat=True)[start:stop])
    down = terms[0].startswith("-") != order.turned
    known = accounts.filter(**order.known)
    # Two queries rather than NULLS LAST, which no index serves.
    tie = [] if order.column == "place" else ["pk"]  # places have no ties
    by = (f"-{order.column}" if down else order.column, *tie)
    ids = list(known.order_by(*by).values_list("pk", flat=True)[start:stop])
    wanted = size if total is None else min(size, total - start)
    if len(ids) < wanted:
        skipped = max(0, start - known.count()) if not ids else 0
        rest = accounts.filter(**{f"{order.column}__isnull": True}).order_by("name", "pk")
        more = wanted - len(ids)
        ids += rest.values_list("pk", flat=True)[skipped : skipped + more]
    return ids


@dataclass(frozen=True)
class Head:
    """How a column's head leads on: sorted by it alone, or by it besides the others.

    place  1 for the column that sorts first, 2 for the next; 0 where it does not sort
    """

    name: str
    sort: str
    also: str
    direction: str = ""
    place: int = 0

    @property
    def first(self) -> bool:
        """Say whether it is the column by which the list is sorted first."""
        return self.place == 1


def heads(terms: tuple[str, ...]) -> dict[str, Head]:
    """Return by the name of each order how the head of its column is drawn."""
    drawn = {}
    for name, order in ORDERS.items():
        first = f"{order.first}{name}"
        held = next((term for term in terms if term.removeprefix("-") == name), None)
        turned = "" if held is None else _turned(held)
        if held is None:
            also = [*terms, first]
        else:
            also = [turned if term == held else term for term in terms]
        drawn[name] = Head(
            name=name,
            sort=turned if held == first and len(terms) == 1 else first,
            also=",".join(also),
            direction="" if held is None else _direction(held),
            place=0 if held is None else terms.index(held) + 1,
        )
    return drawn


def _turned(term: str) -> str:
    return term[1:] if term.startswith("-") else f"-{term}"


def _direction(term: str) -> str:
    return "descending" if term.startswith("-") else "ascending"
