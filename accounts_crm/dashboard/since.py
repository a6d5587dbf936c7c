"""What was, and what moved, since the run that the dashboard compares with."""

from django.db.models import CharField, Count, Sum, Value

from accounts_crm.dashboard.scope import Scope
from customers.calendar import end_of
from customers.models import Ranking
from lifecycle.models import StageMove

VALUE = "value"


def since(scope: Scope) -> tuple[int, list[tuple[str, str, int]]]:
    """Return the value of the accounts meant in the earlier run, and (from, to, stage moves).

    The moves are those after the earlier run's date, up to the end of the run's own.
    """
    if scope.earlier is None:
        return 0, []
    meant = scope.accounts.order_by().values("pk")
    rankings = Ranking.objects.filter(run=scope.earlier.pk, scope=Ranking.Scope.ACCOUNT)
    if not scope.whole:
        rankings = rankings.filter(account__in=meant)
    moved = StageMove.objects.filter(
        at__gte=end_of(scope.earlier.as_of), at__lt=end_of(scope.run.as_of), account__in=meant
    )
    # Both in one round trip; the scope is the same for all rankings, so they make one sum.
    value = rankings.order_by().values("scope").annotate(count=Sum("value"))
    moves = moved.order_by().values("was", "to").annotate(count=Count("pk"))
    kind = Value(VALUE, output_field=CharField())
    rows = list(
        value.values_list(kind, "scope", "count").union(
            moves.values_list("was", "to", "count"), all=True
        )
    )
    before = sum(count or 0 for was, _to, count in rows if was == VALUE)
    return int(before), [(was, to, count) for was, to, count in rows if was != VALUE]
