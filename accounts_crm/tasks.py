"""Celery tasks of the roof: the relay, mail and the nightly run."""

from contextlib import suppress

from celery import group, shared_task
from django.db import transaction
from django.utils import timezone

from accounts_crm import nightly, workers
from accounts_crm.attempts import Attempt, TakenOver
from accounts_crm.models import NightlyRun
from accounts_crm.notices import mail, making
from churn import parts, scoring
from churn.models import RiskPart
from customers.models import Event

# So many rows a tick: a backlog drains in steps that each stay short.
OUTBOX_BATCH = 1000


@shared_task(ignore_result=True)
def relay() -> None:
    """Hand on what requests only wrote down. Running it twice hands nothing on twice."""
    workers.note_relay()
    for run in NightlyRun.objects.filter(state=NightlyRun.State.REQUESTED):
        queued = NightlyRun.objects.filter(pk=run.pk, state=NightlyRun.State.REQUESTED).update(
            state=NightlyRun.State.QUEUED, heartbeat=timezone.now()
        )
        if queued:
            run_nightly.delay(run.pk)
    _ask_for_help()
    batch = list(Event.objects.filter(sent_at__isnull=True).order_by("pk")[:OUTBOX_BATCH])
    with transaction.atomic():
        making.make(batch)
        Event.objects.filter(pk__in=[event.pk for event in batch]).update(sent_at=timezone.now())


def _ask_for_help() -> None:
    """Offer the parts of a run under way to all workers; who holds the run needs none of them."""
    waiting = RiskPart.objects.filter(told=False, claim="", run__state=NightlyRun.State.RUNNING)
    if offered := list(waiting.order_by("run", "number").values_list("pk", flat=True)):
        RiskPart.objects.filter(pk__in=offered).update(told=True)
        group(score_part.s(pk) for pk in offered).delay()


@shared_task(ignore_result=True)
def score_part(pk: int) -> None:
    """Score a range of accounts for a run under way. A second start finds it taken or gone."""
    part = parts.take(pk)
    if part and part.run.state == NightlyRun.State.RUNNING:
        with suppress(TakenOver):
            scoring.score(Attempt(part.run), part)


@shared_task(ignore_result=True)
def mail_notices() -> None:
    """Send the notices that are due by e-mail. A second start finds them taken."""
    mail.send_due()


@shared_task(ignore_result=True)
def run_nightly(run_id: int) -> None:
    """Carry out a requested run. A second start finds it taken and does nothing."""
    if attempt := nightly.claim(run_id):
        nightly.execute(attempt)


@shared_task(ignore_result=True)
def schedule_nightly() -> None:
    """Make the night's run and those that were missed, oldest first.

    A second start finds the dates published or under way and does nothing.
    """
    for day in nightly.missed_dates():
        try:
            attempt = nightly.begin(day, trigger=NightlyRun.Trigger.SCHEDULE)
        except nightly.AlreadyRunning:
            continue
        nightly.execute(attempt)
