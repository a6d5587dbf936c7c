"""The pages of the nightly runs."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts_crm import nightly, run_messages, workers
from accounts_crm.models import NightlyRun
from customers.calendar import business_today
from tests.nights import make_run, order

YESTERDAY = business_today() - dt.timedelta(days=1)
DAY_BEFORE = YESTERDAY - dt.timedelta(days=1)
State = NightlyRun.State


@pytest.fixture(autouse=True)
def no_worker(db):
    """No worker was seen yet, whatever ran before."""
    cache.delete(workers.RELAY_SEEN)


@pytest.fixture
def orders(account, far_account):
    """Return the two accounts, each with an order of a month ago."""
    day = YESTERDAY - dt.timedelta(days=30)
    order(account, day, 123_400)
    order(far_account, day, 98_765_400)
    return account, far_account


def a_run(state, as_of=YESTERDAY, *, seconds=30, **values):
    now = timezone.now()
    live = state in NightlyRun.LIVE
    return NightlyRun.objects.create(
        as_of=as_of,
        attempt=NightlyRun.objects.filter(as_of=as_of).count() + 1,
        state=state,
        started_at=now - dt.timedelta(seconds=seconds),
        heartbeat=now,
        finished_at=None if live else now,
        **values,
    )


def get(client, user, path="/data/runs/", **headers):
    client.force_login(user)
    return client.get(path, headers=headers)


def page(response):
    return response.content.decode()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("dora_director", 200),
        ("rita_reader", 200),
        ("stan_steward", 200),
        ("olga_owner", 200),
        ("ada_admin", 200),
        ("ina_integration", 403),
    ],
)
def test_who_may_look_at_the_runs(client, cast, orders, name, status):
    run = make_run(YESTERDAY)

    assert get(client, cast[name]).status_code == status
    assert get(client, cast[name], f"/data/runs/{run.pk}/").status_code == status


def test_a_person_without_a_role_sees_no_runs(client, cast):
    cast["olga_owner"].groups.clear()

    assert get(client, cast["olga_owner"]).status_code == 403


@pytest.mark.parametrize("name", ["dora_director", "stan_steward", "ada_admin"])
def test_run_now_asks_for_a_run(client, cast, orders, name):
    client.force_login(cast[name])

    response = client.post("/data/runs/")

    assert response.status_code == 302
    run = NightlyRun.objects.get()
    assert (run.state, run.as_of, run.asked_by) == (State.REQUESTED, YESTERDAY, cast[name])
    assert not run.pinned
    assert "is asked for" in page(client.get("/data/runs/"))


@pytest.mark.parametrize("name", ["rita_reader", "olga_owner", "ina_integration"])
def test_others_may_not_start_a_run(client, cast, orders, name):
    client.force_login(cast[name])

    response = client.post("/data/runs/")

    assert response.status_code == 403
    assert not NightlyRun.objects.exists()
    if name != "ina_integration":
        assert "Run now" not in page(client.get("/data/runs/"))


def test_a_run_for_another_date_is_kept(client, cast, orders):
    client.force_login(cast["dora_director"])

    client.post("/data/runs/", {"as_of": DAY_BEFORE.isoformat()})

    run = NightlyRun.objects.get()
    assert (run.as_of, run.pinned) == (DAY_BEFORE, True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("soon", "Write the date as 2026-09-14."),
        ("2026-02-30", "Write the date as 2026-09-14."),
        ((business_today() + dt.timedelta(days=2)).isoformat(), "lies in the future"),
        ("1999-01-01", "is before the first order line"),
    ],
)
def test_an_impossible_date_is_refused_and_stays_typed(client, cast, orders, typed, said):
    client.force_login(cast["dora_director"])

    response = client.post("/data/runs/", {"as_of": typed})

    assert response.status_code == 422
    assert said in page(response)
    assert f'value="{typed}"' in page(response)
    assert not NightlyRun.objects.exists()


def test_without_order_lines_a_run_is_refused(client, cast):
    client.force_login(cast["dora_director"])

    response = client.post("/data/runs/")

    assert response.status_code == 422
    assert "There are no order lines yet" in page(response)


def test_a_second_start_is_refused_while_one_is_under_way(client, cast, orders):
    a_run(State.RUNNING)
    client.force_login(cast["dora_director"])

    response = client.post("/data/runs/")

    assert response.status_code == 422
    assert "is under way" in page(response)
    assert NightlyRun.objects.count() == 1


def test_run_now_is_disabled_while_one_is_under_way_and_says_why(client, cast, orders):
    run = a_run(State.RUNNING)
    before = page(get(client, cast["dora_director"]))
    long_ago = timezone.now() - dt.timedelta(minutes=5)
    NightlyRun.objects.filter(pk=run.pk).update(heartbeat=long_ago)
    after = page(get(client, cast["dora_director"]))

    assert 'disabled aria-describedby="why-not"' in before
    assert "A run is under way. Wait until it has ended." in before
    assert "disabled" not in after
    assert "given no sign of life" in after


def test_the_run_under_way_is_shown_by_step(client, cast, orders):
    run = a_run(
        State.RUNNING,
        step="risk",
        done=50,
        total=200,
        timings=[
            {"step": "rank", "seconds": 12.0, "rows": 86},
            {"step": "evidence", "seconds": 3.0, "rows": 90},
        ],
    )

    response = get(client, cast["dora_director"])

    progress = response.context["live"]
    assert progress["percent"] == round(100 * (2 + 0.25) / 5)
    assert [phase.state for phase in progress["phases"]] == ["done", "done", "now", "todo", "todo"]
    assert "Step 3 of 5, Churn risk and reasons" in page(response)
    assert "50 of 200" in page(response)
    assert f'hx-get="/data/runs/{run.pk}/" hx-trigger="every 2s"' in page(response)


def test_asking_for_progress_goes_on_only_while_the_run_is_live(client, cast, orders):
    run = a_run(State.RUNNING, step="rank")
    address = f"/data/runs/{run.pk}/"

    live = get(client, cast["dora_director"], address, hx_request="true")
    NightlyRun.objects.filter(pk=run.pk).update(state=State.PUBLISHED, finished_at=timezone.now())
    ended = get(client, cast["dora_director"], address, hx_request="true")

    assert "<html" not in page(live)
    assert 'hx-trigger="every 2s"' in page(live)
    assert "HX-Refresh" not in live
    assert "hx-trigger" not in page(ended)
    assert ended["HX-Refresh"] == "true"
    assert "HX-Request" in ended["Vary"]


def test_a_waiting_run_says_what_it_waits_for(client, cast, orders):
    nightly.request_run(by=cast["dora_director"])

    text = page(get(client, cast["dora_director"]))

    assert "Waiting for a worker" in text
    assert 'hx-trigger="every 2s"' in text


def test_a_failed_run_says_why_in_words(client, cast, orders):
    make_run(DAY_BEFORE)
    failed = a_run(
        State.FAILED,
        step="risk",
        timings=[{"step": "rank", "seconds": 1.0, "rows": 4}],
        error_code="unexpected",
        error_figures={"type": "OperationalError", "message": "canary <b>locked</b>"},
    )

    text = page(get(client, cast["dora_director"]))

    assert "The database could not be reached or was too busy." in text
    assert "Everyone still sees values as of" in text
    assert "Stopped in step 3 of 5" in text
    assert "canary &lt;b&gt;locked&lt;/b&gt;" in text
    assert "Run again" in text
    # Who cannot act on it is spared the exception.
    reader = page(get(client, cast["rita_reader"]))
    assert "too busy" in reader
    assert "canary" not in reader
    assert "Run again" not in reader
    assert "too busy" in page(get(client, cast["rita_reader"], f"/data/runs/{failed.pk}/"))


def test_a_run_that_ended_amid_its_scores_tells_no_counts(client, cast, orders):
    facts = {"risk": {"median_micro": 300_000, "rules": {}, "scored": 4}}
    run = a_run(State.FAILED, step="risk", facts=facts, error_code="unexpected")

    response = get(client, cast["dora_director"], f"/data/runs/{run.pk}/")

    assert response.status_code == 200
    assert "Lapsed: no order in a year" not in page(response)


def test_an_old_failure_is_history_once_a_later_run_is_published(client, cast, orders):
    a_run(State.FAILED, as_of=DAY_BEFORE, error_code="unexpected", error_figures={"type": "X"})
    make_run(YESTERDAY)

    response = get(client, cast["dora_director"])

    assert response.context["trouble"] is None
    assert [line["run"].state for line in response.context["past"]] == ["published", "failed"]


def test_what_people_see_now_is_the_latest_published_run(client, cast, orders):
    make_run(DAY_BEFORE)
    run = make_run(YESTERDAY)
    make_run(DAY_BEFORE)

    response = get(client, cast["dora_director"])

    assert response.context["latest_run"] == run
    states = [line["run"].state for line in response.context["past"]]
    assert states == ["published", "published", "superseded"]


def test_without_a_worker_the_page_says_so(client, cast, orders):
    without = page(get(client, cast["dora_director"]))
    workers.note_relay()
    with_one = page(get(client, cast["dora_director"]))

    assert "No worker is running" in without
    assert "No worker is running" not in with_one
    assert "02:00" in with_one


def test_lines_without_a_rate_are_listed_with_the_run(client, cast, orders):
    account, _far = orders
    order(account, YESTERDAY, None, currency="USD", revenue_minor=700_050)
    order(account, YESTERDAY, None, currency="USD", revenue_minor=50)
    run = make_run(YESTERDAY)
    address = f"/data/runs/{run.pk}/"

    told = page(get(client, cast["dora_director"], address))
    limited = page(get(client, cast["olga_owner"], address))

    assert "2 order lines have no exchange rate" in told
    assert "$7,001.00" in told
    assert "USD" in limited
    assert "7,001" not in limited


def test_company_totals_are_for_those_who_see_the_company(client, cast, orders):
    run = make_run(YESTERDAY)
    address = f"/data/runs/{run.pk}/"

    assert "988,888.00" in page(get(client, cast["rita_reader"], address))
    for name in ("olga_owner", "dirk_director", "ada_admin"):
        assert "988,888" not in page(get(client, cast[name], address))


def test_a_run_that_is_not_there_is_not_found(client, cast):
    assert get(client, cast["dora_director"], "/data/runs/4711/").status_code == 404


@pytest.mark.parametrize("path", ["/data/runs/", "/data/runs/{pk}/"])
def test_the_number_of_queries_does_not_grow_with_the_runs(client, cast, orders, path):
    run = make_run(YESTERDAY)
    client.force_login(cast["dirk_director"])
    counts = []
    for number in (3, 60):
        for n in range(number):
            a_run(State.FAILED, as_of=DAY_BEFORE - dt.timedelta(days=n))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path.format(pk=run.pk)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


def test_many_runs_are_shown_by_pages(client, cast, orders):
    for n in range(25):
        a_run(State.PUBLISHED, as_of=YESTERDAY - dt.timedelta(days=n), seconds=n)

    first = get(client, cast["dora_director"])
    second = get(client, cast["dora_director"], "/data/runs/?page=2")
    beyond = get(client, cast["dora_director"], "/data/runs/?page=x")

    assert len(first.context["past"]) == 20
    assert len(second.context["past"]) == 5
    assert len(beyond.context["past"]) == 20


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0.04, "0.0 s"),
        (1.24, "1.2 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (396, "6 min 36 s"),
        (7500, "2 h 05 min"),
    ],
)
def test_lengths_of_time_are_written_as_people_say_them(seconds, said):
    assert run_messages.duration(seconds) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": "published"}, ""),
        ({"state": "abandoned"}, "gave no sign of life"),
        ({"state": "failed", "error_code": "unexpected", "error_figures": {"type": "X"}}, "(X)"),
        ({"state": "failed", "error_code": "unexpected", "error_figures": {}}, "unexpected"),
        ({"state": "failed", "error_code": "of_an_older_release"}, "of_an_older_release"),
    ],
)
def test_every_end_of_a_run_has_a_sentence(values, said):
    cause = run_messages.cause(NightlyRun(as_of=YESTERDAY, **values))

    assert said in cause if said else not cause
    assert "%(" not in cause


def test_the_command_says_why_a_run_failed_in_the_same_words(orders, monkeypatch):
    def fail(_attempt):
        raise MemoryError("Unable to allocate 9 GiB")

    monkeypatch.setattr(nightly.ranking, "compute", fail)

    with pytest.raises(CommandError, match="The worker ran out of memory"):
        call_command("nightly")

    assert NightlyRun.objects.get().error_figures["type"] == "MemoryError"
