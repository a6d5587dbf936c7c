"""Flags that a nightly run opens.

A flag opens when the score is high and was not in the published run before, or when a fatal
signal fires that did not. At most one is open per account and kind. After closing, the next waits
until the run that stood then or a later one has shown the account calm: its score below 65, its
fatal signal gone. Whom a night asks about which flags stands in churn.flag_load.
"""

import datetime as dt

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from churn import flag_load
from churn.models import Flag, Risk
from customers import events


def open_after(run, *, today: dt.date) -> dict[str, int]:
    """Open the flags that a run calls for, ask about those there is room for, escalate the rest.

    today  the business date on which people hear of it
    Return how many were opened, are asked about, wait, were woken and were escalated. Called while
    the run is published. Nothing is done by a run for a date before the newest published one:
    time runs forward.
    """
    published = type(run).objects.published().exclude(as_of=run.as_of)
    if published.filter(as_of__gt=run.as_of).exists():
        return dict.fromkeys(("flags", "asked", "waiting", "woken", "escalated"), 0)
    before = published.filter(as_of__lt=run.as_of).order_by("-as_of").first()
    opened = _open(run, before, Flag.Kind.SCORE) + _open(run, before, Flag.Kind.FATAL)
    woken = flag_load.wake(today=today)
    asked = flag_load.ask(run, today=today)
    events.record_all(
        events.build(
            "flag.opened",
            flag.account,
            about=flag,
            kind=(None, flag.kind),
            told_on=(None, today if flag.pk in asked else None),
        )
        for flag in opened
    )
    new = {flag.pk for flag in opened}
    events.record_all(
        events.build("flag.asked", account, about=Flag(pk=pk), told_on=(None, today))
        for pk, account in asked.items()
        if pk not in new
    )
    return {
        "flags": len(opened),
        "asked": len(asked),
        "waiting": Flag.objects.waiting().count(),
        "woken": woken,
        "escalated": flag_load.escalate(today=today),
    }


def _open(run, before, kind: str) -> list[Flag]:
    due: QuerySet[Risk] = Risk.objects.filter(_calls_for(kind), run=run.pk)
    if before is not None:
        earlier = Risk.objects.filter(_calls_for(kind), run=before.pk, account=OuterRef("account"))
        due = due.exclude(Exists(earlier))
    elif kind == Flag.Kind.SCORE:
        # A first run would otherwise flag years of history at once; the rest is listed.
        due = Risk.objects.filter(pk__in=_greatest(due)).order_by("account")
    due = _armed(due, run, kind).select_related("account").order_by("account")
    flags = [
        Flag(
            account=risk.account,
            kind=kind,
            findings=risk.findings,
            score=risk.score,
            as_of=run.as_of,
            told_on=None,
            due=None,
        )
        for risk in due
    ]
    return Flag.objects.bulk_create(flags, batch_size=500)


def _calls_for(kind: str) -> Q:
    """Return the condition on a risk under which it calls for a flag of a kind."""
    if kind == Flag.Kind.FATAL:
        return Q(fatal=True)
    return Q(score__gte=settings.RISK_HIGH_FROM)


def _greatest(due: QuerySet) -> list[int]:
    """Return the ids of the risks with the highest values at stake."""
    ranked = due.order_by(F("value_at_stake").desc(nulls_last=True), "-score", "account")
    return list(ranked.values_list("pk", flat=True)[: settings.RISK_FIRST_RUN_FLAGS])


def _armed(due: QuerySet, run, kind: str) -> QuerySet:
    """Leave out accounts with an open flag of the kind, or a closed one not yet re-armed."""
    mine = Flag.objects.filter(account=OuterRef("account"), kind=kind)
    closed = mine.filter(state=Flag.State.CLOSED).order_by("-closed_at", "-pk")
    calm = Q(fatal=False) if kind == Flag.Kind.FATAL else Q(score__lt=settings.RISK_REARM_BELOW)
    rearmed = Risk.objects.filter(
        calm,
        account=OuterRef("account"),
        run__state="published",
        run__as_of__gte=OuterRef("closed_on"),
        run__as_of__lt=run.as_of,
    )
    return (
        due.exclude(Exists(mine.exclude(state=Flag.State.CLOSED)))
        .annotate(closed_on=Subquery(closed.values("closed_as_of")[:1]))
        .filter(Q(closed_on__isnull=True) | Exists(rearmed))
    )
