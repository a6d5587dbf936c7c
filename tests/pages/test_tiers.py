"""The page of the tiers: declared against observed, misfits, effort against value."""

import datetime as dt
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts_crm.tiers.effort import LISTED, lists, served
from customers.calendar import business_date, business_today
from customers.models import Account, Interaction
from lifecycle.models import Assessment
from tests.nights import make_run, order


def logged(account, by, kind, days):
    at = timezone.now() - dt.timedelta(days=days)
    return Interaction.objects.create(
        account=account, kind=kind, at=at, date=business_date(at), author=by
    )


@pytest.fixture
def night(account, far_account, cast):
    day = business_today() - dt.timedelta(days=30)
    order(account, day, 1_000_000)
    order(far_account, day, 1_000)
    run = make_run(business_today() - dt.timedelta(days=1))
    Assessment.objects.filter(run=run).delete()
    Account.objects.filter(pk=far_account.pk).update(tier="strategic")
    Assessment.objects.create(
        run=run, account=account, supported="pre", recorded="pre", observed_tier="partner"
    )
    for _ in range(3):
        logged(far_account, cast["dora_director"], "visit", 5)
    logged(account, cast["olga_owner"], "call", 100)
    logged(account, cast["olga_owner"], "email", 200)
    return run


def test_effort_weighs_by_kind_and_age(night, account, far_account):
    found = {one.pk: one for one in served(Account.objects.all(), night, business_today())}

    assert found[far_account.pk].effort == 12
    assert found[account.pk].effort == 1  # a call of 100 days ago; the mail is too old
    assert found[far_account.pk].is_over
    assert found[account.pk].is_neglected


def test_of_many_accounts_the_lists_name_those_of_all(account, cast, settings, monkeypatch):
    monkeypatch.setattr("accounts_crm.tiers.effort.POINTS", 4)  # the picture alone shows few
    draw = random.Random(7)
    settings.EFFORT_FACTOR = 1.2
    day = business_today() - dt.timedelta(days=30)
    values, effort = {}, {}
    for number in range(200):
        one = Account.objects.create(code=f"M-{number}", name=f"M {number}")
        order(one, day, values.setdefault(one.pk, draw.choice([100, 500, 500, 9_000])))
        effort[one.pk] = draw.choice([0, 0, 1, 1, 3])  # messages, each of one point
        for _ in range(effort[one.pk]):
            logged(one, cast["olga_owner"], "message", 100)
    run = make_run(business_today() - dt.timedelta(days=1))
    whole, all_of_it = sum(values.values()), sum(effort.values())

    found = lists(served(Account.objects.all(), run, business_today()))

    def most(figures, other, total, other_total):
        fitting = [pk for pk in figures if figures[pk] / total > 1.2 * other[pk] / other_total]
        return sorted(fitting, key=lambda pk: (-figures[pk], pk))[:LISTED]

    assert [one.pk for one in found["over"]] == most(effort, values, all_of_it, whole)
    assert [one.pk for one in found["neglected"]] == most(values, effort, whole, all_of_it)
    assert {one.effort for one in found["over"]} == {1.5}  # each half, of 100 days ago


def test_effort_goes_by_the_settings(night, account, far_account, cast, client, settings):
    settings.EFFORT_POINTS = {**settings.EFFORT_POINTS, "visit": 10}
    settings.EFFORT_DAYS, settings.EFFORT_RECENT_DAYS, settings.EFFORT_FACTOR = 250, 120, 2000
    client.force_login(cast["dora_director"])

    answer = client.get("/tiers/")

    points = {point["name"]: point for point in answer.context["effort_data"]["points"]}
    assert points["Zephyr Canary Works"]["effort"] == 30
    assert points["Vorholm Cranes"]["effort"] == 2.5  # a whole call, half a mail
    assert points["Vorholm Cranes"]["kind"] == ""
    assert "Visit 10, Meeting 4" in answer.content.decode()


def test_a_director_sees_where_tier_class_and_effort_do_not_fit(night, account, cast, client):
    client.force_login(cast["dora_director"])

    answer = client.get("/tiers/")

    context = answer.context
    ordinary = context["matrix"][2]
    assert [cell["count"] for cell in ordinary["cells"]] == [0, 1, 0, 0]
    assert ordinary["cells"][1]["url"] == "/accounts/?tier=ordinary&observed=partner"
    assert context["matrix"][0]["cells"][3]["count"] == 1  # of Zephyr nothing is observed
    listed = client.get(ordinary["cells"][1]["url"]).context["rows"]
    assert [row.account for row in listed] == [account]
    assert [(part["tier"], part["value_class"], part["count"]) for part in context["misfits"]] == [
        ("ordinary", "A", 1),
        ("strategic", "C", 1),
    ]
    assert [one.name for one in context["served"]["over"]] == ["Zephyr Canary Works"]
    assert [one.name for one in context["served"]["neglected"]] == ["Vorholm Cranes"]


def test_the_axis_of_the_chart_is_in_whole_money(night, cast, client):
    client.force_login(cast["dora_director"])

    data = client.get("/tiers/").context["effort_data"]

    assert data["points"][0]["value"] == "¥10.0k"
    assert data["points"][0]["root"] == 100
    assert data["axis"]["top"] == 100


def test_what_is_hidden_shows_in_no_figure(night, cast, client):
    client.force_login(cast["dirk_director"])

    context = client.get("/tiers/").context

    assert sum(cell["count"] for row in context["matrix"] for cell in row["cells"]) == 1
    assert [point["name"] for point in context["effort_data"]["points"]] == ["Vorholm Cranes"]
    assert not context["served"]["neglected"]  # alone it has all of the effort and of the value


def test_the_page_costs_the_same_at_any_size(night, cast, client):
    client.force_login(cast["dora_director"])
    client.get("/tiers/")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/tiers/").status_code == 200
        return len(queries)

    few = cost()
    made = Account.objects.bulk_create(
        Account(code=f"T-{n}", name=f"T {n}", owner=cast["olga_owner"]) for n in range(40)
    )
    Assessment.objects.bulk_create(
        Assessment(run=night, account=one, supported="pre", recorded="pre", observed_tier="partner")
        for one in made
    )
    assert cost() == few <= 20
