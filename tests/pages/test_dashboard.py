"""The director's dashboard."""

import datetime as dt
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts_crm.dashboard import figures
from accounts_crm.models import NightlyRun
from churn.models import Flag, Risk
from customers import ranking
from customers.calendar import business_today, end_of
from customers.models import Account, Interaction, NextStep, Ranking, Region
from lifecycle.models import StageMove
from teams.models import TeamMember
from tests.nights import analyze, make_run, order

YESTERDAY = business_today() - dt.timedelta(days=1)
LAST_WEEK = YESTERDAY - dt.timedelta(days=7)
TWO_MONTHS_AGO = YESTERDAY - dt.timedelta(days=60)
SECOND = dt.timedelta(seconds=1)


def open_page(client, user, **query):
    client.force_login(user)
    return client.get("/dashboard/", query)


def json_script(response, name):
    found = re.search(
        rf'<script id="{name}" type="application/json">(.*?)</script>', page(response)
    )
    return json.loads(found[1])


def page(response):
    return response.content.decode()


def account_of(name, owner=None, **values):
    return Account.objects.create(code=name, name=name, owner=owner, **values)


@pytest.fixture
def company(cast, account, far_account):
    """Return six accounts by name: two of Olga's in the East, the others elsewhere."""
    east = Region.objects.get(name="East")
    others = {
        "Brisling Pumps": account_of("Brisling Pumps", cast["olga_owner"], region=east),
        "Corvid Valves": account_of("Corvid Valves", cast["ed_editor"], tier="strategic"),
        "Dunlin Gears": account_of("Dunlin Gears", tier="partner", stage="early"),
        "Egret Belts": account_of("Egret Belts", industry="Belts"),
    }
    for debtor, revenue, before in (
        (account, 600_000, 550_000),
        (far_account, 5_432_100, 6_000_000),
        (others["Brisling Pumps"], 250_000, 0),
        (others["Corvid Valves"], 90_000, 90_000),
        (others["Egret Belts"], -1_000, 3_000),
    ):
        order(debtor, LAST_WEEK, revenue - before)
        if before:
            order(debtor, TWO_MONTHS_AGO - dt.timedelta(days=40), before)
    return {"Vorholm": account, "Zephyr": far_account, **others}


def shown_rows(run, user):
    return Ranking.objects.filter(run=run, scope="account", account__in=seen(user))


def seen(user):
    return Account.objects.visible_to(user)


def test_the_figures_are_those_of_the_ranking(client, cast, company):
    run = make_run(YESTERDAY)
    rows = list(Ranking.objects.filter(run=run, scope="account"))

    context = open_page(client, cast["dora_director"]).context

    base = sum(row.value for row in rows if row.value > 0)
    in_a = [row for row in rows if row.value_class == "A"]
    assert context["summary"]["value"] == sum(row.value for row in rows)
    assert context["summary"]["ranked"] == len(rows) == 5
    assert context["summary"]["unranked"] == 1
    assert context["summary"]["class_a"] == len(in_a)
    assert context["summary"]["class_a_share"] == sum(row.value for row in in_a) / base
    assert [step.value for step in context["curve"]["steps"]] == sorted(
        (row.value for row in rows if row.value > 0), reverse=True
    )
    assert context["curve"]["steps"][-1].share == 1
    assert context["matrix"]["count"] == len(rows)


def test_the_curve_states_the_same_distribution_as_the_run(client, cast, company):
    facts = make_run(YESTERDAY).facts["ranking"]["account"]

    context = open_page(client, cast["dora_director"]).context

    assert context["curve"]["positive"] == facts["positive"]
    assert context["curve"]["base"] == facts["base"]
    assert context["curve"]["share_of_top_fifth"] == pytest.approx(
        float(facts["share_of_top_fifth"]), abs=1e-6
    )
    assert context["curve"]["gini"] == pytest.approx(float(facts["gini"]), abs=1e-6)
    assert context["distribution"]["gini"] == float(facts["gini"])


def test_tier_and_class_lead_to_the_accounts_and_name_misfits(client, cast, company):
    make_run(YESTERDAY)

    response = open_page(client, cast["dora_director"])

    squares = {
        (square["tier"], square["value_class"]): square
        for row in response.context["matrix"]["rows"]
        for square in row["cells"]
    }
    assert squares["ordinary", "A"]["count"] == 1
    assert squares["ordinary", "A"]["misfit"]
    assert squares["ordinary", "B"]["count"] == 2
    assert squares["strategic", "C"]["count"] == 1
    assert squares["strategic", "C"]["misfit"]
    assert squares["ordinary", "N"]["count"] == 1
    assert "2 accounts sit in a tier that does not fit their class" in page(response)
    address = urlsplit(squares["strategic", "C"]["url"])
    assert address.path == "/accounts/"
    assert parse_qs(address.query) == {"tier": ["strategic"], "value_class": ["C"]}


def test_the_links_find_as_many_accounts_as_the_numbers_say(client, cast, company):
    make_run(YESTERDAY)
    context = open_page(client, cast["dora_director"]).context

    linked = [
        (square["count"], square["url"])
        for row in context["matrix"]["rows"]
        for square in [*row["cells"], row["total"]]
        if square["count"] and square["value_class"]
    ]
    linked += [(bar["count"], bar["url"]) for bar in context["stages"]]

    assert linked
    for count, url in linked:
        assert client.get(url).context["count"] == count, url


def test_a_limited_viewer_sees_own_totals_and_nothing_of_others(client, cast, company):
    make_run(TWO_MONTHS_AGO)
    run = make_run(YESTERDAY)

    for name in ("dirk_director", "olga_owner"):
        response = open_page(client, cast[name])
        context, text = response.context, page(response)

        rows = list(shown_rows(run, cast[name]))
        assert {row.account.name for row in rows} == {"Vorholm Cranes", "Brisling Pumps"}
        assert context["summary"]["value"] == sum(row.value for row in rows) == 850_000
        assert context["curve"]["base"] == 850_000
        assert context["curve"]["steps"][-1].share == 1
        assert "Accounts you see" in text
        for hidden in ("Zephyr", "Corvid", "Dunlin", "Egret", "West", "Belts"):
            assert hidden not in text, hidden
        assert "54,321" not in text
        assert "54.3" not in text
        # Rank and class stay those of the company.
        assert {row.rank for row in rows} == {2, 3}


def test_a_limited_viewer_is_not_told_what_the_company_left_out(client, cast, company):
    order(company["Zephyr"], LAST_WEEK, 777_777, cost=1)
    run = make_run(YESTERDAY)
    facts = {**run.facts, "ranking": {**run.facts["ranking"], "measure": "margin"}}
    NightlyRun.objects.filter(pk=run.pk).update(measure="margin", facts=facts)

    told = open_page(client, cast["dora_director"]).context["distribution"]
    untold = open_page(client, cast["olga_owner"]).context["distribution"]

    assert told["uncosted_lines"] == facts["ranking"]["uncosted_lines"] > 0
    assert not {"uncosted_lines", "unrated_lines"} & set(untold)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("dora_director", 200),
        ("dirk_director", 200),
        ("rita_reader", 200),
        ("stan_steward", 200),
        ("olga_owner", 200),
        ("otto_outsider", 200),
        ("ada_admin", 403),
        ("ina_integration", 403),
    ],
)
def test_who_may_open_it(client, cast, name, status):
    assert open_page(client, cast[name]).status_code == status


def test_an_administrator_without_another_role_is_told_why_not(client, cast):
    assert "The dashboard is for those who look after accounts" in page(
        open_page(client, cast["ada_admin"])
    )


def test_nobody_logged_in_is_sent_to_the_log_in(client, db):
    assert client.get("/dashboard/").url.startswith("/auth/login/")


def test_without_a_run_it_says_so_and_leads_to_the_runs(client, cast, account):
    text = page(open_page(client, cast["dora_director"]))

    assert "No ranking yet" in text
    assert "/data/runs/" in text


def test_a_manager_without_accounts_is_told_how_they_come(client, cast, company):
    make_run(YESTERDAY)

    assert "You see no accounts yet" in page(open_page(client, cast["otto_outsider"]))


def test_filters_narrow_every_figure_and_every_link(client, cast, company):
    make_run(YESTERDAY)
    east = Region.objects.get(name="East")
    below = Region.objects.create(name="East coast", parent=east)
    Account.objects.filter(name="Brisling Pumps").update(region=below)

    response = open_page(client, cast["dora_director"], region=east.pk)

    assert response.context["summary"]["value"] == 850_000
    assert "Accounts chosen" in page(response)
    assert "Zephyr" not in page(response)
    assert f"region={east.pk}" in response.context["matrix"]["rows"][0]["total"]["url"]
    owner = cast["ed_editor"].pk
    assert open_page(client, cast["dora_director"], owner=owner).context["summary"]["value"] == (
        90_000
    )
    only = open_page(client, cast["dora_director"], industry="Belts").context
    assert only["summary"]["value"] == -1_000
    assert only["curve"]["steps"] == []


def test_filters_offer_nothing_that_the_viewer_may_not_see(client, cast, company):
    make_run(YESTERDAY)
    west = Region.objects.get(name="West")

    response = open_page(client, cast["olga_owner"], region=west.pk)

    assert "There is no such region among the accounts you see" in page(response)
    assert "West" not in page(response)
    assert "summary" not in response.context


@pytest.mark.parametrize(
    "query", [{"region": "x"}, {"owner": "999999"}, {"industry": "\x00"}, {"owner": "-1"}]
)
def test_a_wrong_filter_is_named(client, cast, company, query):
    make_run(YESTERDAY)

    response = open_page(client, cast["dora_director"], **query)

    assert response.status_code == 200
    assert 'role="alert"' in page(response)


def test_filters_that_leave_nothing_say_so(client, cast, company):
    make_run(YESTERDAY)
    east = Region.objects.get(name="East").pk

    assert "No account fits" in page(
        open_page(client, cast["dora_director"], region=east, industry="Belts")
    )


def test_an_earlier_night_is_shown_as_it_was(client, cast, company):
    make_run(TWO_MONTHS_AGO)
    make_run(YESTERDAY)

    past = open_page(client, cast["dora_director"], as_of=TWO_MONTHS_AGO.isoformat())

    assert past.context["summary"]["value"] == 550_000 + 6_000_000 + 90_000 + 3_000
    assert past.context["scope"].day == TWO_MONTHS_AGO + dt.timedelta(days=1)
    assert "To the latest" in page(past)
    assert f"as_of={TWO_MONTHS_AGO}" in past.context["summary"]["urls"]["class_a"]


def test_a_night_without_a_run_names_the_nearest(client, cast, company):
    make_run(TWO_MONTHS_AGO)
    make_run(YESTERDAY)
    wanted = TWO_MONTHS_AGO + dt.timedelta(days=3)

    response = open_page(client, cast["dora_director"], as_of=wanted.isoformat())

    assert wanted.isoformat() in page(response)
    assert TWO_MONTHS_AGO.isoformat() in page(response)
    assert YESTERDAY.isoformat() in page(response)
    assert "summary" not in response.context


@pytest.mark.parametrize("typed", ["soon", "2026-02-30", "2026-13-01", "\x00", "9" * 300])
def test_what_is_no_date_is_named(client, cast, company, typed):
    make_run(YESTERDAY)

    response = open_page(client, cast["dora_director"], as_of=typed)

    assert response.status_code == 200
    assert "is no date" in page(response)


def test_movers_are_measured_against_the_comparable_run(client, cast, company):
    make_run(TWO_MONTHS_AGO)
    make_run(YESTERDAY)

    gained, lost = open_page(client, cast["dora_director"]).context["movers"]

    moved = [(mover.account.name, mover.change, mover.climbed) for mover in [*gained, *lost]]
    assert moved == [
        ("Brisling Pumps", 250_000, None),
        ("Vorholm Cranes", 50_000, 0),
        ("Zephyr Canary Works", -567_900, 0),
        ("Egret Belts", -4_000, -1),
    ]


def test_the_period_chooses_what_totals_and_movers_are_compared_with(client, cast, company):
    year_ago = YESTERDAY - dt.timedelta(days=370)
    quarter_ago = YESTERDAY - dt.timedelta(days=95)
    order(company["Vorholm"], year_ago - dt.timedelta(days=20), 4_000_000)
    for day in (year_ago, quarter_ago):
        make_run(day)
        NightlyRun.objects.update(pinned=True)  # else it would be thinned out
    make_run(TWO_MONTHS_AGO)
    run = make_run(YESTERDAY)

    def compared(period):
        page = open_page(client, cast["dora_director"], period=period)
        assert page.context["scope"].earlier == page.context["summary"]["compared"]
        return page.context["scope"].earlier

    assert compared("") == compared("month") == ranking.comparable(run)
    assert compared("month").as_of == TWO_MONTHS_AGO
    assert compared("quarter").as_of == quarter_ago
    assert compared("year").as_of == year_ago
    year = open_page(client, cast["dora_director"], period="year").context["summary"]
    assert year["change"] == (year["value"] - 4_000_000) / 4_000_000


def test_a_period_that_no_run_reaches_back_to_compares_with_nothing(client, cast, company):
    make_run(TWO_MONTHS_AGO)
    make_run(YESTERDAY)

    page = open_page(client, cast["dora_director"], period="year")

    assert page.context["scope"].earlier is None
    assert "There is no run yet that is a year older" in page.content.decode()
    faulty = open_page(client, cast["dora_director"], period="century").content.decode()
    assert "There is no such period." in faulty


def test_stage_moves_are_told_since_the_earlier_run(client, cast, company):
    make_run(TWO_MONTHS_AGO)
    make_run(YESTERDAY)
    director, account = cast["dora_director"], company["Vorholm"]
    before, within = end_of(TWO_MONTHS_AGO), end_of(YESTERDAY)
    for at, was, to in (
        (before - SECOND, "pre", "early"),  # too early to count
        (before, "early", "mid"),
        (within - SECOND, "mid", "early"),
        (within - SECOND, "early", "interrupted"),
        (within, "interrupted", "early"),  # after the run's date
    ):
        StageMove.objects.create(account=account, was=was, to=to, at=at)

    context = open_page(client, director).context

    assert context["moves"] == {"up": 1, "back": 1, "interrupted": 1, "resumed": 0}
    assert {bar["stage"]: bar["net"] for bar in context["stages"]} == {
        "pre": "±0",
        "early": "−1",
        "mid": "±0",
        "partnership": "±0",
        "synergistic": "±0",
        "interrupted": "+1",
    }
    assert open_page(client, cast["olga_owner"]).context["moves"]["up"] == 1


def test_runs_measured_otherwise_are_not_compared_with(client, cast, company):
    make_run(TWO_MONTHS_AGO)
    NightlyRun.objects.update(currency="EUR")
    make_run(YESTERDAY)

    response = open_page(client, cast["dora_director"])

    assert response.context["summary"]["change"] is None
    assert "Nothing to compare with yet" in page(response)


def test_value_at_risk_is_that_of_the_accounts_at_risk(client, cast, company):
    run = make_run(YESTERDAY)
    Risk.objects.filter(run=run).update(level="low", score=10, value_at_stake=5)
    Risk.objects.filter(run=run, account=company["Vorholm"]).update(
        level="high", score=88, value_at_stake=400_000
    )
    Risk.objects.filter(run=run, account=company["Zephyr"]).update(level="watch", score=44)

    response = open_page(client, cast["dora_director"])

    figures = response.context["summary"]
    assert (figures["high"].count, figures["high"].positive) == (1, 600_000)
    assert (figures["watch"].count, figures["watch"].positive) == (1, 5_432_100)
    assert response.context["points"][0]["name"] == "Vorholm Cranes"
    drawn = json_script(response, "points-data")["points"]
    assert [point["name"] for point in drawn][0] == "Vorholm Cranes"
    assert drawn[0]["root"] == pytest.approx(4000**0.5, abs=0.001)


def test_managers_are_shown_with_contacts_steps_and_flags(client, cast, company):
    make_run(YESTERDAY)
    Flag.objects.all().delete()
    olga, today = cast["olga_owner"], business_today()
    contacted(company["Vorholm"], olga, today - dt.timedelta(days=59))
    contacted(company["Brisling Pumps"], olga, today - dt.timedelta(days=61))
    plan = {"account": company["Vorholm"], "who": olga, "created_on": today, "what": "Call"}
    NextStep.objects.create(due=YESTERDAY, **plan)
    NextStep.objects.create(due=today, **plan)
    Flag.objects.create(account=company["Vorholm"], kind="manual", reason="Rival")

    coverage = open_page(client, cast["dora_director"]).context["coverage"]

    covers = {cover.name: cover for cover in coverage["rows"]}
    cover = covers["Olga"]
    assert (cover.accounts, cover.active, cover.in_time) == (2, 2, 1)
    assert (cover.late, cover.flags, cover.unanswered) == (1, 1, 1)
    assert cover.share == 850_000 / (850_000 + 5_432_100 + 90_000)
    assert not cover.concentrated
    assert covers[""].concentrated is False  # nobody's accounts are nobody's weight
    assert coverage["total"].accounts == 6
    assert (coverage["total"].in_time, coverage["total"].active) == (1, 6)


def test_an_earlier_night_counts_contacts_steps_and_flags_of_then(client, cast, company):
    make_run(TWO_MONTHS_AGO)
    make_run(YESTERDAY)
    Flag.objects.all().delete()
    olga, vorholm = cast["olga_owner"], company["Vorholm"]
    contacted(vorholm, olga, TWO_MONTHS_AGO - dt.timedelta(days=10))
    contacted(company["Brisling Pumps"], olga, LAST_WEEK)
    then = dt.datetime.combine(LAST_WEEK, dt.time(12), dt.UTC)
    NextStep.objects.create(
        account=vorholm,
        who=olga,
        what="Call",
        created_on=TWO_MONTHS_AGO - dt.timedelta(days=9),
        due=TWO_MONTHS_AGO,
        state="done",
        closed_at=then,
        closed_on=LAST_WEEK,
    )
    Flag.objects.create(account=vorholm, kind="score", as_of=TWO_MONTHS_AGO)
    Flag.objects.create(account=vorholm, kind="fatal", as_of=YESTERDAY)

    past = open_page(client, cast["dora_director"], as_of=TWO_MONTHS_AGO.isoformat())
    now = open_page(client, cast["dora_director"])

    assert counted(past) == (1, 1, 1)
    assert counted(now) == (1, 0, 1)  # one account, though with two flags


def counted(response):
    total = response.context["coverage"]["total"]
    return total.in_time, total.late, total.flags


def contacted(account, author, day):
    Interaction.objects.create(
        account=account,
        kind="call",
        at=dt.datetime.combine(day, dt.time(4), dt.UTC),
        date=day,
        author=author,
    )
    Account.objects.filter(pk=account.pk).update(last_contact_on=day)


def crowd(number, cast, start=0):
    """Add accounts with a rank and a risk in the latest run."""
    run = NightlyRun.objects.latest_published()
    accounts = Account.objects.bulk_create(
        Account(
            code=f"crowd-{n:05}",
            name=f"Crowd {n:05}",
            owner=cast["olga_owner"] if n % 3 else None,
            tier=("ordinary", "partner", "strategic")[n % 3],
            stage=("pre", "early", "mid")[n % 3],
            industry=f"Industry {n % 7}",
        )
        for n in range(start, start + number)
    )
    Ranking.objects.bulk_create(
        Ranking(
            run=run,
            scope="account",
            account=one,
            top=one,
            position=100 + start + n,
            rank=100 + start + n,
            value=10**9 // (100 + start + n),
            cumulative=1,
            value_class="ABC"[min(2, 3 * n // number)],
        )
        for n, one in enumerate(accounts)
    )
    Risk.objects.bulk_create(
        Risk(
            run=run,
            account=one,
            scored="scored",
            p_micro=500_000,
            score=n % 100,
            level=("low", "watch", "high")[n % 3],
            value_at_stake=1 + n,
        )
        for n, one in enumerate(accounts)
    )
    analyze()


@pytest.mark.parametrize("name", ["dora_director", "dirk_director", "olga_owner"])
def test_the_number_of_queries_does_not_grow_with_the_accounts(client, cast, company, name):
    make_run(TWO_MONTHS_AGO)
    make_run(YESTERDAY)

    counts = []
    for number, start in ((50, 0), (4_950, 50)):
        crowd(number, cast, start)
        Account.objects.filter(code__startswith="crowd").update(
            region=Region.objects.get(name="East")
        )
        client.force_login(cast[name])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get("/dashboard/")
        assert response.status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


def test_many_accounts_are_drawn_in_few_points(client, cast, company):
    run = make_run(YESTERDAY)
    Ranking.objects.filter(run=run).delete()
    crowd(3_000, cast)

    response = open_page(client, cast["dora_director"])

    steps = response.context["curve"]["steps"]
    assert len(json_script(response, "curve-data")["steps"]) == len(steps) <= 150
    assert len(json_script(response, "points-data")["points"]) == 150
    assert len(response.content) < 400_000
    assert sum(step.count for step in steps) == 3_000
    assert [step.first for step in steps[1:]] == [step.last + 1 for step in steps[:-1]]
    values = list(
        Ranking.objects.filter(run=run, scope="account")
        .order_by("position")
        .values_list("value", flat=True)
    )
    for step in steps[:5] + steps[-5:]:
        assert step.value == sum(values[step.first - 1 : step.last])
    ends = [end["accounts"] for end in response.context["curve"]["ends"]]
    assert ends == [1000, 2000, 3000]
    assert {step.value_class for step in steps if step.last <= 1000} == {"A"}


def test_of_very_many_accounts_the_figures_are_kept_for_a_minute(
    client, cast, company, monkeypatch
):
    monkeypatch.setattr(figures, "MANY", 3)
    make_run(YESTERDAY)
    first = open_page(client, cast["dora_director"])
    Account.objects.filter(name="Egret Belts").update(tier="strategic")

    again = open_page(client, cast["dora_director"])
    reader = open_page(client, cast["rita_reader"])
    chosen = open_page(client, cast["dora_director"], industry="Belts")
    regional = open_page(client, cast["dirk_director"])

    assert again.context["matrix"]["rows"] == first.context["matrix"]["rows"]
    assert reader.context["summary"] == first.context["summary"]
    assert chosen.context["matrix"]["rows"][0]["total"]["count"] == 1
    assert regional.context["summary"]["value"] == 850_000


def test_what_memberships_decide_is_never_kept(client, cast, company, monkeypatch):
    monkeypatch.setattr(figures, "MANY", 0)
    make_run(YESTERDAY)
    before = open_page(client, cast["ed_editor"])
    TeamMember.objects.filter(user=cast["ed_editor"]).delete()

    after = open_page(client, cast["ed_editor"])

    assert before.context["summary"]["value"] == 690_000
    assert after.context["summary"]["value"] == 90_000
    assert "Vorholm" not in page(after)
