"""A worker may die or freeze at any moment: readers see whole runs only, the next start finishes.

The moments are random, from a seed that is printed on failure; nothing is slowed down for them.
"""

import datetime as dt
import hashlib
import random
import signal
import sqlite3
import threading
import time
from contextlib import closing

import pytest
from django.db import connection

from accounts_crm import nightly
from accounts_crm.models import NightlyRun
from churn.models import Risk
from customers.models import Account, OrderLine, Ranking
from tests import processes

D = dt.date(2024, 6, 30)
KILLS = 20
# Too few for the learners, which would make a night long and no other in what is written.
ACCOUNTS = 190
State = NightlyRun.State

pytestmark = pytest.mark.django_db(transaction=True)


def manage(*arguments, **environment):
    """Start a command; it scores in parts, so that it dies between them too."""
    environment |= {"RISK_BACKTEST_ORIGINS": "0", "RISK_PART_ACCOUNTS": "40"}
    return processes.manage(*arguments, **environment)


@pytest.fixture
def history():
    """A company of 190 accounts and 2,850 lines."""
    Account.objects.bulk_create(
        Account(code=f"K{n:05}", name=f"Account {n}") for n in range(ACCOUNTS)
    )
    accounts = list(Account.objects.order_by("code").values_list("pk", flat=True))
    dice = random.Random(7)
    OrderLine.objects.bulk_create(
        (
            OrderLine(
                source="t",
                order_id=f"o{number}",
                line_id="1",
                account_id=accounts[number % ACCOUNTS],
                date=D - dt.timedelta(days=dice.randrange(600)),
                currency="CNY",
                revenue_minor=(amount := dice.randrange(-500, 20_000)),
                revenue=amount,
            )
            for number in range(15 * ACCOUNTS)
        ),
        batch_size=5000,
    )


def fingerprint(run_id):
    """Return a digest of all rows of a run."""
    digest = hashlib.sha256()
    for rows in (
        Ranking.objects.filter(run=run_id)
        .order_by("scope", "position")
        .values_list("scope", "account", "rank", "value", "cumulative", "value_class"),
        Risk.objects.filter(run=run_id)
        .order_by("account")
        .values_list("account", "scored", "p_micro", "score", "level", "value_at_stake"),
    ):
        for row in rows.iterator():
            digest.update(repr(row).encode())
    return digest.hexdigest()


class Reader(threading.Thread):
    """Look at the published run as often as possible; note what was not whole."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.looks = 0
        self.half = []

    def run(self):
        try:
            while not self.ended.wait(0.01):
                run = NightlyRun.objects.published_for(D)
                if run is None:
                    continue
                self.looks += 1
                ranked = Ranking.objects.of_run(run.pk, "account").count()
                risks = Risk.objects.of_run(run.pk).count()
                whole = (ranked, risks) == (ACCOUNTS, ACCOUNTS)
                # Half-way through, the test itself takes all runs away.
                if not whole and NightlyRun.objects.filter(pk=run.pk).exists():
                    self.half.append((run.pk, ranked, risks))
        finally:
            connection.close()


def finish():
    """Finish the date as the next start would, the dead worker's heartbeat being stale."""
    process = manage("nightly", "--as-of", D.isoformat(), RUN_STALE_SECONDS="0")
    output, _nothing = process.communicate(timeout=120)
    assert process.returncode == 0, output


def test_killed_at_any_moment_readers_see_a_whole_run_and_the_next_start_finishes(history):
    began = time.monotonic()
    finish()
    takes = time.monotonic() - began
    run = NightlyRun.objects.published_for(D)
    lasts = (run.finished_at - run.started_at).total_seconds()
    reference = fingerprint(run.pk)
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    reader = Reader()
    reader.start()

    killed_live = 0
    for number in range(KILLS):
        if number == KILLS // 2:  # for the second half there is nothing published before
            NightlyRun.objects.all().delete()
        process = manage("nightly", "--as-of", D.isoformat(), RUN_STALE_SECONDS="0")
        # Three kills in four while the run is under way, the others anywhere.
        if dice.random() < 0.75:
            wait_for_live_run(process)
            time.sleep(dice.uniform(0, lasts))
        else:
            time.sleep(dice.uniform(0.05 * takes, 1.05 * takes))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed_live += NightlyRun.objects.filter(state=State.RUNNING).exists()
        assert NightlyRun.objects.published().filter(as_of=D).count() <= 1

    finish()
    reader.ended.set()
    reader.join()
    run = NightlyRun.objects.published_for(D)
    assert reader.half == [], f"seed {seed}"
    assert reader.looks > KILLS
    assert killed_live >= KILLS // 4, f"seed {seed}: too few kills met a live run"
    assert fingerprint(run.pk) == reference, f"seed {seed}"
    assert not NightlyRun.objects.filter(state=State.RUNNING).exists()


def wait_for_live_run(process):
    while process.poll() is None:
        if NightlyRun.objects.filter(state=State.RUNNING).exists():
            return
        time.sleep(0.005)


def test_a_frozen_worker_that_wakes_after_a_takeover_writes_nothing(history):
    frozen, lost = freeze_a_live_one()
    try:
        take_over()
        taken = NightlyRun.objects.published_for(D)
        assert taken.attempt == lost.attempt + 1
        whole = fingerprint(taken.pk)
        left_behind = rows_of(lost)
    finally:
        frozen.send_signal(signal.SIGCONT)

    frozen.communicate(timeout=120)

    # It says that it was taken over, or that the database has ended its transaction.
    assert frozen.returncode != 0
    lost.refresh_from_db()
    assert lost.state == State.ABANDONED
    assert rows_of(lost) == left_behind
    assert NightlyRun.objects.published_for(D).pk == taken.pk
    assert fingerprint(taken.pk) == whole


def freeze_a_live_one():
    """Return a frozen worker and its run; one that was through too soon is tried again."""
    for _attempt in range(10):
        process = manage("nightly", "--as-of", D.isoformat(), RUN_STALE_SECONDS="5")
        wait_for_live_run(process)
        time.sleep(random.uniform(0, 0.2))
        process.send_signal(signal.SIGSTOP)
        while holds_the_file():  # nobody can take over what a frozen process keeps locked
            process.send_signal(signal.SIGCONT)
            time.sleep(0.005)
            process.send_signal(signal.SIGSTOP)
        if run := NightlyRun.objects.filter(state=State.RUNNING).first():
            return process, run
        process.send_signal(signal.SIGCONT)
        output, _nothing = process.communicate(timeout=120)
        assert process.returncode == 0, output
    raise AssertionError("no worker was frozen while its run was under way")


def holds_the_file():
    """Say whether somebody is inside a write on SQLite, which has one lock for all."""
    if connection.vendor != "sqlite":
        return False
    with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0.2)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        other.rollback()
        return False


def rows_of(run):
    return (
        Ranking.objects.filter(run=run).count(),
        Risk.objects.filter(run=run).count(),
        NightlyRun.objects.filter(pk=run.pk).values_list("facts", "timings", "state").get(),
    )


def take_over():
    """Take over; a worker frozen inside a short write holds its row until the database ends it."""
    for _attempt in range(5):
        process = manage("nightly", "--as-of", D.isoformat(), RUN_STALE_SECONDS="0")
        output, _nothing = process.communicate(timeout=120)
        if process.returncode == 0:
            return
    raise AssertionError(output)


def test_two_starts_at_once_make_one_run(history):
    first = manage("nightly", "--as-of", D.isoformat())
    wait_for_live_run(first)
    first.send_signal(signal.SIGSTOP)  # so that it is still under way when the second starts

    second = manage("nightly", "--as-of", D.isoformat())

    output, _nothing = second.communicate(timeout=120)
    first.send_signal(signal.SIGCONT)
    assert second.returncode == 1, output
    assert "under way" in output
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert NightlyRun.objects.count() == 1


def test_the_guard_fails_without_the_fence(history, monkeypatch):
    """A planted fault: a worker that does not ask whether the run is still its own."""
    attempt = nightly.begin(D, trigger="command")
    NightlyRun.objects.filter(pk=attempt.run_id).update(state=State.ABANDONED)
    with pytest.raises(nightly.TakenOver):
        nightly.execute(attempt)
    assert not Ranking.objects.filter(run=attempt.run_id).exists()

    def unasked(self, **values):
        NightlyRun.objects.filter(pk=self.run_id).update(**values)
        self.run.refresh_from_db()

    monkeypatch.setattr(nightly.Attempt, "_update", unasked)
    nightly.execute(attempt)

    assert Ranking.objects.filter(run=attempt.run_id).exists()
