"""What the shown accounts are worth together, and how much of it class A carries."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from customers import access, ranking
from customers.models import Ranking


@dataclass(frozen=True)
class Totals:
    """Totals over the whole company, or else over what the user sees.

    total  sum of all values, minor units of the run's currency
    in_a   number of accounts of class A
    carry  the fraction of the positive value that class A carries, None without any
    """

    whole: bool
    total: int
    accounts: int
    in_a: int
    carry: float | None


def totals(run, user, scope: str) -> Totals:
    """Return the totals that a user may see of a run."""
    if access.sees_all(user):
        facts = run.facts["ranking"][scope]
        in_a = facts["classes"]["A"]
        # Class A is the head of the list, so its last row carries the sum.
        carried = (
            Ranking.objects.of_run(run.pk, scope)
            .filter(position=in_a)
            .values_list("cumulative", flat=True)
            .first()
        )
        accounts = facts["positive"] + facts["others"]
        return Totals(True, facts["total"], accounts, in_a, _part(carried, facts["base"]))
    is_a = Q(value_class=Ranking.Class.A)
    sums = ranking.shown_rankings(run, user, scope=scope).aggregate(
        total=Sum("shown_value"),
        accounts=Count("pk"),
        in_a=Count("pk", filter=is_a),
        carried=Sum("shown_value", filter=is_a & Q(shown_value__gt=0)),
        base=Sum("shown_value", filter=Q(shown_value__gt=0)),
    )
    return Totals(
        False,
        int(sums["total"] or 0),
        sums["accounts"],
        sums["in_a"],
        _part(sums["carried"], sums["base"]),
    )


def _part(carried: int | None, base: int | None) -> float | None:
    return int(carried or 0) / int(base) if base else None
