"""Celery tasks of the roof: the relay, mail and the nightly run."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts_crm import nightly, workers
from accounts_crm.models import NightlyRun
from accounts_crm.notices import mail, making
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
    batch = list(Event.objects.filter(sent_at__isnull=True).order_by("pk")[:OUTBOX_BATCH])
    with transaction.atomic():
        making.make(batch)
        Event.objects.filter(pk__in=[event.pk for event in batch]).update(sent_at=timezone.now())


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
