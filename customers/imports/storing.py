"""From the staging tables into the order lines: an order of the file replaces the stored one.

Lines that stay as they are are not written again, so that a file twice changes nothing at all.
"""

from customers.imports.report import Report
from customers.models import OrderLine
from customers.sql import figure, rows, run, unlike

TABLE = OrderLine._meta.db_table
_SAME = ("date product category quantity currency revenue_minor cost_minor revenue cost").split()
_IDENTITY = "t.source = %s AND t.order_id = l.order_id AND t.line_id = l.line_id"


class Moved(Exception):
    """What is stored changed between looking and writing; look again."""


def count(report: Report) -> bool:
    """State what will become of the file's lines and of those stored under their orders.

    Return whether any stored line has to give way or stand aside.
    """
    accepted, report.orders = rows(
        "SELECT COALESCE(SUM(lines), 0), COUNT(*) FROM staged_order WHERE fault = ''"
    )[0]
    accepted = int(accepted)
    standing = figure(
        f"""
        SELECT COUNT(*) FROM staged_order o
          JOIN {TABLE} t ON t.source = %s AND t.order_id = o.order_id WHERE o.fault = ''
        """,
        [report.source],
    )
    met = unchanged = 0
    if standing:
        met, unchanged = rows(
            f"""
            SELECT COUNT(*), COUNT(*) FILTER (WHERE NOT ({_differs("l", "a.account_id")}))
              FROM {_accepted(report)} JOIN {TABLE} t ON {_IDENTITY}
            """,
            [report.source],
        )[0]
    if met > unchanged or standing > met:
        report.moved_orders = figure(
            f"""
            SELECT COUNT(DISTINCT o.order_id) FROM staged_order o
              JOIN {TABLE} t ON t.source = %s AND t.order_id = o.order_id
              LEFT JOIN staged_account a ON a.code = o.customer
             WHERE o.fault = '' AND (a.account_id IS NULL OR a.account_id <> t.account_id)
            """,
            [report.source],
        )
    report.new = accepted - met
    report.unchanged = unchanged
    report.changed = met - unchanged
    report.removed = standing - met
    return bool(standing)


def _accepted(report: Report) -> str:
    """Return the lines that go in, with the account each belongs to."""
    lines = "staged_line l JOIN staged_account a ON a.code = l.customer"
    if not report.reasons:
        return lines
    return f"{lines} JOIN staged_order o ON o.order_id = l.order_id AND o.fault = ''"


def count_without_rate(report: Report) -> None:
    """State how many lines stay without an amount in the reporting currency, by month."""
    without: dict[tuple[str, str], int] = {}
    for currency, date, lines in rows(
        f"""
        SELECT l.currency, l.date, COUNT(*) FROM {_accepted(report)}
         WHERE l.revenue IS NULL GROUP BY l.currency, l.date ORDER BY l.currency, l.date
        """
    ):
        key = (currency, str(date)[:7])
        without[key] = without.get(key, 0) + lines
    report.without_rate = without


def store(report: Report, standing: bool) -> None:
    """Write what `count` has stated. Raises Moved if that is no longer so."""
    removed = written = 0
    if report.removed:
        removed = run(
            f"""
            DELETE FROM {TABLE} WHERE id IN (
                SELECT t.id FROM staged_order o
                  JOIN {TABLE} t ON t.source = %s AND t.order_id = o.order_id
                  LEFT JOIN staged_line l
                    ON l.order_id = t.order_id AND l.line_id = t.line_id AND l.mark = 0
                 WHERE o.fault = '' AND l.n IS NULL)
            """,
            [report.source],
        )
    if report.new + report.changed:
        written = _write(report, standing)
    if (removed, written) != (report.removed, report.new + report.changed):
        raise Moved


def _write(report: Report, standing: bool) -> int:
    """Add the new lines and overwrite the changed ones; return how many."""
    names = ["order_id", "line_id", *_SAME]
    params = [report.source]
    stored = only = conflict = ""
    if standing:
        params.append(report.source)
        stored = f"LEFT JOIN {TABLE} t ON {_IDENTITY}"
        only = f"AND (t.id IS NULL OR {_differs('l', 'a.account_id')})"
        updates = ", ".join(f"{name} = excluded.{name}" for name in ["account_id", *_SAME])
        conflict = f"ON CONFLICT (source, order_id, line_id) DO UPDATE SET {updates}"
    return run(
        f"""
        INSERT INTO {TABLE} (source, account_id, {", ".join(names)})
        SELECT %s, a.account_id, {", ".join(f"l.{name}" for name in names)}
          FROM {_accepted(report)} {stored} WHERE l.mark = 0 {only} {conflict}
        """,
        params,
    )


def _differs(new: str, account: str) -> str:
    """Return the condition that a stored line t is not as the new one."""
    pairs = [f"t.account_id {unlike()} {account}"]
    pairs += [f"t.{name} {unlike()} {new}.{name}" for name in _SAME]
    return " OR ".join(pairs)
