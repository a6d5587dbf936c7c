"""Whom a night asks about which flags: no manager about more than a week has room for.

Flags beyond that wait, summed up, and are asked about when there is room again: the highest value
at stake first. Fatal signals and flags raised by hand never wait, and count.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, F, OuterRef, Subquery

from churn.models import Flag, Risk
from customers import events

WEEK = dt.timedelta(days=7)
BATCH = 500


def ask(run, *, today: dt.date) -> dict[int, int]:
    """Ask about the waiting flags that there is room for; return their ids with their accounts."""
    asked: dict[int, int] = {}
    burden = _burden(today)
    stake = Risk.objects.filter(run=run.pk, account=OuterRef("account")).values("value_at_stake")
    waiting = (
        Flag.objects.waiting()
        .with_answerer()
        .annotate(stake=Subquery(stake[:1]))
        .order_by(F("stake").desc(nulls_last=True), "-score", "pk")
        .values_list("pk", "account", "answerer_id")
    )
    # Nobody's account burdens nobody, and goes to the director in time.
    urgent = waiting.exclude(kind=Flag.Kind.SCORE)
    for pk, account, manager in urgent.iterator(chunk_size=2000):
        asked[pk] = account
        burden[manager] += 1
    for pk, account, manager in waiting.filter(kind=Flag.Kind.SCORE).iterator(chunk_size=2000):
        if manager is None or burden[manager] < settings.FLAGS_A_WEEK:
            asked[pk] = account
            burden[manager] += 1
    due = today + dt.timedelta(days=settings.FLAG_ANSWER_DAYS)
    for part in _parts(list(asked)):
        Flag.objects.filter(pk__in=part).update(told_on=today, due=due)
    return asked


def escalate(*, today: dt.date) -> int:
    """Take what nobody has answered in time to the director, once; return how many."""
    late = Flag.objects.filter(state=Flag.State.OPEN, due__lt=today, escalated_on=None)
    ids = list(late.order_by("pk").values_list("pk", flat=True))
    for part in _parts(ids):
        flags = list(Flag.objects.filter(pk__in=part).order_by("pk"))
        Flag.objects.filter(pk__in=part).update(escalated_on=today)
        events.record_all(
            events.build("flag.escalated", flag.account_id, about=flag, due=(None, flag.due))
            for flag in flags
        )
    return len(ids)


def wake(*, today: dt.date) -> int:
    """Open the flags whose snooze has ended anew; return how many."""
    asleep = Flag.objects.standing().filter(snoozed_until__lte=today)
    ids = list(asleep.order_by("pk").values_list("pk", flat=True))
    due = today + dt.timedelta(days=settings.FLAG_ANSWER_DAYS)
    for part in _parts(ids):
        flags = list(Flag.objects.filter(pk__in=part).order_by("pk"))
        Flag.objects.filter(pk__in=part).update(
            state=Flag.State.OPEN,
            snoozed_until=None,
            escalated_on=None,
            told_on=today,
            due=due,
            version=F("version") + 1,
        )
        events.record_all(
            events.build(
                "flag.woken",
                flag.account_id,
                about=flag,
                state=(flag.state, Flag.State.OPEN),
                snoozed_until=(flag.snoozed_until, None),
            )
            for flag in flags
        )
    return len(ids)


def _burden(today: dt.date) -> Counter[int | None]:
    """Return how many flags each manager was asked about in the week before."""
    told = Flag.objects.filter(told_on__gt=today - WEEK).with_answerer().order_by()
    counted = told.values_list("answerer_id").annotate(count=Count("pk"))
    return Counter(dict(counted))


def _parts(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
