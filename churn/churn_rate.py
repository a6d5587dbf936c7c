"""The churn rate of the year up to a day, and NPS, by class, tier and region.

Churn rate of a period = accounts active at its start that in it were recorded lost, or passed
ACTIVE_DAYS without a purchase, divided by the accounts active at its start; beside it the same by
their 12-month value at the start. Wins back are not netted. The class is that of the start, by the
same values; tier and region are today's. A purchase is as in churn.purchases.
Source: the design, section 7.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from customers.calendar import window_start
from customers.ranking.computing import CLASS_A, CLASS_B, code_order

PERIOD_DAYS = 365
VALUES = {"revenue": "revenue", "margin": "revenue - cost"}


@dataclass(frozen=True)
class Cell:
    """The accounts of one class, tier and region; values in minor units of the reporting currency.

    active, value          at the start of the period: how many, what they were worth
    lost, value_lost       of them, those that were lost in it
    answers                accounts with a score of satisfaction in the period; by their latest
    promoters, detractors  9 or 10, and 0 to 6
    """

    value_class: str
    tier: str
    region: int | None
    active: int = 0
    value: int = 0
    lost: int = 0
    value_lost: int = 0
    answers: int = 0
    promoters: int = 0
    detractors: int = 0


def cells(as_of: dt.date, *, measure: str, run_id: int) -> list[Cell]:
    """Return churn over the year up to a day, and the answers of that year, in sets.

    measure  of values: revenue or margin
    run_id   of the run whose classes the answers are told by
    """
    return [*_churn(as_of, measure), *_answers(as_of, run_id)]


def _churn(as_of: dt.date, measure: str) -> Iterable[Cell]:
    start = as_of - dt.timedelta(days=PERIOD_DAYS)
    params = {
        "start": start.isoformat(),
        "end": as_of.isoformat(),
        "active_from": (start - dt.timedelta(days=settings.ACTIVE_DAYS - 1)).isoformat(),
        "window": window_start(start, 12).isoformat(),
        "days": settings.ACTIVE_DAYS,
        "a": CLASS_A.numerator,
        "b": CLASS_B.numerator,
        "a_of": CLASS_A.denominator,
        "b_of": CLASS_B.denominator,
    }
    # One pass by account: PostgreSQL takes grouped rows for few, and would join them row by row.
    sql = f"""
        WITH bought AS (
            SELECT account_id, CASE WHEN SUM(revenue_minor) > 0 THEN MIN(date) END AS day,
                   SUM(CASE WHEN date >= %(window)s AND date <= %(start)s
                            THEN {VALUES[measure]} END) AS value
              FROM customers_orderline
             WHERE date <= %(end)s
             GROUP BY account_id, source, order_id
        ), trade AS (
            SELECT account_id,
                   MAX(CASE WHEN day <= %(start)s THEN day END) AS last,
                   MIN(CASE WHEN day > %(start)s THEN day END) AS following,
                   CASE WHEN SUM(value) > 0 THEN CAST(SUM(value) AS BIGINT) ELSE 0 END AS value
              FROM bought GROUP BY account_id
        ), listed AS (
            SELECT trade.*, account.tier, account.region_id,
                   SUM(value) OVER (ORDER BY value DESC, {code_order("account.code")}
                                    ROWS UNBOUNDED PRECEDING) - value AS above,
                   SUM(value) OVER () AS base
              FROM trade JOIN customers_account account ON account.id = trade.account_id
        ), active AS (
            SELECT value, tier, region_id,
                   CASE WHEN value = 0 THEN 'N'
                        WHEN above * %(a_of)s < base * %(a)s THEN 'A'
                        WHEN above * %(b_of)s < base * %(b)s THEN 'B'
                        ELSE 'C' END AS value_class,
                   CASE WHEN {_later("last")} <= %(end)s
                             AND (following IS NULL OR following > {_later("last")})
                          OR EXISTS (SELECT 1 FROM churn_defection defection
                                      WHERE defection.account_id = listed.account_id
                                        AND defection.date > %(start)s
                                        AND defection.date <= %(end)s)
                        THEN 1 ELSE 0 END AS lost
              FROM listed
             WHERE last >= %(active_from)s
        )
        SELECT value_class, tier, region_id, COUNT(*), SUM(value), SUM(lost), SUM(value * lost)
          FROM active
         GROUP BY value_class, tier, region_id
         ORDER BY value_class, tier, region_id
    """
    for value_class, tier, region, *figures in _run(sql, params):
        active, value, lost, value_lost = map(int, figures)
        yield Cell(value_class, tier, region, active, value, lost, value_lost)


def _answers(as_of: dt.date, run_id: int) -> Iterable[Cell]:
    sql = """
        WITH latest AS (
            SELECT account_id, score,
                   ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY date DESC, id DESC) AS place
              FROM customers_satisfactionscore
             WHERE date > %(start)s AND date <= %(end)s
        )
        SELECT COALESCE(ranking.value_class, 'N'), tier, region_id, COUNT(*),
               SUM(CASE WHEN score >= 9 THEN 1 ELSE 0 END),
               SUM(CASE WHEN score <= 6 THEN 1 ELSE 0 END)
          FROM latest
          JOIN customers_account account ON account.id = latest.account_id
          LEFT JOIN customers_ranking ranking ON ranking.account_id = latest.account_id
               AND ranking.run_id = %(run)s AND ranking.scope = 'account'
         WHERE place = 1
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """
    start = as_of - dt.timedelta(days=PERIOD_DAYS)
    params = {"start": start.isoformat(), "end": as_of.isoformat(), "run": run_id}
    for value_class, tier, region, *figures in _run(sql, params):
        answers, promoters, detractors = map(int, figures)
        yield Cell(
            value_class,
            tier,
            region,
            answers=answers,
            promoters=promoters,
            detractors=detractors,
        )


def _later(day: str) -> str:
    """Return SQL for the day on which an account has passed ACTIVE_DAYS since a purchase."""
    if connection.vendor == "postgresql":
        return f"({day} + %(days)s)"
    return f"date({day}, '+' || %(days)s || ' days')"


def _run(sql: str, params: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
