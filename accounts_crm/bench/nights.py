"""The two steps of the nightly run, beside what the bare database takes for the same rows."""

import datetime as dt

import numpy as np
from django.db import connection, transaction

from accounts_crm import nightly
from accounts_crm.bench.figures import Figure, best_of, seconds
from accounts_crm.models import NightlyRun
from churn import scoring
from customers import ranking
from customers.calendar import window_start
from customers.models import Account, OrderLine
from customers.sql import drop, run

BY_HAND = ("bench_sums", "bench_accounts", "bench_groups")
FETCHED = 50_000


def measure(times: int) -> list[Figure]:
    """Return the figures of ranking and risk, as of the default date."""
    as_of = nightly.default_date()
    size = f"{Account.objects.count():,} accounts, {OrderLine.objects.count():,} lines"
    rank, by_hand, risk, read = best_of(
        times,
        lambda: _steps(as_of)[0],
        lambda: seconds(lambda: rank_by_hand(as_of)),
        lambda: _steps(as_of)[1],
        lambda: seconds(lambda: read_bare(as_of)),
    )
    return [
        Figure("ranking, both scopes", size, "s", rank, by_hand, "the SQL typed by hand", "≤ 1.5"),
        Figure("risk step", size, "s", risk, read, "its order lines read into numpy"),
    ]


def _steps(as_of: dt.date) -> tuple[float, float]:
    """Return the seconds of the rank and the risk step of a real run, which is then undone."""
    with transaction.atomic():
        attempt = nightly.begin(as_of, trigger=NightlyRun.Trigger.COMMAND)
        attempt.begin_step("rank")
        rank = seconds(lambda: ranking.compute(attempt))
        attempt.begin_step("risk")
        risk = seconds(lambda: scoring.compute(attempt))
        transaction.set_rollback(True)
    return rank, risk


def rank_by_hand(as_of: dt.date) -> None:
    """Rank accounts and groups as one would who types SQL into the database's own prompt."""
    drop(BY_HAND)
    first = window_start(as_of, 12)
    run(
        """
        CREATE TEMP TABLE bench_sums AS
        SELECT account_id, SUM(CASE WHEN date >= %s THEN revenue - cost ELSE 0 END) AS value
          FROM customers_orderline WHERE date <= %s GROUP BY account_id
        """,
        [first.isoformat(), as_of.isoformat()],
    )
    own = "SELECT account_id AS id, COALESCE(value, 0) AS value FROM bench_sums"
    whole = """
        SELECT walk.top_id AS id, SUM(COALESCE(value, 0)) AS value
          FROM bench_sums JOIN walk ON walk.id = bench_sums.account_id GROUP BY walk.top_id
    """
    for table, values in (("bench_accounts", own), ("bench_groups", whole)):
        run(
            f"""
            CREATE TEMP TABLE {table} AS
            WITH RECURSIVE walk(id, top_id) AS (
                SELECT id, id FROM customers_account WHERE parent_id IS NULL
                UNION ALL
                SELECT child.id, walk.top_id
                  FROM customers_account child JOIN walk ON child.parent_id = walk.id
            ), listed AS (
                SELECT v.id, v.value, RANK() OVER (ORDER BY v.value DESC) AS rank,
                       SUM(CASE WHEN v.value > 0 THEN v.value ELSE 0 END)
                           OVER (ORDER BY v.value DESC, a.code ROWS UNBOUNDED PRECEDING) AS running,
                       SUM(CASE WHEN v.value > 0 THEN v.value ELSE 0 END) OVER () AS base
                  FROM ({values}) v JOIN customers_account a ON a.id = v.id
            )
            SELECT id, rank, value, running,
                   CASE WHEN value <= 0 THEN 'N'
                        WHEN 5 * (running - value) < 4 * base THEN 'A'
                        WHEN 20 * (running - value) < 19 * base THEN 'B'
                        ELSE 'C' END AS class
              FROM listed
            """
        )


def read_bare(as_of: dt.date) -> int:
    """Read account, day and revenue of all lines up to a day into arrays; return their number."""
    day = "date - DATE '2000-01-01'" if connection.vendor == "postgresql" else "julianday(date)"
    parts = []
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT account_id, {day}, revenue_minor FROM customers_orderline WHERE date <= %s",
            [as_of.isoformat()],
        )
        while lines := cursor.fetchmany(FETCHED):
            parts.append(np.array(lines, dtype=np.int64))
    return len(np.concatenate(parts)) if parts else 0
