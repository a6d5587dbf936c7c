"""The nightly run: who may start one, its steps, its publication.

A run owns its rows by its id. It is left by conditional updates only, so that two workers never
both believe a run is theirs; every write of a step checks that it still is. No lock is held
between steps: an idle lock holder would be cut off by the database.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts_crm import retention, workers
from accounts_crm.attempts import Attempt, RunFailed, TakenOver
from accounts_crm.models import NightlyRun
from churn import flags, goal_readings, scoring
from churn.models import Risk
from customers import events, ranking, sql
from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account, Interaction, OrderLine, Ranking
from lifecycle import assessing
from lifecycle.models import Assessment

log = logging.getLogger(__name__)
State = NightlyRun.State
STEPS = ("rank", "evidence", "risk", "goals", "publish")
# The long tables that the steps read, and those that they fill.
READ = (Account, OrderLine, Interaction, Interaction.ours.through, Interaction.theirs.through)
WRITTEN = (Ranking, Assessment, Risk)


class AlreadyRunning(Refused):
    """A run for that date is under way."""


def default_date() -> dt.date:
    """Return yesterday in the business time zone."""
    return business_today() - dt.timedelta(days=1)


def first_fact() -> dt.date | None:
    """Return the date of the oldest order line, None on an empty database."""
    return OrderLine.objects.order_by("date").values_list("date", flat=True).first()


def check_date(as_of: dt.date) -> None:
    """Raise Refused for a date that no run can be made for."""
    if as_of > business_today():
        raise Refused(
            _("%(date)s lies in the future. Choose a day up to today.") % {"date": as_of},
            field="as_of",
        )
    first = first_fact()
    if first is None:
        raise Refused(_("There are no order lines yet. Import orders first."), field="as_of")
    if as_of < first:
        raise Refused(
            _("%(date)s is before the first order line of %(first)s. Choose a later day.")
            % {"date": as_of, "first": first},
            field="as_of",
        )


def request_run(*, by, as_of: dt.date | None = None) -> NightlyRun:
    """Ask for a run, to be picked up by a worker, or by a process of its own if there is none.

    Raises Refused for an impossible date, AlreadyRunning if one is under way for it.
    """
    pinned = as_of is not None
    as_of = as_of or default_date()
    check_date(as_of)
    with transaction.atomic():
        run = _new_run(as_of, trigger=NightlyRun.Trigger.PERSON, by=by, pinned=pinned)
        events.record("run.requested", by=by, about=run, as_of=(None, as_of))
        if not workers.alive():
            transaction.on_commit(lambda: workers.start_alone(run))
    return run


def begin(as_of: dt.date, *, trigger: str, by=None, pinned: bool = False, show=None) -> Attempt:
    """Start a run for a date now, taking over a requested or stale one.

    Raises Refused for an impossible date, AlreadyRunning if one is under way for it.
    """
    check_date(as_of)
    with transaction.atomic():
        waiting = NightlyRun.objects.filter(
            as_of=as_of, state__in=(State.REQUESTED, State.QUEUED)
        ).first()
        run = waiting or _new_run(as_of, trigger=trigger, by=by, pinned=pinned)
    attempt = claim(run.pk, show=show)
    if attempt is None:
        raise _already(as_of)
    return attempt


def claim(run_id: int, show=None) -> Attempt | None:
    """Take a requested run for this worker; None if another was quicker."""
    now = timezone.now()
    taken = NightlyRun.objects.filter(pk=run_id, state__in=(State.REQUESTED, State.QUEUED)).update(
        state=State.RUNNING, started_at=now, heartbeat=now
    )
    return Attempt(NightlyRun.objects.get(pk=run_id), show) if taken else None


def execute(attempt: Attempt) -> NightlyRun:
    """Run all steps and publish; the run row says how it ended.

    Raises TakenOver if another worker has the date now, and what a step raised if it failed.
    """
    stop = threading.Event()
    pulse = threading.Thread(target=_beat, args=(attempt.run_id, stop), daemon=True)
    pulse.start()
    try:
        # After a large import the database may not have counted the rows by itself yet.
        sql.analyze(*READ)
        _step(attempt, "rank", ranking.compute)
        _step(attempt, "evidence", assessing.compute)
        _step(attempt, "risk", scoring.compute)
        _step(attempt, "goals", goal_readings.compute)
        sql.analyze(*WRITTEN)
        _publish(attempt)
    except TakenOver:
        raise
    except Exception as error:
        _fail(attempt, error)
        raise
    finally:
        stop.set()
        pulse.join()
    retention.thin_out()
    return NightlyRun.objects.get(pk=attempt.run_id)


def missed_dates() -> list[dt.date]:
    """Return the business dates the schedule has to make up, oldest first, ending with yesterday.

    At most RUN_MISSED_DATES of them; a date that the schedule has published is not made again.
    """
    last = default_date()
    first = first_fact()
    if first is None or last < first:
        return []
    done = set(
        NightlyRun.objects.published()
        .filter(as_of__gt=last - dt.timedelta(days=settings.RUN_MISSED_DATES))
        .values_list("as_of", flat=True)
    )
    scheduled = NightlyRun.objects.filter(
        as_of=last, trigger=NightlyRun.Trigger.SCHEDULE, state=State.PUBLISHED
    ).exists()
    if not NightlyRun.objects.published().exists():
        return [last]
    newest = NightlyRun.objects.published().aggregate(newest=Max("as_of"))["newest"]
    days = (last - dt.timedelta(days=n) for n in reversed(range(1, settings.RUN_MISSED_DATES)))
    missed = [day for day in days if day > min(newest, last) and day >= first and day not in done]
    return missed if scheduled else [*missed, last]


def _new_run(as_of, *, trigger, by, pinned) -> NightlyRun:
    """Add a run row, giving up a stale one of the date first. Raises AlreadyRunning."""
    cutoff = timezone.now() - dt.timedelta(seconds=settings.RUN_STALE_SECONDS)
    # A running one without a sign of life; an asked-for one whose message or process was lost.
    silent = Q(state__in=(State.RUNNING, State.QUEUED), heartbeat__lt=cutoff)
    forgotten = Q(state=State.REQUESTED, created_at__lt=cutoff)
    NightlyRun.objects.filter(silent | forgotten, as_of=as_of).update(
        state=State.ABANDONED, finished_at=timezone.now()
    )
    newest = NightlyRun.objects.filter(as_of=as_of).aggregate(newest=Max("attempt"))["newest"]
    try:
        with transaction.atomic():
            return NightlyRun.objects.create(
                as_of=as_of,
                attempt=(newest or 0) + 1,
                trigger=trigger,
                asked_by=by,
                # Once kept, always kept: a repeat of a pinned date stays pinned.
                pinned=pinned
                or NightlyRun.objects.published().filter(as_of=as_of, pinned=True).exists(),
            )
    except IntegrityError:
        raise _already(as_of) from None


def _already(as_of) -> AlreadyRunning:
    return AlreadyRunning(
        _("A run for %(date)s is under way. Wait until it has ended.") % {"date": as_of}
    )


def _step(attempt: Attempt, name: str, work: Callable[[Attempt], int]) -> None:
    attempt.begin_step(name)
    began = time.monotonic()
    rows = work(attempt)
    attempt.end_step(name, time.monotonic() - began, rows)


def _publish(attempt: Attempt) -> None:
    """Flip the run to published, supersede the old attempt, open flags: one act."""
    attempt.begin_step("publish")
    with attempt.writing():
        newest = NightlyRun.objects.published().aggregate(newest=Max("as_of"))["newest"]
        NightlyRun.objects.published().filter(as_of=attempt.as_of).update(state=State.SUPERSEDED)
        # Time runs forward for people: an old date computed late warns nobody.
        facts = {"flags": 0}
        if newest is None or attempt.as_of >= newest:
            facts = flags.open_after(attempt.run, today=business_today())
        attempt.state_facts("publish", facts)
        attempt.end()
        events.record("run.published", about=attempt.run, as_of=(None, attempt.as_of))


def _fail(attempt: Attempt, error: Exception) -> None:
    log.exception("nightly run %s failed", attempt.run)
    if isinstance(error, RunFailed):
        code, figures = error.code, error.figures
    else:
        code, figures = "unexpected", {"type": type(error).__name__, "message": str(error)[:500]}
    NightlyRun.objects.filter(pk=attempt.run_id, state=State.RUNNING).update(
        state=State.FAILED, finished_at=timezone.now(), error_code=code, error_figures=figures
    )


def _beat(run_id: int, stop: threading.Event) -> None:
    """Show that the worker lives, until told to stop."""
    try:
        while not stop.wait(settings.RUN_HEARTBEAT_SECONDS):
            try:
                NightlyRun.objects.filter(pk=run_id, state=State.RUNNING).update(
                    heartbeat=timezone.now()
                )
            except DatabaseError:
                log.warning("no heartbeat for run %s", run_id, exc_info=True)
                connection.close()
    finally:
        connection.close()
