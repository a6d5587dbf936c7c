"""The staging table: all rows of a file in the database, before anything is decided.

TEMP tables outside any transaction: no lock is held while a file is read, a killed import leaves
nothing, and what a file of ten million rows needs is disk, not memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from django.db import connection

from customers.imports.lines import FIELDS
from customers.sql import drop, memory, run

MEGABYTES = 64  # for the sorts ahead
TABLES = (
    "staged_line staged_order staged_double staged_fact staged_account staged_difference"
).split()
ROWS_AT_ONCE = 4000

_TYPES = dict.fromkeys(FIELDS, "text") | {
    "n": "integer",
    "run": "integer",
    "mark": "smallint",
    "given": "smallint",
    "date": "date",
    "quantity": "decimal(15, 3)",
    "revenue_minor": "bigint",
    "cost_minor": "bigint",
    "revenue": "bigint",
    "cost": "bigint",
}


@contextmanager
def staging() -> Iterator[None]:
    """Make the staging table, give the sorts ahead some memory, and clear all up at the end."""
    drop(TABLES)
    columns = ", ".join(f"{name} {_TYPES[name]}" for name in FIELDS)
    run(f"CREATE TEMP TABLE staged_line ({columns})")
    with memory(MEGABYTES):
        try:
            yield
        finally:
            # In a broken transaction nothing can be cleared, nor needs to be.
            if not connection.needs_rollback and connection.connection is not None:
                drop(TABLES)


def load(lines: Iterator[tuple]) -> None:
    """Write the staged tuples; what goes wrong while reading them is raised here."""
    if connection.vendor == "postgresql":
        _copy(lines)
    else:
        _insert(lines)


def null() -> str | None:
    """Return what stands for null in a staged tuple: to COPY, a sign that no text may hold."""
    return "\x01" if connection.vendor == "postgresql" else None


def _copy(lines: Iterator[tuple]) -> None:
    feed = _Feed(lines)
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY staged_line FROM STDIN WITH (NULL E'\\x01')", feed)
        if feed.error:
            raise feed.error
        cursor.execute("ANALYZE staged_line")


class _Feed:
    """A file for COPY that takes its lines from an iterator.

    An error in the midst of COPY would break the transaction around it, so it ends the feed and
    is kept.
    """

    _form = "\t".join(["%s"] * len(FIELDS)) + "\n"

    def __init__(self, lines: Iterator[tuple]):
        self.error: Exception | None = None
        self._lines = lines

    def read(self, _size: int = -1) -> bytes:
        form = self._form
        try:
            text = "".join([form % line for line in islice(self._lines, ROWS_AT_ONCE)])
        except Exception as error:
            self.error = error
            return b""
        return text.replace("\\", "\\\\").encode()


def _insert(lines: Iterator[tuple]) -> None:
    marks = ", ".join(["%s"] * len(FIELDS))
    with connection.cursor() as cursor:
        while batch := list(islice(lines, ROWS_AT_ONCE)):
            # A savepoint is a transaction that takes the write lock of the TEMP database only.
            cursor.execute("SAVEPOINT staging")
            cursor.executemany(f"INSERT INTO staged_line VALUES ({marks})", batch)
            cursor.execute("RELEASE SAVEPOINT staging")
