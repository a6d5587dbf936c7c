"""Starting, missing, repeating and keeping nightly runs."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts_crm import nightly, retention, tasks, workers
from accounts_crm.models import NightlyRun
from churn.models import Risk
from customers.models import Account, Event, Interaction, OrderLine, Ranking
from tests.nights import make_run, order

State = NightlyRun.State
YESTERDAY = dt.date(2024, 6, 30)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2024-07-01T04:00:00+08:00", tick=True)


@pytest.fixture
def trade(account):
    order(account, dt.date(2024, 1, 15), 100)
    return account


def states():
    return sorted(NightlyRun.objects.values_list("as_of", "attempt", "state"))


def test_the_default_date_is_yesterday_in_the_business_time_zone(time_machine):
    assert nightly.default_date() == YESTERDAY
    time_machine.move_to("2024-06-30T16:30:00+00:00")  # 00:30 on 1 July in Shanghai
    assert nightly.default_date() == YESTERDAY
    time_machine.move_to("2024-06-30T15:30:00+00:00")
    assert nightly.default_date() == dt.date(2024, 6, 29)


def test_a_repeat_replaces_the_published_run_as_one_act(trade):
    first = make_run(YESTERDAY)
    order(trade, dt.date(2024, 6, 1), 900)
    second = make_run(YESTERDAY)

    assert states() == [(YESTERDAY, 1, "superseded"), (YESTERDAY, 2, "published")]
    assert NightlyRun.objects.published_for(YESTERDAY) == second
    # A page that was reading the first still finds its rows.
    assert Ranking.objects.of_run(first.pk).get().value == 100


def test_a_night_counts_the_rows_it_reads_and_writes_for_the_planner(trade):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans without counts")
    make_run(YESTERDAY)
    with connection.cursor() as cursor:
        for model in (OrderLine, Interaction, Ranking, Risk):
            table = [model._meta.db_table]
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", table)
            assert cursor.fetchone()[0] == model.objects.count(), model


def test_a_second_start_for_the_same_date_says_that_one_is_running(trade):
    nightly.begin(YESTERDAY, trigger="command")

    with pytest.raises(nightly.AlreadyRunning, match="under way"):
        nightly.begin(YESTERDAY, trigger="command")
    with pytest.raises(CommandError, match="under way"):
        call_command("nightly", as_of=YESTERDAY)


def test_a_stale_run_is_taken_over_and_its_worker_writes_nothing_more(trade):
    asleep = nightly.begin(YESTERDAY, trigger="command")
    NightlyRun.objects.update(heartbeat=timezone.now() - dt.timedelta(seconds=61))

    make_run(YESTERDAY)

    with pytest.raises(nightly.TakenOver):
        nightly.execute(asleep)
    assert states() == [(YESTERDAY, 1, "abandoned"), (YESTERDAY, 2, "published")]
    assert not Ranking.objects.filter(run=asleep.run_id).exists()


def test_a_run_with_a_fresh_heartbeat_is_not_taken_over(trade):
    nightly.begin(YESTERDAY, trigger="command")
    NightlyRun.objects.update(heartbeat=timezone.now() - dt.timedelta(seconds=50))

    with pytest.raises(nightly.AlreadyRunning):
        nightly.begin(YESTERDAY, trigger="command")


def test_a_failing_step_leaves_the_last_published_run_and_says_why(trade, monkeypatch):
    good = make_run(YESTERDAY)

    def broken(attempt):
        raise nightly.RunFailed("amounts_too_large", lines=3)

    monkeypatch.setattr(nightly.scoring, "compute", broken)
    with pytest.raises(nightly.RunFailed):
        make_run(YESTERDAY)

    failed = NightlyRun.objects.get(state=State.FAILED)
    assert (failed.error_code, failed.error_figures) == ("amounts_too_large", {"lines": 3})
    assert NightlyRun.objects.published_for() == good


def test_an_empty_database_is_no_failure_of_the_schedule(db, capsys):
    tasks.schedule_nightly()
    call_command("nightly")

    assert not NightlyRun.objects.exists()
    assert "Import orders first" in capsys.readouterr().out


def test_the_schedule_makes_up_at_most_seven_dates_oldest_first(trade):
    make_run(dt.date(2024, 6, 10))

    tasks.schedule_nightly()

    made = NightlyRun.objects.filter(trigger="schedule").order_by("pk")
    assert [run.as_of.day for run in made] == [24, 25, 26, 27, 28, 29, 30]
    tasks.schedule_nightly()
    assert NightlyRun.objects.filter(trigger="schedule").count() == 7


def test_the_first_scheduled_night_makes_yesterday_only(trade):
    tasks.schedule_nightly()

    assert states() == [(YESTERDAY, 1, "published")]


def test_the_schedule_makes_yesterday_again_where_a_person_was_early(trade):
    make_run(YESTERDAY)

    tasks.schedule_nightly()

    assert NightlyRun.objects.published().get().trigger == "schedule"


def test_a_requested_run_is_queued_once_and_made_once(trade, cast):
    workers.note_relay()
    run = nightly.request_run(by=cast["dora_director"])

    assert run.state == State.REQUESTED
    attempt = nightly.claim(run.pk)
    assert nightly.claim(run.pk) is None
    tasks.run_nightly(run.pk)  # a late second delivery does nothing
    assert nightly.execute(attempt).state == State.PUBLISHED


def test_a_requested_run_that_nobody_took_does_not_block_the_date_for_ever(trade, cast):
    workers.note_relay()
    lost = nightly.request_run(by=cast["dora_director"])
    with pytest.raises(nightly.AlreadyRunning):
        nightly.request_run(by=cast["dora_director"])
    NightlyRun.objects.update(created_at=timezone.now() - dt.timedelta(seconds=61))

    again = nightly.request_run(by=cast["dora_director"])

    lost.refresh_from_db()
    assert (lost.state, again.attempt) == (State.ABANDONED, 2)


def test_an_old_date_computed_late_opens_no_flag(trade):
    make_run(YESTERDAY)
    before = Event.objects.filter(kind__startswith="flag").count()

    make_run(dt.date(2024, 6, 1))

    assert Event.objects.filter(kind__startswith="flag").count() == before


def test_runs_stay_for_90_nights_then_month_ends_and_what_was_asked_for(trade):
    def published(day, **values):
        return NightlyRun.objects.create(
            as_of=day, attempt=1, state=State.PUBLISHED, finished_at=timezone.now(), **values
        )

    published(YESTERDAY)
    kept = [
        published(YESTERDAY - dt.timedelta(days=89)),
        published(dt.date(2024, 1, 31)),
        published(dt.date(2024, 2, 3), pinned=True),
    ]
    gone = [published(YESTERDAY - dt.timedelta(days=90)), published(dt.date(2024, 2, 4))]

    retention.thin_out()

    left = set(NightlyRun.objects.values_list("pk", flat=True))
    assert left >= {run.pk for run in kept}
    assert not left & {run.pk for run in gone}


def test_findings_stay_in_full_for_14_nights_and_month_ends(trade):
    from churn.models import Risk

    runs = {}
    for day in (dt.date(2024, 5, 31), dt.date(2024, 6, 16), dt.date(2024, 6, 17), YESTERDAY):
        runs[day] = NightlyRun.objects.create(
            as_of=day, attempt=1, state=State.PUBLISHED, finished_at=timezone.now()
        )
        Risk.objects.create(
            run=runs[day], account=trade, scored="scored", score=50, findings=[{"signal": "x"}]
        )

    retention.thin_out()

    kept = {day: bool(Risk.objects.get(run=run).findings) for day, run in runs.items()}
    assert kept == {
        dt.date(2024, 5, 31): True,
        dt.date(2024, 6, 16): False,
        dt.date(2024, 6, 17): True,
        YESTERDAY: True,
    }
    assert Risk.objects.get(run=runs[dt.date(2024, 6, 16)]).score == 50


def test_a_run_asked_for_by_date_is_pinned_and_stays_so_when_repeated(trade):
    call_command("nightly", as_of=YESTERDAY)
    make_run(YESTERDAY)

    assert NightlyRun.objects.published().get().pinned


def test_late_facts_dated_after_the_date_never_matter(trade):
    order(trade, dt.date(2024, 6, 30), 50)
    first = make_run(dt.date(2024, 6, 29))
    rows = list(Ranking.objects.of_run(first.pk).values_list("account", "value", "rank"))

    OrderLine.objects.filter(date__gt=dt.date(2024, 6, 29)).update(revenue=10**9)
    order(Account.objects.create(code="new", name="New"), dt.date(2024, 6, 30), 10**9)
    again = make_run(dt.date(2024, 6, 29))

    assert list(Ranking.objects.of_run(again.pk).values_list("account", "value", "rank")) == rows
