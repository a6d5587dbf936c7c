"""A run's accounts cut into ranges: laid out by who holds the run, scored by whoever is there.

The holder asks nobody and waits for nobody who is silent: it takes parts itself until all are
done, so that one worker alone, or none, comes to the same end. The relay asks the others.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from churn.models import RiskPart

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# Of an account: its purchases as in churn.purchases, its probabilities in millionths, 0 for none.
LAYOUT = [
    ("account", "<i8"),
    ("days", "<i4"),
    ("first", "<i4"),
    ("last", "<i4"),
    ("p", "<i4"),
    ("decline", "<i4"),
]
WAIT_SECONDS = 0.2


def cut(table: Array) -> Iterator[Array]:
    """Yield the parts of a table that lies by account, none longer than the setting allows."""
    for first in range(0, len(table), settings.RISK_PART_ACCOUNTS):
        yield table[first : first + settings.RISK_PART_ACCOUNTS]


def lay_out(attempt, table: Array) -> None:
    """Store the parts, to be taken."""
    rows = [
        RiskPart(run=attempt.run, number=number, columns=part.tobytes())
        for number, part in enumerate(cut(table))
    ]
    with attempt.writing():
        RiskPart.objects.bulk_create(rows)


def table_of(part: RiskPart) -> Array:
    """Return the accounts of a part."""
    import numpy as np

    return np.frombuffer(part.columns, dtype=LAYOUT)


def take(pk: int) -> RiskPart | None:
    """Take a part that nobody works on, or somebody who fell silent; None if it is taken."""
    now, claim = timezone.now(), uuid.uuid4().hex
    free = Q(claim="") | Q(claimed_at__lt=now - _patience())
    taken = RiskPart.objects.filter(free, pk=pk, done=False).update(claim=claim, claimed_at=now)
    return RiskPart.objects.select_related("run").get(pk=pk, claim=claim) if taken else None


def give_back(attempt, part: RiskPart, tally: dict, insert: Callable[[], None]) -> bool:
    """Insert what was made of a part and call it done, if it still is ours."""
    with attempt.writing():
        ours = RiskPart.objects.filter(pk=part.pk, claim=part.claim, done=False)
        if not ours.update(done=True, tally=tally):
            return False
        insert()
    return True


def see_through(attempt, work: Callable[[RiskPart], object]) -> list[dict]:
    """Work on parts until all are done, whoever did them; return their tallies in order.

    Raises TakenOver if the run is lost meanwhile.
    """
    all_parts = RiskPart.objects.filter(run=attempt.run_id)
    total = all_parts.count()
    # The others are asked from the first one on.
    while left := list(all_parts.filter(done=False).order_by("-number").values_list("pk", "claim")):
        attempt.progress(total - len(left), total)
        free = next((pk for pk, claim in left if not claim), None)
        part = take(free) if free else _silent(left)
        if part:
            work(part)
        elif not free:
            time.sleep(WAIT_SECONDS)
    tallies = list(all_parts.order_by("number").values_list("tally", flat=True))
    all_parts.delete()
    return tallies


def _silent(left: list[tuple[int, str]]) -> RiskPart | None:
    return next((part for pk, _claim in left if (part := take(pk))), None)


def _patience() -> dt.timedelta:
    return dt.timedelta(seconds=settings.RUN_STALE_SECONDS)
