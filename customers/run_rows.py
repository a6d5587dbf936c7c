"""Rows of a nightly run into the database, many at once."""

import csv
import io
import json

from django.db import connection, models

NULL = "\\N"


def insert(attempt, model: type[models.Model], columns: tuple[str, ...], rows: list[tuple]) -> None:
    """Insert rows in one short transaction of the run.

    columns  the database's names of what stands in `rows`, the last of them JSON; the run's id
             comes before them by itself
    """
    if not rows:
        return
    texts = [
        (attempt.run_id, *row[:-1], json.dumps(row[-1], separators=(",", ":"))) for row in rows
    ]
    table, names = model._meta.db_table, ", ".join(("run_id", *columns))
    # Django does not make the errors of a COPY its own.
    with attempt.writing(), connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            cursor.copy_expert(
                f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '{NULL}')",
                _as_csv(texts),
            )
        else:
            marks = ", ".join(["%s"] * len(texts[0]))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", texts)


def _as_csv(rows) -> io.StringIO:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([NULL if cell is None else cell for cell in row] for row in rows)
    buffer.seek(0)
    return buffer
