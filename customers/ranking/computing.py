"""The 80/20 value ranking: order lines in, one ranked row per account and per group out.

Everything is computed from one TEMP table of sums per account, hence from one snapshot of the
order lines, outside any transaction; only the finished rows are inserted, in short ones.
"""

import datetime as dt
from contextlib import contextmanager
from fractions import Fraction

from django.conf import settings
from django.db import connection

from customers.calendar import window_start
from customers.exports import decimals
from customers.models import Ranking

# A run is by margin where the lines with a cost carry at least this share of the revenue.
COST_COVERAGE = Fraction(95, 100)
# An account is A while less than this share of the value stands above it; then B, then C.
CLASS_A = Fraction(80, 100)
CLASS_B = Fraction(95, 100)


def compute(attempt) -> int:
    """Rank all accounts and groups as of the attempt's date; return the number of rows.

    Facts about the ranking are kept on the run under "ranking".
    """
    run, months = attempt.run, settings.RANKING_WINDOW_MONTHS
    first = window_start(attempt.as_of, months)
    with _scratch("keel_sums", "keel_value", "keel_ranked"):
        _sum_lines(attempt.as_of, first)
        facts = _measure_facts()
        _values(facts["measure"])
        rows = 0
        for done, scope in enumerate(Ranking.Scope.values, 1):
            base = _base(scope)
            _rank(scope, base)
            facts[scope] = _distribution(base)
            with attempt.writing():
                rows += _insert(run.pk, scope)
            attempt.progress(done, len(Ranking.Scope.values))
    if facts["unrated_lines"]:
        facts["unrated"] = _unrated(attempt.as_of, first)
    attempt.state_facts(
        "ranking", {**facts, "first": first.isoformat(), "last": attempt.as_of.isoformat()}
    )
    attempt.describe(
        measure=facts["measure"], window_months=months, currency=settings.REPORTING_CURRENCY
    )
    return rows


def code_order(column: str) -> str:
    """Return SQL that orders a text column by code points, as SQLite always does."""
    return f'{column} COLLATE "C"' if connection.vendor == "postgresql" else column


def _sum_lines(as_of: dt.date, first: dt.date) -> None:
    """Sum each account's lines dated up to `as_of`; the window begins at `first`."""
    _run(
        """
        CREATE TEMP TABLE keel_sums AS
        SELECT account_id,
               SUM(CASE WHEN date >= %(first)s THEN revenue ELSE 0 END) AS revenue,
               SUM(CASE WHEN date >= %(first)s AND cost IS NOT NULL
                        THEN revenue - cost ELSE 0 END) AS margin,
               SUM(CASE WHEN date >= %(first)s THEN ABS(revenue) ELSE 0 END) AS volume,
               SUM(CASE WHEN date >= %(first)s AND cost IS NOT NULL
                        THEN ABS(revenue) ELSE 0 END) AS costed_volume,
               SUM(CASE WHEN date >= %(first)s AND cost IS NULL AND revenue IS NOT NULL
                        THEN 1 ELSE 0 END) AS uncosted_lines,
               SUM(CASE WHEN date >= %(first)s AND cost IS NULL
                        THEN revenue ELSE 0 END) AS uncosted_revenue,
               SUM(CASE WHEN date >= %(first)s AND revenue IS NULL
                        THEN 1 ELSE 0 END) AS unrated_lines
          FROM customers_orderline
         WHERE date <= %(as_of)s
         GROUP BY account_id
        """,
        {"first": first.isoformat(), "as_of": as_of.isoformat()},
    )


def _measure_facts() -> dict:
    """Choose the run's measure, and state what it rests on."""
    (volume, costed, uncosted_lines, uncosted_revenue, unrated), *_rest = _run(
        """
        SELECT COALESCE(SUM(volume), 0), COALESCE(SUM(costed_volume), 0),
               COALESCE(SUM(uncosted_lines), 0), COALESCE(SUM(uncosted_revenue), 0),
               COALESCE(SUM(unrated_lines), 0)
          FROM keel_sums
        """
    )
    by_margin = volume and Fraction(int(costed), int(volume)) >= COST_COVERAGE
    return {
        "measure": "margin" if by_margin else "revenue",
        "volume": int(volume),
        "costed_volume": int(costed),
        # In a margin run these lines are left out of value.
        "uncosted_lines": int(uncosted_lines),
        "uncosted_revenue": int(uncosted_revenue),
        # In every run these are left out of value, never counted at 1:1.
        "unrated_lines": int(unrated),
    }


def _values(measure: str) -> None:
    """Give each account its value and the top of its group."""
    _run(
        f"""
        CREATE TEMP TABLE keel_value AS
        WITH RECURSIVE walk(id, top_id) AS (
            SELECT id, id FROM customers_account WHERE parent_id IS NULL
            UNION ALL
            SELECT child.id, walk.top_id
              FROM customers_account child JOIN walk ON child.parent_id = walk.id
        )
        SELECT sums.account_id, COALESCE(walk.top_id, sums.account_id) AS top_id,
               CAST(COALESCE(sums.{measure}, 0) AS BIGINT) AS value
          FROM keel_sums sums LEFT JOIN walk ON walk.id = sums.account_id
        """
    )


def _scope_values(scope: str) -> str:
    if scope == Ranking.Scope.ACCOUNT:
        return "SELECT account_id, top_id, value FROM keel_value"
    return (
        "SELECT top_id AS account_id, top_id, CAST(SUM(value) AS BIGINT) AS value "
        "FROM keel_value GROUP BY top_id"
    )


def _base(scope: str) -> int:
    """Return the sum of the positive values, of which shares are taken."""
    ((base,),) = _run(
        f"SELECT COALESCE(SUM(value), 0) FROM ({_scope_values(scope)}) v WHERE value > 0"
    )
    return int(base)


def _rank(scope: str, base: int) -> None:
    """Rank by value, equal values sharing a rank and listed by code, and give the classes."""
    _run("DROP TABLE IF EXISTS keel_ranked")
    _run(
        f"""
        CREATE TEMP TABLE keel_ranked AS
        SELECT account_id, top_id, position, rank, value,
               CASE WHEN value > 0 THEN cumulative END AS cumulative,
               CASE WHEN value <= 0 THEN 'N'
                    WHEN cumulative - value < %(a)s THEN 'A'
                    WHEN cumulative - value < %(b)s THEN 'B'
                    ELSE 'C' END AS value_class
          FROM (
            SELECT v.account_id, v.top_id, v.value,
                   ROW_NUMBER() OVER listed AS position,
                   RANK() OVER (ORDER BY v.value DESC) AS rank,
                   CAST(SUM(CASE WHEN v.value > 0 THEN v.value ELSE 0 END) OVER (
                       ORDER BY v.value DESC, {code_order("account.code")}
                       ROWS UNBOUNDED PRECEDING) AS BIGINT) AS cumulative
              FROM ({_scope_values(scope)}) v
              JOIN customers_account account ON account.id = v.account_id
            WINDOW listed AS (ORDER BY v.value DESC, {code_order("account.code")})
          ) listed
        """,
        # before < share × base, in whole minor units: a bound rounded up, no multiplication
        # that could leave 64 bits.
        {"a": _ceil(CLASS_A * base), "b": _ceil(CLASS_B * base)},
    )


def _insert(run_id: int, scope: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO customers_ranking
                   (run_id, scope, account_id, top_id, position, rank, value, cumulative,
                    value_class)
            SELECT %s, %s, account_id, top_id, position, rank, value, cumulative, value_class
              FROM keel_ranked ORDER BY position
            """,
            [run_id, scope],
        )
        return cursor.rowcount


def _distribution(base: int) -> dict:
    """State how unevenly the value is spread over the accounts with positive value."""
    counts = dict.fromkeys("ABCN", 0)
    weighted = total = head = 0
    ((positive,),) = _run("SELECT COUNT(*) FROM keel_ranked WHERE value > 0")
    fifth = -(-positive // 5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, value, value_class FROM keel_ranked ORDER BY position")
        while rows := cursor.fetchmany(10_000):
            for position, value, value_class in rows:
                counts[value_class] += 1
                total += value
                if value > 0:
                    # Ascending index of this value, as the Gini coefficient wants it.
                    weighted += (positive - position + 1) * value
                    head += value if position <= fifth else 0
    if base:
        gini = Fraction(2 * weighted, positive * base) - Fraction(positive + 1, positive)
    return {
        "base": base,
        "total": total,
        "positive": positive,
        "others": counts["N"],
        "classes": counts,
        "share_in_a": decimals(counts["A"], positive) if positive else None,
        "top_fifth": fifth,
        "share_of_top_fifth": decimals(head, base) if base else None,
        "gini": decimals(*gini.as_integer_ratio()) if base else None,
    }


def _unrated(as_of: dt.date, first: dt.date) -> list[dict]:
    """Return the lines of the window without a rate, counted by month and currency."""
    month = (
        "to_char(date, 'YYYY-MM')" if connection.vendor == "postgresql" else "substr(date, 1, 7)"
    )
    rows = _run(
        f"""
        SELECT {month}, currency, COUNT(*), SUM(revenue_minor) FROM customers_orderline
         WHERE date BETWEEN %(first)s AND %(as_of)s AND revenue IS NULL
         GROUP BY 1, 2 ORDER BY 1, 2
        """,
        {"first": first.isoformat(), "as_of": as_of.isoformat()},
    )
    return [
        {"month": month, "currency": currency, "lines": lines, "revenue_minor": int(minor)}
        for month, currency, lines, minor in rows
    ]


def _ceil(fraction: Fraction) -> int:
    return -(-fraction.numerator // fraction.denominator)


def _run(sql: str, params: dict | None = None) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def _scratch(*tables: str):
    """Drop the TEMP tables before and after; a worker's connection lives for many runs."""
    try:
        for table in tables:
            _run(f"DROP TABLE IF EXISTS {table}")
        yield
    finally:
        if not connection.needs_rollback:
            for table in tables:
                _run(f"DROP TABLE IF EXISTS {table}")
