"""Columns into tables, in bulk: COPY on PostgreSQL, executemany on SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import chain
from typing import Any

import numpy as np
from django.core.management.color import no_style
from django.db import connection, models

BATCH = 50_000
MOST_PARAMETERS = 900  # of one statement; the oldest SQLite takes 999


def insert(model: type[models.Model], count: int, **columns: Any) -> None:
    """Insert `count` rows; a field that is not given takes its default.

    columns  by field attname: a list, an array (masked: null; datetime64[D] for dates,
             datetime64[s] in UTC for moments), or one value for all rows
    """
    if not count:
        return
    fields = model._meta.concrete_fields
    if strangers := set(columns) - {field.attname for field in fields}:
        raise ValueError(f"{model._meta.label} has no {sorted(strangers)}")
    listed = [
        _listed(columns.get(field.attname, field.get_default()), field, count) for field in fields
    ]
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    write = _copy if connection.vendor == "postgresql" else _execute
    for start in range(0, count, BATCH):
        write(table, names, [column[start : start + BATCH] for column in listed])


def next_id(model: type[models.Model]) -> int:
    """Return the first id that is free, and with it all above."""
    return (model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def reset_sequences(used: list[type[models.Model]]) -> None:
    """Let PostgreSQL's sequences go on behind the ids that were written."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), used):
            cursor.execute(statement)


@contextmanager
def checked_at_the_end(filled: list[type[models.Model]]) -> Iterator[None]:
    """Have PostgreSQL check the foreign keys of tables once, by a join, not row by row.

    Row by row takes twice as long as the rows themselves. What goes wrong in between must roll the
    transaction back, and the keys with it. SQLite's look-ups cost little.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        # What was written so far, or else its checks would wait and hold off the changes.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            """
            SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid)
              FROM pg_constraint
             WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY 1, 2
            """,
            [[connection.ops.quote_name(model._meta.db_table) for model in filled]],
        )
        keys = cursor.fetchall()
        for table, key, _definition in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
        yield
        for table, key, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition}")


def _listed(column: Any, field: models.Field, count: int) -> list:
    if isinstance(column, np.ndarray):
        if column.dtype.kind == "M":
            return _moments(column, field)
        column = column.tolist()
    if not isinstance(column, list):
        column = [column] * count
    if len(column) != count:
        raise ValueError(f"{field} got {len(column)} values for {count} rows")
    return column


def _moments(column: np.ndarray, field: models.Field) -> list:
    """Return dates and moments as the database's own text."""
    texts = np.datetime_as_string(column).tolist()
    if isinstance(field, models.DateTimeField):
        zone = "+00" if connection.vendor == "postgresql" else ""
        texts = [text.replace("T", " ") + zone for text in texts]
    for at in np.flatnonzero(np.isnat(column)).tolist():
        texts[at] = None
    return texts


def _execute(table: str, names: str, columns: list[list]) -> None:
    """Insert some rows per statement, which SQLite takes a third faster than row by row."""
    width = len(columns)
    values = list(chain.from_iterable(zip(*columns, strict=True)))
    row = f"({', '.join(['%s'] * width)})"
    step = width * max(1, MOST_PARAMETERS // width)
    whole = len(values) // step * step
    for start, stop, size in ((0, whole, step), (whole, len(values), width)):
        parts = [values[at : at + size] for at in range(start, stop, size)]
        marks = ", ".join([row] * (size // width))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES {marks}", parts)


def _copy(table: str, names: str, columns: list[list]) -> None:
    lines = map("\t".join, zip(*map(_copied, columns), strict=True))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", StringIO("\n".join(lines) + "\n"))


def _copied(values: list) -> list[str]:
    """Return values as the text that COPY reads."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return list(map(str, values))
    if kinds == {str}:
        everything = "".join(values)
        if not any(mark in everything for mark in "\\\t\n\r"):
            return values
    return ["\\N" if value is None else _escaped(str(value)) for value in values]


def _escaped(text: str) -> str:
    for mark, code in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(mark, code)
    return text
