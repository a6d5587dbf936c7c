"""Trees by a `parent` column: walks up and down, and the refusal of cycles.

A library's tree queries build the whole tree first, which on 100,000 accounts costs seconds where
a walk from one node costs a millisecond; hence these few lines.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from customers.errors import Refused

HIGHEST = 100  # of a path: a circle that got in by hand ends there


def descendants(label: str, roots: Iterable[int]) -> list[int]:
    """Return the ids of the roots and of everything below them."""
    return _walk(label, roots, "SELECT t.id FROM {table} t JOIN walk ON t.parent_id = walk.id")


def ancestors(label: str, pk: int) -> list[int]:
    """Return the ids from the node itself up to its top."""
    return _walk(
        label,
        [pk],
        "SELECT t.parent_id FROM {table} t JOIN walk ON t.id = walk.id "
        "WHERE t.parent_id IS NOT NULL",
    )


def path(rows: models.QuerySet, pk: int) -> models.QuerySet:
    """Return those of some rows that stand on the way from the top down to a node, in this order.

    Rows that are left out of the set leave no trace; the node itself counts as on the way.
    """
    table = connection.ops.quote_name(rows.model._meta.db_table)
    walk = (
        "WITH RECURSIVE walk(id, height) AS (SELECT CAST(%s AS bigint), 0 UNION "
        f"SELECT t.parent_id, walk.height + 1 FROM {table} t JOIN walk ON t.id = walk.id "
        f"WHERE t.parent_id IS NOT NULL AND walk.height < {HIGHEST})"
    )
    height = f"{walk} SELECT MAX(height) FROM walk WHERE walk.id = {table}.id"
    return (
        rows.filter(pk__in=RawSQL(f"{walk} SELECT id FROM walk", [pk]))  # noqa: S611
        .annotate(height=RawSQL(height, [pk]))  # noqa: S611
        .order_by("-height")
    )


def place_under(node: Any, parent: models.Model | None) -> None:
    """Write the node's parent; the only way a parent is changed after creation.

    Two moves at once could close a circle that neither sees, so all moves of one tree queue up.
    Raises Refused if the parent is the node itself or stands below it.
    """
    with transaction.atomic():
        lock_tree(type(node))
        if parent is not None and node.pk in ancestors(node._meta.label, parent.pk):
            raise Refused(
                _("%(node)s cannot belong to %(parent)s, which is itself or stands below it.")
                % {"node": node, "parent": parent},
                field="parent",
            )
        node.parent = parent
        type(node)._default_manager.filter(pk=node.pk).update(parent=parent)


def lock_tree(model: type[models.Model]) -> None:
    """Hold off other moves in this tree until the transaction ends.

    SQLite needs nothing: its write transactions are one at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [model._meta.db_table])


def _walk(label, roots, step):
    roots = list(roots)
    if not roots:
        return []
    table = connection.ops.quote_name(apps.get_model(label)._meta.db_table)
    marks = ", ".join(["(CAST(%s AS bigint))"] * len(roots))
    with connection.cursor() as cursor:
        # UNION, not UNION ALL: a circle that got in by hand ends the walk instead of the server.
        cursor.execute(
            f"WITH RECURSIVE walk(id) AS (VALUES {marks} UNION {step.format(table=table)}) "
            "SELECT id FROM walk",
            roots,
        )
        return [row[0] for row in cursor.fetchall()]
