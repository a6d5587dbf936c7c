"""Time to recovery by cause: medians, open breaks, what is not counted; its page."""

import datetime as dt
import statistics

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Account
from lifecycle import actions
from lifecycle.models import Interruption, InterruptionCause
from lifecycle.recovery import by_cause
from lifecycle.remedies import proposed

NOW = timezone.now()


def broke(account, *causes, days=None, ago=400, undone=False):
    """Add a break that lasted so many days, or is open."""
    start = NOW - dt.timedelta(days=ago)
    ended = None if days is None else start + dt.timedelta(days=days)
    one = Interruption.objects.create(
        account=account, stage="mid", started_at=start, ended_at=ended, undone=undone,
        resumed_to="" if days is None else "mid",
    )  # fmt: skip
    InterruptionCause.objects.bulk_create(
        InterruptionCause(interruption=one, cause=cause) for cause in causes
    )
    return one


def told(breaks=None):
    rows = by_cause(Interruption.objects.all() if breaks is None else breaks)
    return {
        str(row.cause): (row.open, row.resumed, row.median_days)
        for row in rows
        if row.open or row.resumed
    }


@pytest.mark.parametrize("spans", [[7], [10, 20], [30, 1, 5], [4, 4, 90, 8], [9, 1, 1, 1, 70]])
def test_the_median_is_that_of_the_middle(account, spans):
    for number, days in enumerate(spans):
        broke(account, "trust", days=days, ago=300 + number)

    assert told() == {"trust": (0, len(spans), round(statistics.median(spans)))}


def test_each_cause_counts_by_itself_and_slips_do_not(account, far_account):
    broke(account, "quality", "trust", days=10)
    broke(account, "quality", days=20)
    broke(account, "market", days=0, undone=True)
    broke(account, "quality", ago=5)
    broke(far_account, "chain", ago=9)

    assert told() == {"quality": (1, 2, 15), "trust": (0, 1, 10), "chain": (1, 0, None)}
    assert [row.cause for row in by_cause(Interruption.objects.all())][0] == "quality"


def test_the_page_shows_causes_and_open_breaks_and_costs_the_same_at_any_size(
    client, account, cast
):
    client.force_login(cast["dora_director"])
    empty = client.get("/stages/breaks/")
    assert "No relationship broke" in empty.content.decode()
    actions.interrupt(account, by=cast["ed_editor"], causes=["quality"], remedies=proposed())
    costs = []
    for size in (3, 100):
        made = Account.objects.bulk_create(
            Account(code=f"{size}-{n}", name=f"Grown {n}", stage="interrupted") for n in range(size)
        )
        for one in made:
            broke(one, "trust", days=40, ago=400)
            broke(one, "market", ago=50)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/stages/breaks/")
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 15
    shown = page.content.decode()
    assert "Agree corrective action" not in shown  # younger than the fifty longest
    assert page.context["totals"] == {"open": 104, "resumed": 103}
    assert "54 more in the list" in shown
    assert [(str(row.cause), row.median_days) for row in page.context["causes"]] == [
        ("quality", None), ("trust", 40), ("market", None),
    ]  # fmt: skip
