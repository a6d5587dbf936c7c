"""The written part of the demo company: small CSV files in data/."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"


@cache
def sheet(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of data/, by header."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def strings(values) -> np.ndarray:
    """Return texts as an array that can be picked from by index without copying them."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def dice(seed: int, *words: str | int) -> np.random.Generator:
    """Return the random numbers of one part, which no other part's thirst for them can shift."""
    key = [int.from_bytes(str(word).encode()[:8], "big") for word in words]
    return np.random.default_rng([seed, *key])
