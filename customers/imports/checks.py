"""What no single row shows: lines that come twice, orders of two customers, orders with bad rows.

Works on the staging tables, set by set. Every check names its rows in the report and marks the
orders; an order that is marked stays wholly as it was.
"""

from customers.imports.report import MOST_NAMED, Report
from customers.sql import drop, figure, index, rows, run


def gather_orders() -> None:
    """Make staged_order: one row per order of the file.

    fault  '' good; 'row' has a bad row; 'whole' is refused with all its rows
    """
    drop(["staged_order"])
    run(
        """
        CREATE TEMP TABLE staged_order AS
        SELECT order_id,
               COUNT(*) FILTER (WHERE mark < 2) AS lines,
               COUNT(*) FILTER (WHERE mark = 1) AS bad_lines,
               0 AS double_lines,
               MIN(run) FILTER (WHERE mark < 2) AS first_run,
               MAX(run) FILTER (WHERE mark < 2) AS last_run,
               MIN(customer) AS customer,
               MAX(customer) AS other,
               CASE WHEN MAX(mark) > 0 THEN 'row' ELSE '' END AS fault
          FROM staged_line
         GROUP BY order_id
        """
    )
    index("staged_order", "order_id")


def number_lines(row: str) -> None:
    """Number the unnamed lines of orders that are scattered through the file.

    row  what the database calls the place of a row: ctid or rowid
    """
    if not figure("SELECT COUNT(*) FROM staged_order WHERE first_run <> last_run"):
        return
    run(
        f"""
        UPDATE staged_line SET line_id = CAST(placed.position AS text)
          FROM (SELECT l.{row} AS place,
                       ROW_NUMBER() OVER (PARTITION BY l.order_id ORDER BY l.n) AS position
                  FROM staged_line l JOIN staged_order o ON o.order_id = l.order_id
                 WHERE o.first_run <> o.last_run AND l.mark < 2) AS placed
         WHERE placed.place = staged_line.{row} AND staged_line.given = 0
        """
    )


def find_double_lines(report: Report, named: bool) -> None:
    """Refuse lines that come more than once in an order.

    named  whether the file names any line; positions alone are never double
    """
    drop(["staged_double"])
    run(
        f"""
        CREATE TEMP TABLE staged_double AS
        SELECT order_id, line_id, COUNT(*) AS times FROM staged_line
         WHERE mark = {0 if named else -1} GROUP BY order_id, line_id HAVING COUNT(*) > 1
        """
    )
    if not (count := figure("SELECT SUM(times) FROM staged_double")):
        return
    _refuse(
        report,
        ("line_id", "double_line"),
        count,
        """
        SELECT l.n, l.line_id FROM staged_line l
          JOIN staged_double d ON d.order_id = l.order_id AND d.line_id = l.line_id
         WHERE l.mark = 0
        """,
    )
    run(
        """
        UPDATE staged_order SET fault = 'row', double_lines = twice.lines
          FROM (SELECT order_id, SUM(times) AS lines FROM staged_double GROUP BY order_id) AS twice
         WHERE twice.order_id = staged_order.order_id
        """
    )


def find_two_customers(report: Report) -> None:
    """Refuse orders whose rows name more than one customer."""
    count = figure("SELECT SUM(lines - bad_lines) FROM staged_order WHERE customer <> other")
    if not count:
        return
    _refuse(
        report,
        ("customer_id", "two_customers"),
        count,
        """
        SELECT l.n, l.customer FROM staged_line l
          JOIN staged_order o ON o.order_id = l.order_id
         WHERE o.customer <> o.other AND l.mark = 0
        """,
    )
    run("UPDATE staged_order SET fault = 'whole' WHERE customer <> other")


def find_refused_accounts(report: Report) -> None:
    """Refuse the orders of accounts that staged_account has a verdict on."""
    if not figure("SELECT COUNT(*) FROM staged_account WHERE verdict <> ''"):
        return
    verdicts = rows(
        """
        SELECT a.verdict, COUNT(*) FROM staged_line l
          JOIN staged_account a ON a.code = l.customer
         WHERE a.verdict <> '' AND l.mark = 0 GROUP BY a.verdict
        """
    )
    for verdict, count in verdicts:
        column, cell = (
            ("parent_id", "a.parent") if verdict == "parent_circle" else ("customer_id", "a.code")
        )
        _refuse(
            report,
            (column, verdict),
            count,
            f"""
            SELECT l.n, {cell} FROM staged_line l JOIN staged_account a ON a.code = l.customer
             WHERE a.verdict = %s AND l.mark = 0
            """,
            [verdict],
        )
    if verdicts:
        run(
            """
            UPDATE staged_order SET fault = 'whole'
             WHERE EXISTS (SELECT 1 FROM staged_account a WHERE a.verdict <> ''
                              AND a.code IN (staged_order.customer, staged_order.other))
            """
        )


def count_bad_rows(report: Report) -> None:
    """Add the rows found here to those that showed their fault when read, each once."""
    report.bad_rows += figure(
        """
        SELECT SUM(CASE fault WHEN 'whole' THEN lines - bad_lines ELSE double_lines END)
          FROM staged_order
        """
    )


def find_held_back(report: Report) -> None:
    """Name the good rows that stay out because another row of their order is bad."""
    count = figure(
        "SELECT SUM(lines - bad_lines - double_lines) FROM staged_order WHERE fault = 'row'"
    )
    if not count:
        return
    _refuse(
        report,
        ("", "order_refused"),
        count,
        """
        SELECT l.n, '' FROM staged_line l
          JOIN staged_order o ON o.order_id = l.order_id AND o.fault = 'row'
          LEFT JOIN staged_double d ON d.order_id = l.order_id AND d.line_id = l.line_id
         WHERE l.mark = 0 AND d.order_id IS NULL
        """,
    )


def _refuse(report: Report, reason: tuple[str, str], count: int, sql: str, params=()) -> None:
    """Count rows under a reason, and name the first of them."""
    report.reasons[reason] += count
    for n, value in rows(f"{sql} ORDER BY 1 LIMIT {MOST_NAMED}", params):
        report.name(n, *reason, value)
