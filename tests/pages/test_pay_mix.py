"""The pay mix: half and half by default, from the value each manager carries, for few eyes."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts_crm.pay_mix import model
from customers.models import Account
from teams.actions import set_owner
from tests.nights import make_run, order

DAY = dt.date(2026, 3, 31)


@pytest.fixture
def run(account, far_account, cast):
    """Rank 300.00 of Olga in the region East, 100.00 of Otto elsewhere."""
    set_owner(far_account, to=cast["otto_outsider"], by=cast["dora_director"])
    for one, value in ((account, 300_00), (far_account, 100_00)):
        order(one, DAY, value)
    return make_run(DAY)


def rows(client, person, **query):
    client.force_login(person)
    answer = client.get("/teams/pay-mix/", query)
    assert answer.status_code == 200, answer.content
    return {row.name: row for row in answer.context["page"].object_list}


def test_half_is_base_and_half_is_shared_by_value(client, cast, run):
    found = rows(client, cast["dora_director"], pay=1000)

    assert {row.base for row in found.values()} == {500_00}
    assert (found["Olga"].commission, found["Otto"].commission) == (750_00, 250_00)
    assert found["Olga"].mix == 0.4


def test_base_and_rate_come_from_the_address(client, cast, run):
    found = rows(client, cast["dora_director"], pay=1000, base=80, rate="0.5")

    assert (found["Olga"].base, found["Olga"].commission) == (800_00, 1_50)


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        ("dora_director", {"Olga", "Otto"}),
        ("dirk_director", {"Olga"}),  # of his region
        ("olga_owner", {"Olga"}),
        ("ed_editor", set()),  # in the team of the account, but its value is Olga's
    ],
)
def test_a_director_sees_those_below_and_a_manager_himself(client, cast, run, viewer, seen):
    assert set(rows(client, cast[viewer])) == seen


def test_alone_nothing_can_be_learned_of_others(client, cast, account, far_account, run):
    before = rows(client, cast["olga_owner"])["Olga"]
    order(far_account, DAY, 900_00)
    make_run(DAY + dt.timedelta(days=1))

    after = rows(client, cast["olga_owner"])["Olga"]

    assert (after.base, after.commission) == (before.base, before.commission)
    assert before.base == before.commission


def test_without_value_commission_is_unknown():
    pays, rate = model([("A", 1, 0)], pay=100, base=50)

    assert rate is None
    assert (pays[0].base, pays[0].commission, pays[0].whole, pays[0].mix) == (50, None, None, None)


def test_amounts_are_whole_minor_units():
    pays, rate = model([("A", 1, 2), ("B", 1, 1)], pay=101, base=50)

    assert rate == Decimal(102) / 3
    assert [pay.base + (pay.commission or 0) for pay in pays] == [118, 84]


@pytest.mark.parametrize(
    "query",
    [
        {"pay": "x"},
        {"pay": "-1"},
        {"pay": "1e400"},
        {"pay": "NaN"},
        {"pay": "0.001"},
        {"base": "101"},
        {"base": "9" * 400},
        {"rate": "\0"},
        {"rate": "0.00001"},
        {"pay": ""},
    ],
)
def test_nonsense_is_told(client, cast, run, query):
    client.force_login(cast["dora_director"])

    answer = client.get("/teams/pay-mix/", query)

    assert answer.status_code == 400
    assert answer.context["form"].errors


def test_the_page_asks_no_more_for_many_people(client, cast, account, run):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            rows(client, cast["dora_director"])
        return len(captured)

    queries()
    few = queries()
    for name in ("ed_editor", "vera_viewer", "otto_outsider"):
        set_owner(
            Account.objects.create(code=name, name=name), to=cast[name], by=cast["dora_director"]
        )
    assert queries() == few <= 15
