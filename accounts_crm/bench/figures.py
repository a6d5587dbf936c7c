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
    peak: float | None = None  # MB of this process at most, None where it cannot be told


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
    head = "work | size | Keel | bare | ratio | CPU ratio | peak | queries | bare is | aim"
    names = head.split(" | ")
    lines = [names, ["---"] * len(names), *map(_line, figures)]
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
        f"{one.ours.peak:.0f} MB" if one.ours.peak is not None else "–",
        str(one.queries) if page else "–",
        one.baseline,
        one.aim,
    ]


def _shown(took: Took, page: bool) -> str:
    return f"{1000 * took.cpu:.1f} ms" if page else f"{took.wall:.2f} s"


def best_of(times: int, *works: Callable[[], list[Took]]) -> list[Took]:
    """Return the least that each part of each work took, of the peaks of memory the most.

    They take turns, so that neighbours hit all alike.
    """
    took = [[part for work in works for part in work()] for _turn in range(times)]
    return [
        Took(
            min(one.wall for one in column),
            min(one.cpu for one in column),
            max((one.peak for one in column if one.peak is not None), default=None),
        )
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
        """Return what a work took, with the most memory that this process held meanwhile."""
        known = _forget_peak()
        wall, cpu = time.perf_counter(), self.now()
        work()
        wall, cpu = time.perf_counter() - wall, self.now() - cpu
        return Took(wall, cpu, _peak() if known else None)

    def median(self, times: int, work: Callable[[], object]) -> Took:
        """Return the median of what a work took, after two turns that warm the caches."""
        took = [self.took(work) for _turn in range(times + 2)][2:]
        return Took(
            statistics.median(one.wall for one in took), statistics.median(one.cpu for one in took)
        )


def _forget_peak() -> bool:
    """Let Linux begin anew with the most memory of this process; say whether it does."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def _peak() -> float | None:
    """Return the most memory that this process has held, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return None


def _nanoseconds(schedule: Path | None) -> int | None:
    try:
        return int(schedule.read_text().split()[0]) if schedule else None
    except (OSError, ValueError, IndexError):
        return None
