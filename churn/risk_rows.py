"""Risk rows into the database, many at once."""

import csv
import io
import json

from django.db import connection

COLUMNS = (
    "run_id, account_id, scored, p_micro, score, level, value_at_stake, fatal, findings"  # in order
)
NULL = "\\N"


def insert(attempt, rows: list[tuple]) -> None:
    """Insert risks in one short transaction of the run; all but the run id stands in `rows`."""
    if not rows:
        return
    texts = [
        (attempt.run_id, *row[:-1], json.dumps(row[-1], separators=(",", ":"))) for row in rows
    ]
    if connection.vendor == "postgresql":
        buffer = _as_csv(texts)
        with attempt.writing(), connection.cursor() as cursor:
            cursor.copy_expert(
                f"COPY churn_risk ({COLUMNS}) FROM STDIN WITH (FORMAT csv, NULL '{NULL}')", buffer
            )
        return
    marks = ", ".join(["%s"] * len(texts[0]))
    with attempt.writing(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO churn_risk ({COLUMNS}) VALUES ({marks})", texts)


def _as_csv(rows) -> io.StringIO:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([NULL if cell is None else cell for cell in row] for row in rows)
    buffer.seek(0)
    return buffer
