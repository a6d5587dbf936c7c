"""A nightly run as its worker holds it: writes count only while the run is still its own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from accounts_crm.models import NightlyRun

State = NightlyRun.State


class TakenOver(Exception):
    """The run was taken from this worker, which must write nothing more."""


class RunFailed(Exception):
    """A run that cannot be made; a code and figures, told in the reader's language."""

    def __init__(self, code: str, **figures):
        super().__init__(code)
        self.code = code
        self.figures = figures


class Attempt:
    """A run as its worker holds it."""

    def __init__(self, run: NightlyRun, show: Callable[[str, int, int], None] | None = None):
        self.run = run
        self.run_id = run.pk
        self.as_of = run.as_of
        self._show = show
        self._shown_at = 0.0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a short transaction whose writes count only while the run is ours.

        Raises TakenOver otherwise. The update also takes the row's lock, so that a takeover
        waits for these writes or finds them undone.
        """
        with transaction.atomic():
            self._update(heartbeat=timezone.now())
            yield

    def begin_step(self, step: str) -> None:
        """Note that a step begins."""
        self._shown_at = 0.0
        self._update(step=step, done=0, total=0, heartbeat=timezone.now())
        if self._show:
            self._show(step, 0, 0)

    def progress(self, done: int, total: int) -> None:
        """Note how far the step is; at most twice a second."""
        if self._show:
            self._show(self.run.step, done, total)
        if time.monotonic() - self._shown_at < 0.5:
            return
        self._shown_at = time.monotonic()
        self._update(done=done, total=total, heartbeat=timezone.now())

    def state_facts(self, key: str, facts: dict) -> None:
        """Keep what a step states about the run."""
        self._update(facts={**self.run.facts, key: facts})

    def describe(self, **columns) -> None:
        """Set what makes the run comparable with others: measure, window_months, currency."""
        self._update(**columns)

    def end_step(self, step: str, seconds: float, rows: int) -> None:
        """Note what a step took."""
        timing = {"step": step, "seconds": round(seconds, 2), "rows": rows}
        self._update(timings=[*self.run.timings, timing])

    def end(self) -> None:
        """Flip the run to published; nothing can be written into it afterwards."""
        self._update(state=State.PUBLISHED, finished_at=timezone.now(), step="")

    def _update(self, **values) -> None:
        if not NightlyRun.objects.filter(pk=self.run_id, state=State.RUNNING).update(**values):
            raise TakenOver(f"run {self.run_id} is no longer ours")
        for name, value in values.items():
            setattr(self.run, name, value)
