"""The two boards: who sees what, in which order, under which filters, at what cost."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts_crm.boards.stages import MOST
from churn import actions as churn_actions
from churn.models import Flag, Risk
from customers.calendar import business_today
from customers.models import Account, Region
from lifecycle import actions
from lifecycle.models import StageMove
from teams.models import TeamMember
from tests.nights import analyze, make_run, order
from tests.words import text

TODAY = business_today()
D = TODAY - dt.timedelta(days=1)
LAST_WEEK = D - dt.timedelta(days=7)


@pytest.fixture
def company(cast):
    """Return accounts by name: Olga's three in the East, Ed's in the West."""
    east = Region.objects.get(name="East")
    west = Region.objects.create(name="West")
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    accounts = {
        "Alma": Account.objects.create(
            code="a1", name="Alma Cranes", owner=olga, region=east, tier="strategic", stage="mid"
        ),
        "Bolt": Account.objects.create(
            code="b1", name="Bolt Works", owner=olga, region=east, stage="mid"
        ),
        "Canary": Account.objects.create(
            code="c1", name="Canary Secret", owner=ed, region=west, stage="early"
        ),
        "Dune": Account.objects.create(code="d1", name="Dune Pumps", owner=olga, region=east),
    }
    for name, revenue in (("Bolt", 900_00), ("Alma", 6000_00), ("Canary", 3000_00)):
        order(accounts[name], LAST_WEEK, revenue)
    return accounts


@pytest.fixture
def run(company):
    return make_run(D)


@pytest.fixture
def risky(company, run):
    """Return the run with risks as told: two high, one on watch, one lapsed."""
    Risk.objects.filter(run=run).delete()
    told = {
        "Alma": {"score": 71, "level": "high", "value_at_stake": 500_00},
        "Bolt": {"score": 93, "level": "high", "value_at_stake": 800_00},
        "Canary": {"score": 45, "level": "watch", "value_at_stake": 2000_00},
    }
    for name, values in told.items():
        Risk.objects.create(
            run=run, account=company[name], scored="scored", p_micro=300_000, **values
        )
    Risk.objects.create(run=run, account=company["Dune"], scored="lapsed")
    return run


def open_page(client, person, address):
    client.force_login(person)
    return client.get(address)


def lanes_of(answer):
    context = answer.context
    return {lane.stage: lane for lane in [*context["lanes"], context["tray"]]}


def names(lane):
    return [card.account.name for card in lane.cards]


# The stage board


def test_each_account_stands_in_its_lane_the_greatest_value_first(client, cast, company, run):
    answer = open_page(client, cast["dora_director"], "/stages/")

    lanes = lanes_of(answer)
    assert list(lanes) == ["pre", "early", "mid", "partnership", "synergistic", "interrupted"]
    assert names(lanes["mid"]) == ["Alma Cranes", "Bolt Works"]
    assert (lanes["mid"].count, lanes["mid"].value) == (2, 6900_00)
    assert names(lanes["early"]) == ["Canary Secret"]
    assert (lanes["pre"].count, lanes["pre"].value) == (1, None)


def test_a_manager_sees_the_own_accounts_alone_and_their_sums(client, cast, company, run):
    answer = open_page(client, cast["olga_owner"], "/stages/")

    lanes = lanes_of(answer)
    assert lanes["early"].count == 0
    assert "Canary" not in answer.content.decode()
    assert names(lanes["mid"]) == ["Alma Cranes", "Bolt Works"]


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("tier=strategic", {"Alma Cranes"}),
        ("mine=1", set()),
        ("value_class=A", {"Alma Cranes", "Canary Secret"}),
        ("region={west}", {"Canary Secret"}),
        ("owner={ed}", {"Canary Secret"}),
        ("owner={ed}&tier=strategic", set()),
    ],
)
def test_the_board_is_narrowed_by_its_address(client, cast, company, run, query, left):
    query = query.format(west=company["Canary"].region_id, ed=cast["ed_editor"].pk)

    answer = open_page(client, cast["dora_director"], f"/stages/?{query}")

    assert {name for lane in lanes_of(answer).values() for name in names(lane)} == left


def test_mine_are_the_accounts_i_own(client, cast, company, run):
    TeamMember.objects.create(
        account=company["Canary"], user=cast["olga_owner"], since=dt.date(2020, 1, 1)
    )

    everything = open_page(client, cast["olga_owner"], "/stages/")
    mine = client.get("/stages/?mine=1")

    assert lanes_of(everything)["early"].count == 1
    assert lanes_of(mine)["early"].count == 0
    assert lanes_of(mine)["mid"].count == 2


@pytest.mark.parametrize("page", ["/stages/", "/risk/"])
@pytest.mark.parametrize(
    "query",
    ["owner=x", "owner=99999999999999999999", "region=%00", "tier=%00", "value_class=Z", "mine=%00",
     "owner=1%00", "level=%00", "flag=moon", "list=%00", "page=%00", "page=-9", "page=9999999999",
     "account=%00", "account=99999999999999999999", "account=²", "account=-1"],
)  # fmt: skip
def test_a_hostile_address_is_answered(client, cast, company, run, page, query):
    answer = open_page(client, cast["dora_director"], f"{page}?{query}")

    assert answer.status_code == 200


def test_a_filter_that_is_not_offered_is_left_out_and_said_to_be(client, cast, company, run):
    hidden = company["Canary"].region_id

    answer = open_page(client, cast["olga_owner"], f"/stages/?region={hidden}&tier=strategic")

    assert "This filter was left out" in text(answer)
    assert names(lanes_of(answer)["mid"]) == ["Alma Cranes"]


def test_a_long_lane_shows_its_greatest_and_leads_to_the_rest(client, cast, company, run):
    Account.objects.bulk_create(
        Account(code=f"p{n}", name=f"Pre {n}", tier="partner") for n in range(MOST + 3)
    )

    answer = open_page(client, cast["dora_director"], "/stages/?tier=partner")

    lane = lanes_of(answer)["pre"]
    assert (lane.count, len(lane.cards), lane.more) == (MOST + 3, MOST, 3)
    assert "3 more in the list" in text(answer)
    assert lane.url == "/accounts/?tier=partner&stage=pre"
    listed = client.get(lane.url)
    assert f"{MOST + 3}" in text(listed)


def test_a_card_says_how_long_and_the_lane_how_many_this_quarter(client, cast, company, run):
    alma = company["Alma"]
    actions.move_stage(alma, to="early", by=cast["olga_owner"])
    StageMove.objects.create(
        account=company["Bolt"],
        was="early",
        to="mid",
        at=timezone.now() - dt.timedelta(days=400),
    )

    answer = open_page(client, cast["dora_director"], "/stages/")

    lanes = lanes_of(answer)
    assert (lanes["early"].change, lanes["mid"].change) == (1, -1)
    stays = {c.account.name: c.stay for lane in lanes.values() for c in lane.cards}
    assert stays == {
        "Alma Cranes": "0 d", "Bolt Works": "13 mo", "Canary Secret": "", "Dune Pumps": "",
    }  # fmt: skip


def test_the_tray_says_why_it_broke(client, cast, company, run):
    actions.interrupt(company["Bolt"], by=cast["olga_owner"], causes=["quality", "market"])

    answer = open_page(client, cast["olga_owner"], "/stages/")

    (card,) = lanes_of(answer)["interrupted"].cards
    assert card.causes == ["Quality problem", "Change of market position"]
    assert card.back == "early"  # as far as its evidence goes
    assert "Quality problem, Change of market position" in text(answer)


def test_only_who_may_move_gets_the_means(client, cast, company, run):
    for person, may in (("olga_owner", True), ("dora_director", True), ("rita_reader", False),
                        ("stan_steward", False)):  # fmt: skip
        html = open_page(client, cast[person], "/stages/").content.decode()
        assert ("stage-moves" in html) is may, person


def test_boards_before_the_first_night_and_without_accounts(client, cast, company):
    for person in ("dora_director", "otto_outsider"):
        for address in ("/stages/", "/risk/"):
            assert open_page(client, cast[person], address).status_code == 200
    assert "No account here" in text(open_page(client, cast["otto_outsider"], "/stages/"))
    assert "first nightly run" in text(open_page(client, cast["dora_director"], "/risk/"))


# The risk queue


def queue(answer):
    return [row.account.name for row in answer.context["rows"]]


def test_the_queue_is_sorted_by_value_at_stake_high_risk_first(client, cast, company, risky):
    answer = open_page(client, cast["dora_director"], "/risk/")

    assert queue(answer) == ["Bolt Works", "Alma Cranes", "Canary Secret"]
    assert answer.context["total"] == 3300_00
    shown = text(answer)
    assert "High 2 accounts, ¥1.30k" in shown
    assert "¥3.30k at stake in 3 accounts" in shown


def test_the_totals_are_those_of_the_dashboard_and_of_the_list(client, cast, company, risky):
    for person in ("dora_director", "dirk_director", "olga_owner"):
        board = open_page(client, cast[person], "/risk/?level=all")
        dashboard = client.get("/dashboard/")

        levels = {name: part.count for name, part in board.context["levels"].items()}
        assert levels == dashboard.context["levels"], person
        stakes = sum(row["risk_at_stake"] for row in dashboard.context["points"])
        assert board.context["total"] == stakes, person
        listed = client.get("/api/v1/risk/?scored=scored").json()["results"]
        assert board.context["total"] == sum(
            round(100 * float(row["value_at_stake"])) for row in listed
        )


def test_a_manager_sees_no_risk_and_no_sum_of_another(client, cast, company, risky):
    answer = open_page(client, cast["olga_owner"], f"/risk/?account={company['Canary'].pk}")

    assert queue(answer) == ["Bolt Works", "Alma Cranes"]
    assert answer.context["total"] == 1300_00
    assert answer.context["account"].name == "Bolt Works"
    assert "Canary" not in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("level=watch", ["Canary Secret"]),
        ("level=all", ["Canary Secret", "Bolt Works", "Alma Cranes"]),
        ("level=low", []),
        ("flag=open", ["Bolt Works"]),
        ("flag=none", ["Alma Cranes", "Canary Secret"]),
        ("tier=strategic", ["Alma Cranes"]),
        ("list=lapsed", ["Dune Pumps"]),
        ("list=no_trade", []),
    ],
)
def test_the_queue_is_narrowed_by_its_address(client, cast, company, risky, query, left):
    churn_actions.raise_flag(company["Bolt"], by=cast["olga_owner"], reason="A rival's quote")

    assert queue(open_page(client, cast["dora_director"], f"/risk/?{query}")) == left


def test_both_parts_of_the_score_and_the_flags_stand_beside_the_queue(client, cast, company, risky):
    churn_actions.raise_flag(company["Alma"], by=cast["olga_owner"], reason="A rival's quote")

    page = open_page(client, cast["olga_owner"], f"/risk/?account={company['Alma'].pk}")

    shown = text(page)
    for part in ("71 High", "Model", "30.0% likely", "A rival&#x27;s quote", "Acknowledge"):
        assert part in shown
    assert "Raise flag" not in shown  # one raised by hand is open


@pytest.mark.parametrize(("who", "led"), [("dora_director", True), ("olga_owner", False)])
def test_directors_find_how_good_the_warnings_are(client, cast, company, risky, who, led):
    client.force_login(cast[who])

    page = client.get("/risk/")

    assert ('href="/risk/model/"' in page.content.decode()) == led
    assert client.get("/risk/model/").status_code == (200 if led else 403)


def test_without_scripts_a_flag_is_answered_and_the_queue_is_shown_again(
    client, cast, company, risky
):
    flag = churn_actions.raise_flag(company["Alma"], by=cast["olga_owner"], reason="A quote")
    client.force_login(cast["olga_owner"])

    answer = client.post(
        f"/flags/{flag.pk}/state/",
        {"to": "acknowledged", "version": flag.version},
        headers={"referer": f"http://testserver/risk/?account={company['Alma'].pk}"},
        follow=True,
    )

    assert answer.redirect_chain[-1][0].endswith(f"/risk/?account={company['Alma'].pk}")
    assert "Flag acknowledged." in text(answer)
    assert Flag.objects.get().state == "acknowledged"


def test_a_card_is_marked_where_the_evidence_supports_another_stage(client, cast, company, run):
    answer = open_page(client, cast["dora_director"], "/stages/")

    apart = {
        card.account.name: card.apart for lane in lanes_of(answer).values() for card in lane.cards
    }
    assert apart == {
        "Alma Cranes": "early", "Bolt Works": "early", "Canary Secret": "", "Dune Pumps": "",
    }  # fmt: skip
    assert text(answer).count("The evidence supports “Early”") == 2


# What they cost


def test_the_boards_cost_the_same_at_any_size(client, cast, company, run):
    cost = {}
    for size in (50, 1000):
        made = Account.objects.bulk_create(
            Account(
                code=f"{size}-{n}",
                name=f"Grown {size} {n}",
                owner=cast["olga_owner"],
                region=company["Alma"].region,
                stage=("pre", "early", "mid", "interrupted")[n % 4],
            )
            for n in range(size)
        )
        Risk.objects.bulk_create(
            Risk(run=run, account=one, scored="scored", score=80, level="high", value_at_stake=1)
            for one in made
        )
        Flag.objects.bulk_create(Flag(account=one, kind="manual", reason="x") for one in made)
        StageMove.objects.bulk_create(StageMove(account=one, was="pre", to="mid") for one in made)
        analyze()
        for person in ("olga_owner", "dora_director"):
            client.force_login(cast[person])
            for address in ("/stages/", "/risk/", "/risk/?page=2"):
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(address).status_code == 200
                cost.setdefault((person, address), []).append(len(queries))

    for key, (few, many) in cost.items():
        assert few == many <= 15, (key, cost)
