"""The accounts list: who sees what, in which order, at what cost."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from churn.models import Flag, Risk
from customers import actions
from customers.calendar import business_today
from customers.models import Account, NextStep, OrderLine, PurchasePotential, Region
from customers.search import texts
from lifecycle.models import TierPolicy
from tests.nights import make_run, order
from tests.words import text

TODAY = business_today()
D = TODAY - dt.timedelta(days=1)
LAST_WEEK = D - dt.timedelta(days=7)
LONG_BEFORE = D - dt.timedelta(days=60)


@pytest.fixture
def company(cast):
    """Return accounts by name: Olga's three, Ed's one in the West, nobody's without orders."""
    east = Region.objects.get(name="East")
    west = Region.objects.create(name="West")
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    group = Account.objects.create(code="G", name="Norrland Group", region=west)
    accounts = {
        "Alma": Account.objects.create(
            code="a1", name="Alma Cranes", owner=olga, region=east, tier="strategic", stage="mid"
        ),
        "Bolt": Account.objects.create(
            code="b1", name="Bolt Works", owner=olga, region=east, industry="Fasteners"
        ),
        "Canary": Account.objects.create(
            code="c1", name="Canary Secret", owner=ed, region=west, parent=group
        ),
        "Dune": Account.objects.create(code="d1", name="Dune Pumps", owner=olga, region=east),
        "Norrland": group,
        "Empty": Account.objects.create(code="e1", name="Empty Prospect", status="prospect"),
    }
    Account.objects.filter(code="b1").update(position="component")
    Account.objects.filter(code="d1").update(channel="dealer")
    for name, revenue in (("Alma", 6000_00), ("Canary", 3000_00), ("Bolt", 900_00), ("Dune", 1_00)):
        order(accounts[name], LAST_WEEK, revenue)
    texts.rebuild()
    return accounts


@pytest.fixture
def run(company):
    return make_run(D)


def open_list(client, user, address="", **headers):
    client.force_login(user)
    return client.get(f"/accounts/{address}", headers=headers)


def names(response):
    return [row.account.name for row in response.context["rows"]]


def test_accounts_stand_by_rank_and_unranked_ones_come_last(client, cast, run):
    response = open_list(client, cast["dora_director"])

    assert names(response) == [
        "Alma Cranes",
        "Canary Secret",
        "Bolt Works",
        "Dune Pumps",
        "Empty Prospect",
        "Norrland Group",
    ]
    assert [row.account.value_class for row in response.context["rows"]][:4] == ["A", "A", "B", "C"]
    assert "¥6.00k" in text(response)


def test_a_manager_sees_own_accounts_with_their_company_rank(client, cast, run):
    response = open_list(client, cast["olga_owner"])

    assert names(response) == ["Alma Cranes", "Bolt Works", "Dune Pumps"]
    assert [row.account.rank for row in response.context["rows"]] == [1, 3, 4]
    assert "Canary" not in text(response)
    assert "Norrland" not in text(response)


def test_totals_are_the_companys_only_for_those_who_see_all(client, cast, run):
    whole = open_list(client, cast["rita_reader"])
    own = open_list(client, cast["olga_owner"])

    assert whole.context["totals"].total == 9901_00
    assert "Value of the company" in text(whole)
    assert own.context["totals"].total == 6901_00
    assert "Value of the accounts you see" in text(own)
    # 6000 of 6901 that Olga sees; of the company it is 9000 of 9901 with Canary's.
    assert own.context["totals"].carry == pytest.approx(6000 / 6901)
    assert whole.context["totals"].carry == pytest.approx(9000 / 9901)


def test_class_a_ends_with_a_row_that_says_so(client, cast, run):
    whole = open_list(client, cast["dora_director"])
    own = open_list(client, cast["olga_owner"])
    by_name = open_list(client, cast["dora_director"], "?sort=name")

    said = "Class A ends here: 2 of 4 accounts carry 90.9% of the company’s value"
    assert said in text(whole)
    assert "Class A ends here: 1 of the 3 accounts you see carry 86.9% of their value" in text(own)
    assert "Class A ends here" not in text(by_name)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("?q=alma", ["Alma Cranes"]),
        ("?q=ORKS", ["Bolt Works"]),
        ("?q=b1", ["Bolt Works"]),
        ("?q=norrland", ["Canary Secret", "Norrland Group"]),
        ("?tier=strategic", ["Alma Cranes"]),
        ("?tier=strategic&tier=ordinary&stage=mid", ["Alma Cranes"]),
        ("?status=prospect", ["Empty Prospect"]),
        ("?value_class=B&value_class=C", ["Bolt Works", "Dune Pumps"]),
        ("?industry=Fasteners", ["Bolt Works"]),
        ("?industry=none&status=active&owner=none", ["Norrland Group"]),
        ("?channel=dealer", ["Dune Pumps"]),
        ("?channel=unknown&q=pumps", []),
        ("?channel=unknown&channel=dealer&industry=Fasteners", ["Bolt Works"]),
        ("?position=component", ["Bolt Works"]),
        ("?position=unknown&tier=strategic", ["Alma Cranes"]),
        ("?value_class=unknown", ["Empty Prospect", "Norrland Group"]),
        ("?value_class=A&value_class=unknown&status=prospect", ["Empty Prospect"]),
        ("?owner=none", ["Empty Prospect", "Norrland Group"]),
        ("?region=none", ["Empty Prospect"]),
        ("?q=nothing-like-it", []),
    ],
)
def test_filters(client, cast, run, address, expected):
    assert names(open_list(client, cast["rita_reader"], address)) == expected


def test_filter_by_owner_and_by_region_with_all_below_it(client, cast, company, run):
    east = Region.objects.get(name="East")
    harbour = Region.objects.create(name="Harbour", parent=east)
    Account.objects.filter(name="Dune Pumps").update(region=harbour)

    by_owner = open_list(client, cast["rita_reader"], f"?owner={cast['ed_editor'].pk}")
    by_region = open_list(client, cast["rita_reader"], f"?region={east.pk}")

    assert names(by_owner) == ["Canary Secret"]
    assert names(by_region) == ["Alma Cranes", "Bolt Works", "Dune Pumps"]


def test_filter_by_risk(client, cast, company, run):
    Risk.objects.filter(run=run).update(score=10, level="low")
    Risk.objects.filter(run=run, account=company["Bolt"]).update(score=80, level="high")
    Risk.objects.filter(run=run, account=company["Dune"]).update(score=50, level="watch")

    at_risk = open_list(client, cast["rita_reader"], "?risk=high&risk=watch&sort=-risk")

    assert names(at_risk) == ["Bolt Works", "Dune Pumps"]
    assert [view.count for view in at_risk.context["views"] if view.name == "at_risk"] == [2]
    assert [view.name for view in at_risk.context["views"] if view.current] == ["at_risk"]


def potential(account, amount):
    PurchasePotential.objects.create(
        account=account, date=LAST_WEEK, currency="CNY", amount_minor=amount, amount=amount
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("?wallet=0-25", ["Dune Pumps", "Empty Prospect"]),
        ("?wallet=25-50", []),
        ("?wallet=50-75", ["Alma Cranes"]),  # a half belongs to the upper band
        ("?wallet=75-", ["Canary Secret"]),
        ("?wallet=0-25&wallet=75-", ["Canary Secret", "Dune Pumps", "Empty Prospect"]),
        ("?wallet=unknown", ["Bolt Works", "Norrland Group"]),
    ],
)
def test_filter_by_wallet_share_with_its_unknowns(client, cast, company, run, address, expected):
    potential(company["Alma"], 12000_00)
    potential(company["Canary"], 3000_00)
    potential(company["Dune"], 100_00)
    # Known to buy, and nothing from us in the year: a share of zero, and a known one.
    potential(company["Empty"], 500_00)

    assert names(open_list(client, cast["rita_reader"], address)) == expected


def test_filter_by_open_flag(client, cast, company, run):
    Flag.objects.all().delete()
    Flag.objects.create(account=company["Bolt"], kind="manual", reason="A rival's quote")
    Flag.objects.create(
        account=company["Dune"],
        kind="manual",
        reason="Over",
        state="closed",
        outcome="recovered",
        closed_at=timezone.now(),
    )

    flagged = open_list(client, cast["rita_reader"], "?flag=yes&cols=flag")
    others = open_list(client, cast["rita_reader"], "?flag=no")

    assert names(flagged) == ["Bolt Works"]
    assert 'class="flagged"' in flagged.content.decode()
    assert "Bolt Works" not in names(others)
    assert len(names(others)) == 5


def test_filter_by_next_step(client, cast, company, run):
    for name, days in (("Alma", -1), ("Bolt", 0), ("Dune", 7), ("Canary", 8)):
        step = {"what": "Call", "due": TODAY + dt.timedelta(days=days)}
        actions.plan_step(company[name], by=cast["dora_director"], **step)

    def found(wanted):
        return names(open_list(client, cast["rita_reader"], f"?step={wanted}"))

    assert found("overdue") == ["Alma Cranes"]
    assert found("week") == ["Bolt Works", "Dune Pumps"]
    assert found("none") == ["Empty Prospect", "Norrland Group"]


def test_the_risk_of_accounts_without_a_score_is_a_choice(client, cast, company, run):
    Risk.objects.filter(run=run).exclude(account=company["Bolt"]).update(level="low", score=10)
    Risk.objects.filter(run=run, account=company["Bolt"]).delete()

    unknown = names(open_list(client, cast["rita_reader"], "?risk=unknown"))
    assert unknown == ["Bolt Works", "Empty Prospect", "Norrland Group"]


def test_several_columns_sort_one_after_the_other(client, cast, company, run):
    response = open_list(client, cast["rita_reader"], "?sort=tier,-name")

    assert names(response) == [
        "Norrland Group",
        "Empty Prospect",
        "Dune Pumps",
        "Canary Secret",
        "Bolt Works",
        "Alma Cranes",
    ]
    html = response.content.decode()
    assert html.count("aria-sort=") == 1
    assert "then descending" in html
    # A click sorts by one column alone, Shift and a click keep the others.
    assert 'href="?sort=-risk" data-also="?sort=tier%2C-name%2C-risk"' in html


@pytest.mark.parametrize(
    "sort", ["tier", "-tier", "stage", "status", "-wallet", "step", "owner", "region", "industry"]
)
def test_every_column_sorts_all_accounts_and_the_unknown_come_last(
    client, cast, company, run, sort
):
    potential(company["Alma"], 12000_00)
    actions.plan_step(company["Bolt"], by=cast["dora_director"], what="Call", due=TODAY)

    found = names(open_list(client, cast["rita_reader"], f"?sort={sort}"))

    assert len(found) == 6
    first = {"-wallet": "Alma Cranes", "step": "Bolt Works", "-tier": "Alma Cranes"}
    assert found[0] == first.get(sort, found[0])


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("", "Rank Account Tier Stage"),
        ("?cols=city,code", "Rank Account Code City"),
        ("?cols=code&cols=city", "Rank Account Code City"),
        ("?cols=password", "Rank Account Tier Stage"),
    ],
)
def test_the_columns_are_those_of_the_address(client, cast, run, address, shown):
    response = open_list(client, cast["rita_reader"], address)

    heads = [drawn.label for drawn in response.context["columns"]]
    assert " ".join(heads[:4]) == shown
    assert response.content.decode().count("<td") == 6 * (len(heads) - 1 + 1) + (
        "Class A ends" in text(response)
    )


def test_an_empty_list_says_which_filter_stands_in_the_way(client, cast, run):
    response = open_list(client, cast["rita_reader"], "?tier=strategic&industry=Fasteners")

    assert "Drop “Tier”: 1 account" in text(response)
    assert "Drop “Industry”: 1 account" in text(response)
    hopeless = open_list(client, cast["rita_reader"], "?tier=partner&industry=Fasteners&q=zz")
    assert "Dropping one of them alone is not enough." in text(hopeless)


def test_contact_is_overdue_after_the_cadence_of_the_tier(client, cast, company, run):
    days = TierPolicy.objects.get(tier="strategic").contact_every_days
    alma, bolt = company["Alma"], company["Bolt"]
    for account in (alma, bolt):
        Account.objects.filter(pk=account.pk).update(
            last_contact_on=TODAY - dt.timedelta(days=days + 1)
        )

    overdue = open_list(client, cast["rita_reader"], "?contact=overdue")
    never = open_list(client, cast["rita_reader"], "?contact=never")

    assert names(overdue) == ["Alma Cranes"]  # ordinary accounts have more time
    assert "Bolt Works" not in names(never)
    assert len(names(never)) == 4


@pytest.mark.parametrize(
    ("sort", "first", "last", "column", "direction"),
    [
        ("rank", "Alma Cranes", "Norrland Group", "Rank", "ascending"),
        ("-rank", "Dune Pumps", "Norrland Group", "Rank", "descending"),
        ("name", "Alma Cranes", "Norrland Group", "Account", "ascending"),
        ("-name", "Norrland Group", "Alma Cranes", "Account", "descending"),
        ("-value", "Alma Cranes", "Norrland Group", "Value, 12 months", "descending"),
        ("value", "Dune Pumps", "Norrland Group", "Value, 12 months", "ascending"),
        ("contact", "Bolt Works", "Norrland Group", "Contact", "ascending"),
        ("-contact", "Dune Pumps", "Norrland Group", "Contact", "descending"),
    ],
)
def test_orders(client, cast, company, run, sort, first, last, column, direction):
    for name, days in (("Bolt", 30), ("Dune", 3)):
        Account.objects.filter(pk=company[name].pk).update(
            last_contact_on=TODAY - dt.timedelta(days=days)
        )

    response = open_list(client, cast["rita_reader"], f"?sort={sort}")

    assert names(response)[0] == first
    assert names(response)[-1] == last
    sorted_head = re.search(r'aria-sort="(\w+)">\s*<a[^>]*>([^<]+)<', response.content.decode())
    assert sorted_head.groups() == (direction, column)


def test_a_sort_that_means_nothing_is_by_rank(client, cast, run):
    assert names(open_list(client, cast["rita_reader"], "?sort=password"))[0] == "Alma Cranes"


def test_a_filter_that_means_nothing_is_left_out_and_named(client, cast, run):
    response = open_list(client, cast["rita_reader"], "?tier=bogus&owner=0&region=x&q=alma")

    assert names(response) == ["Alma Cranes"]
    assert "“bogus” is not one of its choices" in text(response)
    assert len(response.context["faults"]) == 3


def test_a_row_shows_contact_step_wallet_and_movement(client, cast, company):
    alma = company["Alma"]
    order(company["Bolt"], LONG_BEFORE, 9000_00)
    make_run(LONG_BEFORE)
    OrderLine.objects.filter(date=LONG_BEFORE).update(date=LONG_BEFORE - dt.timedelta(days=500))
    run = make_run(D)
    actions.log_contact(alma, by=cast["olga_owner"], kind="call")
    actions.plan_step(alma, by=cast["olga_owner"], what="Call the buyer", due=TODAY)
    PurchasePotential.objects.create(
        account=alma, date=LAST_WEEK, currency="CNY", amount_minor=12000_00, amount=12000_00
    )

    response = open_list(client, cast["olga_owner"])

    row = response.context["rows"][0]
    assert (row.account, row.days, row.wallet) == (alma, 0, 0.5)
    assert (row.account.step_what, row.step_late) == ("Call the buyer", 0)
    assert sum(row.points) == row.value == 6000_00
    bolt = response.context["rows"][1]
    assert (bolt.account.name, bolt.move) == ("Bolt Works", 1 - 3)
    assert run.as_of == D


def test_unknown_wallet_share_is_left_empty(client, cast, run):
    assert [row.wallet for row in open_list(client, cast["rita_reader"]).context["rows"]] == [
        None
    ] * 6


def test_lost_accounts_have_no_plan_to_be_behind(client, cast, company, run):
    Account.objects.filter(pk=company["Alma"].pk).update(
        status="lost", last_contact_on=TODAY - dt.timedelta(days=400)
    )

    assert names(open_list(client, cast["rita_reader"], "?contact=overdue")) == []


def test_a_group_sums_its_members_as_far_as_the_user_sees_them(client, cast, company, run):
    Account.objects.filter(pk=company["Norrland"].pk).update(owner=cast["olga_owner"])

    whole = open_list(client, cast["rita_reader"], "?scope=group")
    own = open_list(client, cast["olga_owner"], "?scope=group")

    assert names(whole)[:2] == ["Alma Cranes", "Norrland Group"]
    assert [(row.value, row.members) for row in whole.context["rows"]][1] == (3000_00, 1)
    # Olga sees the group, but not the member that carries its value.
    assert [(row.value, row.members) for row in own.context["rows"]][1] == (0, 0)
    assert "¥3.00k" not in text(own)


def test_an_earlier_night_is_shown_by_its_date(client, cast, company):
    order(company["Bolt"], LONG_BEFORE, 9000_00)
    make_run(LONG_BEFORE)
    make_run(D)

    response = open_list(client, cast["rita_reader"], f"?as_of={LONG_BEFORE:%Y-%m-%d}")

    assert names(response)[0] == "Bolt Works"
    assert "Names, tiers, contacts and next steps are those of today" in text(response)


@pytest.mark.parametrize("typed", ["2019-01-01", "2019-13-45", "yesterday", "\x00"])
def test_a_date_without_a_run_offers_the_nearest(client, cast, run, typed):
    response = open_list(client, cast["rita_reader"], f"?as_of={typed}")

    assert response.status_code == 200
    assert f"as_of={D:%Y-%m-%d}" in response.content.decode()
    assert "Alma Cranes" not in text(response)


def test_before_the_first_run_the_list_is_by_name(client, cast, company):
    response = open_list(client, cast["rita_reader"], "?sort=-risk&scope=group")

    assert names(response)[0] == "Alma Cranes"
    assert "No nightly run has been published yet" in text(response)


def test_nothing_matches(client, cast, run):
    response = open_list(client, cast["rita_reader"], "?q=zzz&tier=strategic")

    assert "No account matches these filters" in text(response)
    assert 'href="/accounts/?"' in response.content.decode()


def test_no_accounts_at_all(client, cast):
    reader = open_list(client, cast["rita_reader"])
    manager = open_list(client, cast["otto_outsider"])

    assert "No accounts yet" in text(reader)
    assert "/accounts/new/" not in reader.content.decode()
    assert "No account of yours yet" in text(manager)
    assert "/accounts/new/" in manager.content.decode()


def test_pages_hold_fifty_and_go_on_past_the_ranked(client, cast, company, run):
    Account.objects.bulk_create(
        Account(code=f"p{n:03}", name=f"Prospect {n:03}") for n in range(60)
    )

    first = open_list(client, cast["rita_reader"])
    second = open_list(client, cast["rita_reader"], "?page=2")
    beyond = open_list(client, cast["rita_reader"], "?page=9")

    assert len(names(first)) == 50
    assert "1 to 50 of 66" in text(first)
    assert len(names(second)) == 16
    assert not set(names(first)) & set(names(second))
    assert "The list ends before this page" in text(beyond)


@pytest.mark.parametrize("typed", ["0", "-1", "x", "99999999999999999999", ""])
def test_a_page_that_means_nothing_is_the_first_or_none(client, cast, run, typed):
    assert open_list(client, cast["rita_reader"], f"?page={typed}").status_code == 200


def test_htmx_gets_the_rows_the_views_and_the_chips(client, cast, run):
    response = open_list(
        client,
        cast["rita_reader"],
        "?q=alma&tier=&owner=",
        **{"HX-Request": "true", "HX-Target": "portfolio"},
    )

    html = response.content.decode()
    assert "<html" not in html
    assert 'id="portfolio"' in html
    assert html.count("hx-swap-oob") == 2
    assert response["HX-Push-Url"] == "/accounts/?q=alma"
    assert "HX-Request" in response["Vary"]


def test_a_next_step_says_how_late_it_is(client, cast, company, run):
    for name, days in (("Alma", -4), ("Bolt", 0)):
        NextStep.objects.create(
            account=company[name],
            what=f"Visit {name}",
            due=TODAY + dt.timedelta(days=days),
            who=cast["olga_owner"],
            created_on=TODAY,
        )

    shown = text(open_list(client, cast["olga_owner"]))

    assert "Visit Alma 4 d late" in shown
    assert "Visit Bolt Today" in shown


@pytest.mark.parametrize("name", ["olga_owner", "dora_director", "dirk_director", "rita_reader"])
def test_the_number_of_queries_does_not_grow(client, cast, name):
    east = Region.objects.get(name="East")

    def add(numbers):
        made = Account.objects.bulk_create(
            Account(
                code=f"n{n:05}",
                name=f"Account {n:05}",
                owner=cast["olga_owner"],
                region=east,
                industry=f"Industry {n % 7}",
                last_contact_on=D - dt.timedelta(days=n % 90),
            )
            for n in numbers
        )
        OrderLine.objects.bulk_create(
            OrderLine(
                source="test",
                order_id=account.code,
                line_id="1",
                account=account,
                date=D - dt.timedelta(days=n % 300),
                currency="CNY",
                revenue_minor=1000 + n,
                revenue=1000 + n,
            )
            for n, account in enumerate(made)
        )

    def queries(address=""):
        with CaptureQueriesContext(connection) as captured:
            response = client.get(f"/accounts/{address}")
        assert len(names(response)) == 50
        return len(captured)

    client.force_login(cast[name])
    add(range(50))
    make_run(D)
    few = queries()
    add(range(50, 5000))
    make_run(D)

    assert queries() == few
    assert queries("?sort=-risk") <= few
    assert few <= 15
