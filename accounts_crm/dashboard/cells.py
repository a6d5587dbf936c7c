"""The accounts counted and summed by tier, class, stage and risk: one pass over all of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from accounts_crm.dashboard.scope import Scope
from lifecycle.queries import Evidence, evidence_is, with_supported

FIELDS = ("tier", "stage", "value_class", "risk_level")


@dataclass(frozen=True)
class Cell:
    """Accounts alike in tier, stage, class and risk; amounts in minor units of the run.

    positive  sum of the values above zero, of which shares are taken
    apart     accounts whose evidence supports another stage
    """

    tier: str
    stage: str
    value_class: str | None
    risk_level: str | None
    count: int
    value: int
    positive: int
    apart: int


@dataclass(frozen=True)
class Sums:
    """Cells added up."""

    count: int
    value: int
    positive: int
    apart: int


def cells(scope: Scope) -> list[Cell]:
    """Return the cells of the accounts meant."""
    rows = (
        with_supported(scope.ranked(), scope.run)
        .values_list(*FIELDS)
        .annotate(
            count=Count("pk"),
            total=Sum("value"),
            positive=Sum("value", filter=Q(value__gt=0)),
            apart=Count("pk", filter=evidence_is(Evidence.DISAGREES)),
        )
    )
    return [
        Cell(tier, stage, value_class, level, count, value or 0, positive or 0, apart)
        for tier, stage, value_class, level, count, value, positive, apart in rows
    ]


def add_up(cells: Iterable[Cell], **wanted: str) -> Sums:
    """Return the sums over the cells that are as wanted: value_class="A", tier="partner"."""
    picked = [
        cell for cell in cells if all(getattr(cell, name) == it for name, it in wanted.items())
    ]
    return Sums(
        count=sum(cell.count for cell in picked),
        value=sum(cell.value for cell in picked),
        positive=sum(cell.positive for cell in picked),
        apart=sum(cell.apart for cell in picked),
    )


def ranked(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells of the accounts that have a rank."""
    return [cell for cell in cells if cell.value_class is not None]


def change(now: int, before: int) -> float | None:
    """Return by what fraction a sum grew; None where there is nothing to compare with."""
    return (now - before) / before if before > 0 else None


def share(part: int, whole: int) -> float | None:
    """Return a part as a fraction, None of nothing."""
    return part / whole if whole else None
