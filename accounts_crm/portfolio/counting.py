"""How many accounts there are behind a filter, counted no further than anybody reads."""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

CAP = 10_000  # of the list itself
BADGE_CAP = 1_000  # of a quick view


def count_up_to(querysets: dict[str, tuple[QuerySet, int]]) -> dict[str, int]:
    """Count several lists in one round trip, each up to its cap plus one.

    querysets  name -> (accounts, cap)
    """
    parts, params = [], []
    for accounts, cap in querysets.values():
        sliced = accounts.order_by().values("pk")[: cap + 1]
        try:
            sql, values = sliced.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            sql, values = "SELECT 1 WHERE 1 = 0", ()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) counted)")
        params += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return dict(zip(querysets, cursor.fetchone(), strict=True))
