"""Plain SQL where a set has to be moved at once and the ORM has no word for it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection


def run(sql: str, params: Iterable = ()) -> int:
    """Run one statement and return the number of rows it touched."""
    with connection.cursor() as cursor:
        # None, not (): a literal % then stays one.
        cursor.execute(sql, list(params) or None)
        return cursor.rowcount


def rows(sql: str, params: Iterable = ()) -> list[tuple]:
    """Run one query and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        return cursor.fetchall()


def figure(sql: str, params: Iterable = ()) -> int:
    """Run one query that answers with one number; none counts as 0."""
    return int(rows(sql, params)[0][0] or 0)


@contextmanager
def memory(megabytes: int) -> Iterator[None]:
    """Let the statements inside sort and group in so much memory before they take to the disk."""
    postgres = connection.vendor == "postgresql"
    run(
        f"SET work_mem = '{megabytes}MB'"
        if postgres
        else f"PRAGMA cache_size = -{1024 * megabytes}"
    )
    try:
        yield
    finally:
        # A broken transaction takes it back by itself.
        if not connection.needs_rollback and connection.connection is not None:
            run("RESET work_mem" if postgres else "PRAGMA cache_size = -2000")


def index(table: str, column: str) -> None:
    """Index a finished TEMP table and let the planner know its size."""
    run(f"CREATE INDEX {table}_{column} ON {table} ({column})")
    if connection.vendor == "postgresql":
        run(f"ANALYZE {table}")


def analyze(*models) -> None:
    """Let PostgreSQL's planner know how many rows the tables of these models have now."""
    if connection.vendor == "postgresql":
        for model in models:
            run(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def drop(tables: Iterable[str]) -> None:
    """Remove TEMP tables as far as they are there."""
    for table in tables:
        run(f"DROP TABLE IF EXISTS {table}")


def unlike() -> str:
    """Return the comparison that tells two values apart, null being a value."""
    return "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
