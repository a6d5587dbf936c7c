"""Measured figures, the clocks that take them, and the table that shows them."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection


@dataclass(frozen=True)
class Took:
    """What a piece of work took, in seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Figure:
    """What Keel and its baseline took for one piece of work."""

    work: str
    size: str
    ours: Took
    bare: Took | None  # None: there is none to compare with
    baseline: str = ""
    aim: str = ""
    queries: int | None = None  # of a page, whose time is shown as processor time


def table(figures: list[Figure]) -> str:
    """Return the figures as a Markdown table."""
    head = "work | size | Keel | bare | ratio | CPU ratio | queries | bare is | aim".split(" | ")
    lines = [head, ["---"] * len(head), *map(_line, figures)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _line(one: Figure) -> list[str]:
    page = one.queries is not None
    return [
        one.work,
        one.size,
        _shown(one.ours, page),
        _shown(one.bare, page) if one.bare else "–",
        f"{one.ours.wall / one.bare.wall:.2f}" if one.bare and not page else "–",
        f"{one.ours.cpu / one.bare.cpu:.2f}" if one.bare else "–",
        str(one.queries) if page else "–",
        one.baseline,
        one.aim,
    ]


def _shown(took: Took, page: bool) -> str:
    return f"{1000 * took.cpu:.1f} ms" if page else f"{took.wall:.2f} s"


def best_of(times: int, *works: Callable[[], Took]) -> list[Took]:
    """Return the least that each work took; they take turns, so that neighbours hit all alike."""
    took = [[work() for work in works] for _turn in range(times)]
    return [
        Took(min(one.wall for one in column), min(one.cpu for one in column))
        for column in zip(*took, strict=True)
    ]


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

    def took(self, work: Callable[[], object]) -> Took:
        """Return what a work took."""
        wall, cpu = time.perf_counter(), self.now()
        work()
        return Took(time.perf_counter() - wall, self.now() - cpu)

    def median(self, times: int, work: Callable[[], object]) -> Took:
        """Return the median of what a work took, after two turns that warm the caches."""
        took = [self.took(work) for _turn in range(times + 2)][2:]
        return Took(
            statistics.median(one.wall for one in took), statistics.median(one.cpu for one in took)
        )


def _nanoseconds(schedule: Path | None) -> int | None:
    try:
        return int(schedule.read_text().split()[0]) if schedule else None
    except (OSError, ValueError, IndexError):
        return None
