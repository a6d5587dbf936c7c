"""Scoring in parts: the same rows from any number of parts and workers, whoever dies on the way."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts_crm import nightly, retention
from accounts_crm.attempts import Attempt, TakenOver
from accounts_crm.models import NightlyRun
from churn import parts, scoring
from churn.models import Risk, RiskPart
from customers import ranking
from tests import processes
from tests.churn.companies import company, stories
from tests.churn.facts import D
from tests.nights import make_run

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = 42
# What a Celery worker does with the messages of the relay, without the messages.
HELPER = """
import time, django
django.setup()
from accounts_crm.tasks import score_part
from churn.models import RiskPart
print("ready", flush=True)
while True:
    for pk in RiskPart.objects.filter(claim="", done=False).values_list("pk", flat=True):
        score_part(pk)
        print("scored", flush=True)
    time.sleep(0.01)
"""
DIES_AT_WORK = """
import time, django
django.setup()
from churn import parts
from churn.models import RiskPart
print("took", parts.take(RiskPart.objects.first().pk).pk, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def made(cast, settings):
    settings.RISK_BACKTEST_ORIGINS = 1
    settings.RISK_BACKTEST_DRAWS = 0
    stories(company(ACCOUNTS), cast["olga_owner"])


def content(run):
    """Return all that the risk step made of a run, but the numbers of its rows."""
    rows = run.risks.order_by("account").values()
    made = [{k: v for k, v in row.items() if k not in ("id", "run_id")} for row in rows]
    return made, run.facts["risk"], run.facts["back_test"]


def laid_out(settings, accounts=6):
    """Return an attempt whose parts are laid out, before anybody has taken one."""
    settings.RISK_PART_ACCOUNTS = accounts
    attempt = nightly.begin(D, trigger="command")
    ranking.compute(attempt)
    see_through, parts.see_through = parts.see_through, lambda attempt, work: []
    try:
        scoring.compute(attempt)
    finally:
        parts.see_through = see_through
    return attempt


def test_any_number_of_parts_gives_the_same_bytes(settings):
    whole = content(make_run(D))
    assert len(whole[0]) == ACCOUNTS
    assert sum(whole[1]["fired"].values()) > 20

    for size, count in ((ACCOUNTS, 1), (21, 2), (6, 7), (5, 9)):
        settings.RISK_PART_ACCOUNTS = size
        assert len(list(parts.cut(range(ACCOUNTS)))) == count
        assert repr(content(make_run(D))) == repr(whole), count
    assert not RiskPart.objects.exists()


@pytest.mark.parametrize("helpers", [0, 1, 3])
def test_any_number_of_workers_gives_the_same_bytes(settings, helpers):
    whole = content(make_run(D))
    settings.RISK_PART_ACCOUNTS = 1
    others = [processes.start("-c", HELPER) for _ in range(helpers)]
    try:
        for other in others:
            assert other.stdout.readline() == "ready\n"
        assert repr(content(make_run(D))) == repr(whole)
    finally:
        for other in others:
            other.kill()
    heard = [other.communicate()[0] for other in others]

    assert not any("Error" in text for text in heard), heard
    assert sum(text.count("scored") for text in heard) > 0 or not helpers


def test_a_killed_helpers_part_is_done_again(settings):
    whole = content(make_run(D))
    settings.RUN_STALE_SECONDS = 2
    attempt = laid_out(settings)
    helper = processes.start("-c", DIES_AT_WORK)
    pk = int(helper.stdout.readline().removeprefix("took "))
    helper.kill()
    helper.communicate()
    assert (RiskPart.objects.get(pk=pk).done, RiskPart.objects.filter(done=True).count()) == (
        False,
        0,
    )

    tallies = parts.see_through(attempt, lambda part: scoring.score(attempt, part))

    assert len(tallies) == ACCOUNTS / 6
    attempt.run.refresh_from_db()
    assert repr(content(attempt.run)[0]) == repr(whole[0])


def test_a_part_that_two_work_on_counts_once(settings):
    settings.RUN_STALE_SECONDS = 0  # everybody is silent at once
    attempt = laid_out(settings)
    pk = RiskPart.objects.earliest("number").pk
    slow, quick = parts.take(pk), parts.take(pk)

    assert slow.claim != quick.claim
    assert scoring.score(attempt, quick)
    assert not scoring.score(attempt, slow)
    assert Risk.objects.filter(run=attempt.run_id).count() == 6

    # A planted fault: a worker that does not ask whether the part is still its own.
    RiskPart.objects.filter(pk=pk).update(done=False, claim=slow.claim)
    with pytest.raises(IntegrityError), transaction.atomic():
        scoring.score(attempt, slow)
    assert Risk.objects.filter(run=attempt.run_id).count() == 6


def test_only_one_takes_a_part(settings):
    laid_out(settings)
    pk = RiskPart.objects.earliest("number").pk

    assert parts.take(pk)
    assert parts.take(pk) is None


def test_a_helper_of_a_lost_run_writes_nothing(settings):
    attempt = laid_out(settings)
    part = parts.take(RiskPart.objects.earliest("number").pk)
    NightlyRun.objects.filter(pk=attempt.run_id).update(
        state=NightlyRun.State.ABANDONED, finished_at=timezone.now()
    )

    with pytest.raises(TakenOver):
        scoring.score(Attempt(part.run), part)

    assert not Risk.objects.filter(run=attempt.run_id).exists()
    with pytest.raises(TakenOver):
        parts.see_through(attempt, lambda part: scoring.score(attempt, part))
    make_run(D)
    retention.thin_out()
    assert not RiskPart.objects.exists()


def test_the_foreground_command_needs_no_other(settings):
    whole = content(make_run(D))

    process = processes.manage(
        "nightly", "--as-of", D.isoformat(), RISK_PART_ACCOUNTS="4", RISK_BACKTEST_ORIGINS="1",
        RISK_BACKTEST_DRAWS="0",
    )  # fmt: skip
    output, _nothing = process.communicate(timeout=120)

    assert process.returncode == 0, output
    assert repr(content(NightlyRun.objects.published_for(D))) == repr(whole)
