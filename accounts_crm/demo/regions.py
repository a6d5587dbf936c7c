"""The region tree, and what a region says of its accounts: script, calendar, currency, cities."""

from dataclasses import dataclass

import numpy as np

from accounts_crm.demo import rows
from accounts_crm.demo.sheets import sheet
from customers.models import Region

# How many accounts of the great number stand in a region.
SHARES = {
    "East China": 24,
    "South China": 13,
    "North China": 12,
    "West China": 8,
    "DACH": 9,
    "Nordics": 5,
    "UK and Ireland": 5,
    "France and Benelux": 4,
    "Southern Europe": 4,
    "Central Europe": 4,
    "United States": 6,
    "Canada": 2,
    "Mexico": 1,
    "Japan and Korea": 1,
    "India": 1,
    "Southeast Asia": 1,
}


@dataclass(frozen=True)
class Place:
    """A region of the demo company."""

    id: int
    name: str
    script: str  # of the names there
    zone: str  # of its holidays: cn, eu, na
    currency: str
    cities: tuple[str, ...]


def make_regions() -> dict[str, Place]:
    """Write the region tree and return it by name; a region that is there already is used."""
    known: dict[tuple[str, int | None], int] = {
        (name, parent): pk
        for pk, name, parent in Region.objects.values_list("pk", "name", "parent")
    }
    fresh: list[tuple[int, str, int | None]] = []
    places: dict[str, Place] = {}
    free = rows.next_id(Region)
    for row in sheet("regions"):
        parent = places[row["parent"]].id if row["parent"] else None
        pk = known.get((row["name"], parent))
        if pk is None:
            pk, free = free, free + 1
            fresh.append((pk, row["name"], parent))
        places[row["name"]] = Place(
            pk,
            row["name"],
            row["script"],
            row["zone"],
            row["currency"],
            tuple(filter(None, row["cities"].split(";"))),
        )
    rows.insert(
        Region,
        len(fresh),
        id=[pk for pk, _name, _parent in fresh],
        name=[name for _pk, name, _parent in fresh],
        parent_id=[parent for _pk, _name, parent in fresh],
    )
    return places


def scattered(draw: np.random.Generator, count: int) -> list[str]:
    """Return the names of regions for so many accounts."""
    shares = np.array(list(SHARES.values()), dtype=float)
    return draw.choice(list(SHARES), count, p=shares / shares.sum()).tolist()
