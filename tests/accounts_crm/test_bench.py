"""The benchmark: a figure for everything, and a database left as it was."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts_crm.bench import nights
from accounts_crm.bench.figures import Figure, Took, table
from accounts_crm.bench.twins import twin
from accounts_crm.bench.undone import undone
from accounts_crm.demo import company
from accounts_crm.models import NightlyRun
from accounts_crm.nightly import default_date
from customers.calendar import business_today
from customers.models import Event, OrderLine, Ranking
from customers.sql import figure, rows
from lifecycle import facts
from teams.models import Post, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo():
    size = company.Size(accounts=60, order_lines=2_000, interactions=300)
    company.make_company(size, seed=1, password="demo-of-keel", today=business_today())
    # What `createcachetable` makes in a real database.
    call_command("createcachetable")
    call_command("nightly", stdout=StringIO(), stderr=StringIO())


def bench(*parts, **options):
    out = StringIO()
    call_command("bench", *parts, repeat=1, page_repeat=1, stdout=out, **options)
    return out.getvalue()


def test_every_part_gives_its_figures_and_nothing_stays(demo):
    counted = (OrderLine, Ranking, NightlyRun, Event, User, Post)
    before = [model.objects.count() for model in counted]

    said = bench(import_lines=301)

    for work in (
        "ranking",
        "evidence step",
        "risk step",
        "import_orders",
        "account page, usual",
        "API list",
    ):
        assert f"| {work}" in said
    assert [model.objects.count() for model in counted] == before
    assert not [t for t in connection.introspection.table_names() if t.startswith("bench")]


def test_a_part_can_be_measured_alone(demo):
    said = bench("import", import_lines=30)

    assert "| import_orders" in said
    assert "ranking" not in said


def test_ranking_by_hand_is_the_same_ranking(demo):
    run = NightlyRun.objects.latest_published()
    columns = twin(Ranking, "bench_ranking")

    nights.rank_by_hand(default_date(), run.pk)

    made = rows(f"SELECT {', '.join(columns)} FROM bench_ranking ORDER BY scope, position")
    stored = Ranking.objects.filter(run=run).order_by("scope", "position")
    assert made == list(stored.values_list(*columns))


def test_the_bare_pass_finds_what_evidence_rests_on(demo):
    as_of = default_date()

    nights.pass_once(as_of)

    passed = rows("SELECT id, functions > 0, joint_on IS NOT NULL FROM bench_evidence ORDER BY id")
    read = [
        (pk, bool(found.functions) or None, bool(found.groups))
        for part in facts.of_all(as_of)
        for pk, _stage, found in part
    ]
    assert [(pk, met and True, bool(joint)) for pk, met, joint in passed] == read


def test_bare_reading_reads_every_line(demo):
    assert nights.read_bare(default_date()) == 2_000


def test_an_empty_database_is_refused():
    with pytest.raises(CommandError, match="seed_demo"):
        bench()


def test_pages_want_a_run():
    size = company.Size(accounts=12, order_lines=100, interactions=0)
    company.make_company(size, seed=1, password="demo-of-keel", today=business_today())

    with pytest.raises(CommandError, match="nightly"):
        bench("pages")


def test_the_table_shows_ratios():
    shown = table(
        [
            Figure("a", "1", Took(3, 2, 412.4), Took(2, 1)),
            Figure("b", "1", Took(9, 0.001), None, queries=7),
        ]
    )

    assert "| a | 1 | 3.00 s | 2.00 s | 1.50 | 2.00 | 412 MB | – |" in shown
    assert "| b | 1 | 1.0 ms | – | – | – | – | 7 |" in shown


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite ends no idle transaction")
def test_a_step_may_compute_for_longer_than_a_transaction_may_idle():
    limit = (
        "SELECT setting::int FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"
    )
    with undone():
        assert figure(limit) == 0
    assert figure(limit) > 0
