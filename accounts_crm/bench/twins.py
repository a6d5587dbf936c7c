"""Tables like those of the product, for the bare way to write the same rows."""

from django.db import connection, models

from customers.sql import run


def twin(model: type[models.Model], name: str) -> list[str]:
    """Make a table like the model's, indexes included; return its columns without the key.

    On PostgreSQL without the foreign keys, on SQLite with them.
    """
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        run(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL)")
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL "
                "ORDER BY type DESC",
                [table],
            )
            for (statement,) in cursor.fetchall():
                # Of a table: its name; of an index: its own name too.
                statement = statement.replace(f'"{table}"', f'"{name}"')
                cursor.execute(statement.replace('INDEX "', f'INDEX "{name}_'))
    return [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]
