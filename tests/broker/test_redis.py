"""A real Celery worker and beat on a real Redis."""

import datetime as dt
import os
import signal
import subprocess

import pytest

from accounts_crm import nightly
from accounts_crm.models import NightlyRun
from churn.models import Risk, RiskPart
from customers.calendar import business_today
from customers.models import Account, Event, Ranking
from tests.churn.companies import company
from tests.churn.facts import D
from tests.nights import make_run, order
from tests.processes import start
from tests.waiting import free_port, listens, until

pytestmark = [pytest.mark.redis, pytest.mark.django_db(transaction=True)]


class Redis:
    """A redis-server of our own, with the append-only file that production has."""

    def __init__(self, folder):
        self.port, self.folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.up()

    def up(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir",
             str(self.folder), "--appendonly", "yes", "--save", "", "--maxmemory-policy",
             "noeviction"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        until(lambda: listens(self.port))

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path):
    server = Redis(tmp_path)
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.kill()


@pytest.fixture
def orders(cast, account):
    day = business_today() - dt.timedelta(days=1)
    order(account, day, 100_00)
    order(Account.objects.create(code="B", name="Bolted"), day - dt.timedelta(days=100), 50_00)


@pytest.fixture
def celery(redis, tmp_path):
    """Yield a function that starts a worker with beat; all are ended afterwards."""
    processes = []

    def begin(**environment):
        process = start(
            "-m", "celery", "-A", "accounts_crm", "worker", "-B", "-c", "1",
            "-s", str(tmp_path / "beat"), "--loglevel", "WARNING",
            REDIS_URL=redis.url, RELAY_SECONDS="0.5", **environment,
        )  # fmt: skip
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def published():
    return NightlyRun.objects.published().first()


def test_beat_makes_the_night_and_the_run_page_shows_it(orders, celery, cast, client):
    celery(NIGHTLY_EVERY_SECONDS="1")

    run = until(published)

    assert run.trigger == NightlyRun.Trigger.SCHEDULE
    assert run.as_of == nightly.default_date()
    assert Ranking.objects.of_run(run.pk, "account").count() == 2
    client.force_login(cast["dora_director"])
    page = client.get("/data/runs/")
    assert page.status_code == 200
    assert f"/data/runs/{run.pk}/" in page.content.decode()
    # Beat goes on ticking; the night is not made again.
    seen = Event.objects.filter(kind="run.published").count()
    assert seen == 1


def test_two_workers_and_two_beats_make_one_run(orders, celery):
    celery(NIGHTLY_EVERY_SECONDS="1")
    celery(NIGHTLY_EVERY_SECONDS="1")

    until(published)

    assert NightlyRun.objects.published().count() == 1
    assert not NightlyRun.objects.filter(state=NightlyRun.State.FAILED).exists()


def test_a_run_asked_for_while_redis_is_down_is_made_when_it_is_back(orders, celery, redis, cast):
    celery(NIGHTLY_EVERY_SECONDS="3600")
    first = nightly_request(cast)
    until(lambda: NightlyRun.objects.filter(pk=first.pk, state="published").exists())

    redis.kill()
    second = nightly_request(cast)
    assert second.state == NightlyRun.State.REQUESTED
    redis.up()

    until(lambda: NightlyRun.objects.filter(pk=second.pk, state="published").exists(), seconds=120)
    first.refresh_from_db()
    assert first.state == NightlyRun.State.SUPERSEDED


def nightly_request(cast, **values):
    """Ask for a run as the page does, with a worker known to be there."""
    os.environ.pop("REDIS_URL", None)
    from accounts_crm import workers

    workers.note_relay()
    return nightly.request_run(by=cast["dora_director"], **values)


def test_the_outbox_drains(orders, celery, cast, account):
    from customers import actions

    actions.log_contact(account, by=cast["olga_owner"], kind="call")
    assert Event.objects.filter(sent_at__isnull=True).exists()

    celery(NIGHTLY_EVERY_SECONDS="3600")

    until(lambda: not Event.objects.filter(sent_at__isnull=True).exists())


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_parts_scored_by_any_number_of_workers_give_the_same_bytes(celery, cast, workers):
    company(42)
    for _ in range(workers):
        celery(NIGHTLY_EVERY_SECONDS="3600", RISK_PART_ACCOUNTS="1", RISK_BACKTEST_DRAWS="0")
    asked = nightly_request(cast, as_of=D)

    if workers > 1:
        until(lambda: RiskPart.objects.filter(told=True).exists(), seconds=120, every=0.02)
    until(lambda: NightlyRun.objects.filter(pk=asked.pk, state="published").exists(), seconds=120)

    assert not RiskPart.objects.exists()
    asked.refresh_from_db()
    assert repr(risks_of(make_run(D))) == repr(risks_of(asked))


def risks_of(run):
    columns = [
        field.name for field in Risk._meta.concrete_fields if field.name not in ("id", "run")
    ]
    rows = list(Risk.objects.filter(run=run).order_by("account").values_list(*columns))
    assert len(rows) == 42
    return rows, run.facts["risk"]
