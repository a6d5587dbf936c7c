"""Measured figures, the clocks that take them, and the table that shows them."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection


@dataclass(frozen=True)
class Figure:
    """What Keel and its baseline took for one piece of work."""

    work: str
    size: str
    unit: str  # "s" or "ms"
    ours: float
    bare: float | None  # None: there is none to compare with
    baseline: str = ""
    aim: str = ""
    queries: int | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.bare if self.bare else None


def table(figures: list[Figure]) -> str:
    """Return the figures as a Markdown table."""
    head = ["work", "size", "Keel", "bare", "ratio", "queries", "bare is", "aim"]
    lines = [head, ["---"] * len(head)]
    for one in figures:
        lines.append(
            [
                one.work,
                one.size,
                _shown(one.ours, one.unit),
                "–" if one.bare is None else _shown(one.bare, one.unit),
                "–" if one.ratio is None else f"{one.ratio:.2f}",
                "" if one.queries is None else str(one.queries),
                one.baseline,
                one.aim,
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(value: float, unit: str) -> str:
    return f"{value:.1f} ms" if unit == "ms" else f"{value:.2f} s"


def best_of(times: int, *works: Callable[[], float]) -> list[float]:
    """Return the least seconds of each work; they take turns, so that neighbours hit all alike."""
    took = [[work() for work in works] for _turn in range(times)]
    return [min(column) for column in zip(*took, strict=True)]


def seconds(work: Callable[[], object]) -> float:
    """Return how long a work took on the wall's clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Cpu:
    """A clock of the processor time of this process and, where it can be read, of its database."""

    _backend: Path | None

    def __init__(self):
        self._backend = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                schedule = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
            if _nanoseconds(schedule) is not None:
                self._backend = schedule

    @property
    def covers(self) -> str:
        """Say what the clock counts."""
        if connection.vendor == "sqlite":
            return "application and database"
        return "application and database" if self._backend else "application only"

    def now(self) -> float:
        """Return seconds of processor time so far."""
        beside = _nanoseconds(self._backend) if self._backend else 0
        return time.process_time() + (beside or 0) / 1e9

    def median_ms(self, times: int, work: Callable[[], object]) -> float:
        """Return the median milliseconds of a work, after two turns that warm the caches."""
        took = []
        for turn in range(times + 2):
            began = self.now()
            work()
            if turn >= 2:
                took.append(1000 * (self.now() - began))
        return statistics.median(took)


def _nanoseconds(schedule: Path | None) -> int | None:
    try:
        return int(schedule.read_text().split()[0]) if schedule else None
    except (OSError, ValueError, IndexError):
        return None
