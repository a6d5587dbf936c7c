"""Which old runs stay: every night for a while, then month-ends, and what people asked for."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from accounts_crm.models import IdempotentCall, NightlyRun
from churn.models import Risk, RiskPart
from customers.calendar import is_month_end
from customers.models import Ranking
from lifecycle.models import Assessment

State = NightlyRun.State
# A page that is being read when its run is superseded still finds its rows.
READERS_LEAVE = dt.timedelta(hours=1)
# So long a repeated API call is answered as the first was.
KEYS_KEPT = dt.timedelta(days=7)


def thin_out() -> None:
    """Delete the runs that are past keeping, and the findings of older ones.

    Nights count back from the latest published as-of date, so that a pause deletes nothing.
    """
    IdempotentCall.objects.filter(created_at__lt=timezone.now() - KEYS_KEPT).delete()
    # Nobody reads the parts of a run whose worker died.
    RiskPart.objects.exclude(run__state__in=NightlyRun.LIVE).delete()
    latest = NightlyRun.objects.latest_published()
    if latest is None:
        return
    _drop_rows_of_ended()
    nights = dt.timedelta(days=settings.RUN_KEEP_NIGHTS)
    for run in NightlyRun.objects.filter(as_of__lte=latest.as_of - nights).exclude(
        state__in=NightlyRun.LIVE
    ):
        if run.state != State.PUBLISHED or not (run.pinned or is_month_end(run.as_of)):
            _drop_rows([run.pk])
            run.delete()
    nights = dt.timedelta(days=settings.RUN_KEEP_EVIDENCE_NIGHTS)
    for run in NightlyRun.objects.published().filter(
        as_of__lte=latest.as_of - nights, evidence_kept=True
    ):
        if not is_month_end(run.as_of):
            Risk.objects.filter(run=run).update(findings=[])
            Assessment.objects.filter(run=run).update(figures={})
            NightlyRun.objects.filter(pk=run.pk).update(evidence_kept=False)


def _drop_rows_of_ended() -> None:
    cutoff = timezone.now() - READERS_LEAVE
    ended = NightlyRun.objects.filter(
        state__in=(State.SUPERSEDED, State.FAILED, State.ABANDONED), finished_at__lt=cutoff
    )
    _drop_rows(list(ended.values_list("pk", flat=True)))


def _drop_rows(run_ids: list[int]) -> None:
    Ranking.objects.filter(run__in=run_ids).delete()
    Risk.objects.filter(run__in=run_ids).delete()
    Assessment.objects.filter(run__in=run_ids).delete()
