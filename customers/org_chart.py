"""Who reports to whom at a customer, as a tree."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Node:
    """A person and those who report to that person."""

    row: Any
    below: list["Node"] = field(default_factory=list)


def org_chart(rows: list[Any]) -> list[Node]:
    """Return the people on top, most influential first, each with all below.

    rows  customers.panels.ContactRow; whose superior is not among them stands on top
    """
    by_superior = defaultdict(list)
    here = {row.contact.pk for row in rows}
    for row in sorted(rows, key=lambda r: (-(r.contact.influence or 0), r.contact.name)):
        superior = row.contact.parent_id
        by_superior[superior if superior in here else None].append(row)

    def grow(pk: int | None) -> list[Node]:
        return [Node(row, grow(row.contact.pk)) for row in by_superior[pk]]

    return grow(None)
