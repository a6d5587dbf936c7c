"""Accounts of an import: unknown, created, in groups, in circles, different."""

import pytest
from django.db import connection

from customers import sql
from customers.models import Account, Region
from tests.order_files import faults, load, row, stored

pytestmark = pytest.mark.django_db


def test_unknown_accounts_are_refused_unless_they_may_be_created(tmp_path):
    Account.objects.create(code="C1", name="One")

    report = load(
        tmp_path,
        [row(), row(customer_id="C2", order_id="O2"), row(customer_id="C2", order_id="O3")],
        create_accounts=False,
        skip_bad=True,
    )

    assert faults(report) == [
        (3, "customer_id", "unknown_account"),
        (4, "customer_id", "unknown_account"),
    ]
    assert [line[3] for line in stored()] == ["C1"]
    assert Account.objects.count() == 1


def test_created_accounts_are_as_the_design_says(tmp_path):
    east = Region.objects.create(name="East")
    Region.objects.create(name="Shanghai", parent=east)

    report = load(
        tmp_path,
        [
            row(customer_id=" 00012 ", customer_name=" 重工 ", parent_id="G1", region="Shanghai"),
            row(order_id="O2", customer_id="00012", customer_name="Later name"),
            row(order_id="O3", customer_id="a", region="West"),
            row(order_id="O4", customer_id="A", parent_id="00012"),
        ],
    )

    first = Account.objects.get(code="00012")
    assert (first.name, first.status, first.tier, first.stage) == (
        "重工", "active", "ordinary", "pre",
    )  # fmt: skip
    assert (first.owner, first.version, first.region.parent) == (None, 1, east)
    assert first.parent == Account.objects.get(code="G1", name="G1", parent=None, region=None)
    assert Account.objects.get(code="a").name == "a"
    assert Account.objects.get(code="a").region == Region.objects.get(name="West", parent=None)
    assert Account.objects.get(code="A").parent == first
    assert (report.accounts_created, report.parents_created, report.regions_created) == (4, 1, 1)
    assert [it[1:] for it in report.differences] == [
        ("00012", "customer_name", "Later name", "重工")
    ]


def test_new_accounts_are_counted_before_they_are_linked(tmp_path):
    """Else PostgreSQL compares each with each, where the table had been emptied before."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans without counts")

    load(tmp_path, [row(order_id=f"O{n}", customer_id=f"C{n}") for n in range(50)])

    counted = sql.figure("SELECT reltuples FROM pg_class WHERE oid = 'customers_account'::regclass")
    assert counted == Account.objects.count() == 50


def test_the_first_that_is_said_of_an_account_counts(tmp_path):
    load(
        tmp_path,
        [
            row(),
            row(order_id="O2", customer_name="One", region="N"),
            row(order_id="O3", customer_name="Uno", parent_id="P", region="S"),
            row(order_id="O4", parent_id="Q"),
        ],
    )

    one = Account.objects.get(code="C1")
    assert (one.name, one.parent.code, one.region.name) == ("One", "P", "N")


def test_an_account_that_exists_is_never_changed_and_differences_are_reported(tmp_path):
    north = Region.objects.create(name="North")
    top = Account.objects.create(code="T", name="Top")
    Account.objects.create(code="C1", name="One", other_name="Uno", parent=top, region=north)
    before = list(Account.objects.order_by("pk").values_list())

    report = load(
        tmp_path,
        [
            row(customer_name="Uno", parent_id="T", region="North"),
            row(customer_name="Two", parent_id="X", region="South", order_id="O2"),
            row(customer_name="Two", parent_id="", region="", order_id="O3"),
        ],
    )

    assert list(Account.objects.order_by("pk").values_list()) == before
    assert not Region.objects.filter(name="South").exists()
    assert [tuple(it) for it in report.differences] == [
        (3, "C1", "customer_name", "Two", "One"),
        (3, "C1", "parent_id", "X", "T"),
        (3, "C1", "region", "South", "North"),
    ]
    assert report.difference_count == 3


def test_a_circle_of_parents_is_refused_with_its_lines(tmp_path):
    report = load(
        tmp_path,
        [
            row(customer_id="A", parent_id="B"),
            row(customer_id="B", parent_id="C", order_id="O2"),
            row(customer_id="C", parent_id="A", order_id="O3"),
            row(customer_id="D", parent_id="A", order_id="O4"),
            row(customer_id="E", parent_id="E", order_id="O5"),
            row(customer_id="F", parent_id="G", order_id="O6"),
        ],
        skip_bad=True,
    )

    assert faults(report) == [(line, "parent_id", "parent_circle") for line in range(2, 7)]
    assert sorted(Account.objects.values_list("code", flat=True)) == ["F", "G"]


def test_a_chain_of_a_thousand_parents_is_no_circle(tmp_path):
    rows = [row(customer_id=f"C{n}", parent_id=f"C{n + 1}", order_id=f"O{n}") for n in range(1000)]

    report = load(tmp_path, rows)

    assert report.accounts_created == 1001
    assert Account.objects.get(code="C0").parent.code == "C1"
    assert Account.objects.filter(parent=None).get().code == "C1000"


def test_only_accounts_of_orders_that_go_in_are_created(tmp_path):
    report = load(
        tmp_path,
        [
            row(customer_id="A", parent_id="P"),
            row(customer_id="B", parent_id="Q", order_id="O2"),
            row(customer_id="B", order_id="O2", revenue="x"),
        ],
        skip_bad=True,
    )

    assert sorted(Account.objects.values_list("code", flat=True)) == ["A", "P"]
    assert report.accounts_created == 2
