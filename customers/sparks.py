"""Sparklines: a series of numbers as the path of a small SVG."""

from dataclasses import dataclass
from typing import SupportsFloat


@dataclass(frozen=True)
class Spark:
    """A drawn series; coordinates in units of the view box."""

    line: str
    width: int
    height: int
    end_x: float
    end_y: float
    direction: str  # up, down or same, from the first third to the last


def spark(points: list[SupportsFloat | None], width: int = 56, height: int = 20) -> Spark | None:
    """Return the path of a series, or None if fewer than two points are known.

    points  oldest first, evenly spaced; None where nothing is known: the line bridges it
    """
    known = [(i, float(y)) for i, y in enumerate(points) if y is not None]
    if len(known) < 2:
        return None
    values = [y for _i, y in known]
    low, high = min(values), max(values)
    margin = height / 4  # the line stays in the middle half, so that a flat year looks flat
    step = width / (len(points) - 1)

    def place(y: float) -> float:
        part = (y - low) / (high - low) if high > low else 0.5
        return round(height - margin - part * (height - 2 * margin), 1)

    line = "M" + " ".join(f"{round(i * step, 1):g} {place(y):g}" for i, y in known)
    end_x = round(known[-1][0] * step, 1)
    return Spark(line, width, height, end_x, place(values[-1]), _direction(values))


def _direction(values: list[float]) -> str:
    third = max(1, len(values) // 3)
    was, now = sum(values[:third]) / third, sum(values[-third:]) / third
    if abs(now - was) <= 0.02 * max(abs(was), abs(now)):
        return "same"
    return "up" if now > was else "down"
