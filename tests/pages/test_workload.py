"""The workload page: what each person carries, of the accounts that the viewer sees."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import actions
from customers.calendar import business_today
from customers.models import Account, Region
from teams.actions import change_member, join, set_owner
from tests.nights import make_run, order

DAY = dt.date(2026, 3, 31)


@pytest.fixture
def run(account, far_account, cast):
    """Rank both accounts: 300 in the region East, 100 elsewhere, and a loss of 50."""
    set_owner(far_account, to=cast["otto_outsider"], by=cast["dora_director"])
    lost = Account.objects.create(code="L-1", name="Lossy", owner=cast["otto_outsider"])
    for one, value in ((account, 300), (far_account, 100), (lost, -50)):
        order(one, DAY, value)
    return make_run(DAY)


def loads(client, person, **query):
    client.force_login(person)
    answer = client.get("/teams/workload/", query)
    assert answer.status_code == 200
    return {load.name: load for load in answer.context["page"].object_list}


def test_weight_is_the_share_of_the_value_led(client, cast, run):
    found = loads(client, cast["dora_director"])

    assert (found["Olga"].weight, found["Olga"].concentrated) == (0.75, True)
    assert (found["Otto"].weight, found["Otto"].concentrated) == (0.25, False)  # above, not at 25%
    assert (found["Otto"].led, found["Ed"].joined, found["Ed"].weight) == (2, 1, 0)


def test_who_sees_a_part_gets_shares_of_that_part(client, cast, run):
    found = loads(client, cast["dirk_director"])

    assert set(found) == {"Olga", "Ed", "Vera"}
    assert (found["Olga"].weight, found["Olga"].concentrated) == (1, False)


def test_a_person_with_more_than_all_his_time_is_overloaded(client, account, cast, run):
    ed, dora = cast["ed_editor"], cast["dora_director"]
    other = Account.objects.create(code="B-1", name="Other", owner=dora)
    change_member(account.team.get(user=ed), by=dora, version=1, share=60)
    assert not loads(client, dora)["Ed"].overloaded

    place = join(other, ed, by=dora, role="editor", layer="core", share=40)
    assert (loads(client, dora)["Ed"].time, loads(client, dora)["Ed"].overloaded) == (100, False)
    change_member(place, by=dora, version=1, share=41)

    found = loads(client, dora)
    assert (found["Ed"].time, found["Ed"].overloaded) == (101, True)
    assert (found["Vera"].time, found["Vera"].unknown) == (None, 1)  # unknown, not nothing
    east = Region.objects.get(name="East").pk
    narrowed = loads(client, dora, region=east)["Ed"]
    assert (narrowed.joined, narrowed.time) == (1, 101)  # of one account, with all his time


def test_places_to_come_and_closed_steps_count_for_nothing(client, account, cast, run):
    dora, otto = cast["dora_director"], cast["otto_outsider"]
    later = business_today() + dt.timedelta(days=3)
    join(account, otto, by=dora, role="editor", layer="core", since=later, share=90)
    step = actions.plan_step(account, by=dora, what="Call", due=later, who=otto)
    actions.plan_step(account, by=dora, what="Visit", due=later, who=otto)
    actions.close_step(step, by=dora)

    found = loads(client, dora)["Otto"]

    # Otto leads far_account, his share of time unknown.
    assert (found.joined, found.steps, found.time) == (0, 1, None)


def test_the_link_opens_the_accounts_led(client, cast, account, run):
    east = Region.objects.get(name="East").pk
    load = loads(client, cast["dora_director"], region=east)["Olga"]

    assert load.url == f"/accounts/?region={east}&owner={cast['olga_owner'].pk}"
    assert "Vorholm" in client.get(load.url).content.decode()


@pytest.mark.parametrize("viewer", ["dora_director", "dirk_director", "vera_viewer"])
def test_each_count_is_the_total_of_the_list_behind_it(client, cast, account, far_account, viewer):
    dora, ed = cast["dora_director"], cast["ed_editor"]
    later = business_today() + dt.timedelta(days=3)
    join(far_account, ed, by=dora, role="viewer", layer="support")
    join(far_account, cast["vera_viewer"], by=dora, role="viewer", layer="support", since=later)
    set_owner(account, to=ed, by=dora)  # who leads is in no team besides
    join(account, cast["otto_outsider"], by=dora, role="viewer", layer="core")

    found = loads(client, cast[viewer])

    assert {name for name, load in found.items() if load.joined} >= {"Vera", "Otto"}
    for load in found.values():
        for count, url in ((load.led, load.url), (load.joined, load.joined_url)):
            if count:
                answer = client.get(url)
                assert answer.context["count"] == count
                assert not answer.context["faults"]


@pytest.mark.parametrize("query", [{"region": "x"}, {"region": "9" * 40}, {"industry": "\0"}])
def test_nonsense_is_told(client, cast, run, query):
    client.force_login(cast["dora_director"])

    answer = client.get("/teams/workload/", query | {"page": "nine"})

    assert answer.status_code == 200
    assert answer.context["filters"].errors


def test_the_page_asks_no_more_for_many_people(client, cast, account, run):
    dora = cast["dora_director"]

    def queries():
        with CaptureQueriesContext(connection) as captured:
            loads(client, dora)
        return len(captured)

    queries()
    few = queries()
    for n, name in enumerate(cast):
        if name not in ("dora_director", "ada_admin"):
            one = Account.objects.create(code=f"M-{n}", name=f"More {n}")
            set_owner(one, to=cast[name], by=dora)

    assert queries() == few <= 22
