"""The steps of the nightly run, beside what the bare database takes for the same rows."""

import datetime as dt
from functools import partial

import numpy as np
from django.conf import settings
from django.db import connection

from accounts_crm import nightly
from accounts_crm.bench.figures import Cpu, Figure, Took, best_of
from accounts_crm.bench.twins import twin
from accounts_crm.bench.undone import undone
from accounts_crm.models import NightlyRun
from churn import scoring
from customers import ranking
from customers.calendar import window_start
from customers.models import Account, Interaction, OrderLine, Ranking
from customers.sql import drop, run
from lifecycle import assessing, facts
from teams.models import JointMeeting

FETCHED = 50_000


def measure(times: int) -> list[Figure]:
    """Return the figures of ranking, evidence and risk, as of the default date."""
    as_of, cpu = nightly.default_date(), Cpu()
    size = f"{Account.objects.count():,} accounts, {OrderLine.objects.count():,} lines"
    rank, evidence, risk, by_hand, passed, read = best_of(
        times,
        lambda: _steps(as_of, cpu),
        lambda: [_by_hand(as_of, cpu)],
        lambda: [_passed(as_of, cpu)],
        lambda: [cpu.took(lambda: read_bare(as_of))],
    )
    typed = "the SQL typed by hand, into a table with the same indexes"
    log = (
        f"{size}, {Interaction.objects.count():,} log entries, "
        f"{JointMeeting.objects.count():,} joint meetings"
    )
    once = "one SQL pass over the same tables, into a TEMP table"
    return [
        Figure("ranking, both scopes", size, rank, by_hand, typed, "≤ 1.5"),
        Figure("evidence step", log, evidence, passed, once, "≤ 60 s, ≤ 500 MB"),
        Figure("risk step", size, risk, read, "its order lines read into numpy"),
    ]


def _steps(as_of: dt.date, cpu: Cpu) -> list[Took]:
    """Return what the steps of a real run took, which is then undone."""
    took = []
    with undone():
        attempt = nightly.begin(as_of, trigger=NightlyRun.Trigger.COMMAND)
        for name, compute in (
            ("rank", ranking.compute),
            ("evidence", assessing.compute),
            ("risk", scoring.compute),
        ):
            attempt.begin_step(name)
            took.append(cpu.took(partial(compute, attempt)))
    return took


def _passed(as_of: dt.date, cpu: Cpu) -> Took:
    """Return what a bare pass over the facts of relationships took, which is then undone."""
    with undone():
        took = cpu.took(lambda: pass_once(as_of))
    return took


def pass_once(as_of: dt.date) -> None:
    """Read what evidence rests on once, and count it by account, into bench_evidence.

    Figures in the form that costs the database least; the rules of the gates are left out.
    """
    drop(["bench_evidence"])
    since = window_start(as_of, settings.RANKING_WINDOW_MONTHS).isoformat()
    reach = (as_of - dt.timedelta(days=facts.REACH)).isoformat()
    run(
        """
        CREATE TEMP TABLE bench_evidence AS
        SELECT a.id, bought.orders, bought.revenue, could.amount, met.functions, met.levels,
               met.ours, met.day AS met_on, joint.day AS joint_on, books.open
          FROM customers_account a
          LEFT JOIN (SELECT account_id, COUNT(DISTINCT order_id) AS orders,
                            SUM(revenue) AS revenue
                       FROM customers_orderline WHERE date BETWEEN %s AND %s
                      GROUP BY account_id) bought ON bought.account_id = a.id
          LEFT JOIN (SELECT account_id, MAX(amount) AS amount
                       FROM customers_purchasepotential WHERE date <= %s
                      GROUP BY account_id) could ON could.account_id = a.id
          LEFT JOIN (SELECT i.account_id, MAX(i.date) AS day,
                            COUNT(DISTINCT c.function) AS functions,
                            COUNT(DISTINCT c.level) AS levels, COUNT(DISTINCT u.function) AS ours
                       FROM customers_interaction i
                       JOIN customers_interaction_theirs t ON t.interaction_id = i.id
                       JOIN customers_contact c ON c.id = t.contact_id
                       JOIN customers_interaction_ours o ON o.interaction_id = i.id
                       JOIN teams_user u ON u.id = o.user_id
                      WHERE i.date > %s AND i.date <= %s AND i.kind NOT IN ('email', 'message')
                      GROUP BY i.account_id) met ON met.account_id = a.id
          LEFT JOIN (SELECT account_id, MAX(date) AS day
                       FROM teams_jointmeeting WHERE date <= %s
                      GROUP BY account_id) joint ON joint.account_id = a.id
          LEFT JOIN (SELECT account_id, COUNT(*) AS open
                       FROM lifecycle_openbook WHERE since <= %s
                      GROUP BY account_id) books ON books.account_id = a.id
        """,
        [since, *[as_of.isoformat()] * 2, reach, *[as_of.isoformat()] * 3],
    )


def _by_hand(as_of: dt.date, cpu: Cpu) -> Took:
    """Return what ranking by hand took, which is then undone."""
    with undone():
        run_id = NightlyRun.objects.order_by("pk").values_list("pk", flat=True).first() or 0
        twin(Ranking, "bench_ranking")
        took = cpu.took(lambda: rank_by_hand(as_of, run_id))
    return took


def rank_by_hand(as_of: dt.date, run_id: int) -> None:
    """Rank accounts and groups as one would who types SQL at the database's own prompt.

    Into bench_ranking, a twin of the rankings. The sums are those that the rules ask for, be it
    only to know whether margin or revenue is what counts.
    """
    drop(["bench_sums"])
    first = window_start(as_of, settings.RANKING_WINDOW_MONTHS).isoformat()
    run(
        """
        CREATE TEMP TABLE bench_sums AS
        SELECT account_id,
               SUM(CASE WHEN date >= %s THEN revenue ELSE 0 END) AS revenue,
               SUM(CASE WHEN date >= %s THEN revenue - cost ELSE 0 END) AS margin,
               SUM(CASE WHEN date >= %s THEN ABS(revenue) ELSE 0 END) AS volume,
               SUM(CASE WHEN date >= %s AND cost IS NOT NULL
                        THEN ABS(revenue) ELSE 0 END) AS costed
          FROM customers_orderline WHERE date <= %s GROUP BY account_id
        """,
        [first, first, first, first, as_of.isoformat()],
    )
    margin = "(SELECT 100 * SUM(costed) >= 95 * SUM(volume) FROM bench_sums)"
    for scope, of in (("account", "account_id"), ("group", "walk.top_id")):
        run(
            f"""
            INSERT INTO bench_ranking (run_id, scope, account_id, top_id, position, rank, value,
                                       cumulative, value_class)
            WITH RECURSIVE walk(id, top_id) AS (
                SELECT id, id FROM customers_account WHERE parent_id IS NULL
                UNION ALL
                SELECT child.id, walk.top_id
                  FROM customers_account child JOIN walk ON child.parent_id = walk.id
            ), v AS (
                SELECT {of} AS id, MIN(walk.top_id) AS top_id,
                       SUM(COALESCE(CASE WHEN {margin} THEN margin ELSE revenue END, 0)) AS value
                  FROM bench_sums JOIN walk ON walk.id = bench_sums.account_id GROUP BY {of}
            ), listed AS (
                SELECT v.id, v.top_id, v.value, ROW_NUMBER() OVER listed AS position,
                       RANK() OVER (ORDER BY v.value DESC) AS rank,
                       SUM(CASE WHEN v.value > 0 THEN v.value ELSE 0 END)
                           OVER (listed ROWS UNBOUNDED PRECEDING) AS running,
                       SUM(CASE WHEN v.value > 0 THEN v.value ELSE 0 END) OVER () AS base
                  FROM v JOIN customers_account a ON a.id = v.id
                WINDOW listed AS (ORDER BY v.value DESC, a.code)
            )
            SELECT %s, %s, id, top_id, position, rank, value,
                   CASE WHEN value > 0 THEN running END,
                   CASE WHEN value <= 0 THEN 'N'
                        WHEN 5 * (running - value) < 4 * base THEN 'A'
                        WHEN 20 * (running - value) < 19 * base THEN 'B'
                        ELSE 'C' END
              FROM listed ORDER BY position
            """,
            [run_id, scope],
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
