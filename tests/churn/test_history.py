"""The order history as columns: equal on both databases to the rule applied line by line."""

import datetime as dt

import pytest

from churn import history, purchases
from customers.models import Account
from tests.churn.facts import D, ago
from tests.nights import order

pytestmark = pytest.mark.django_db


def accounts(*codes):
    return [Account.objects.create(code=code, name=code) for code in codes]


def test_an_order_counts_by_its_lines_up_to_the_day_asked(account):
    order(account, ago(60), 500, order_id="late", line_id="1")
    order(account, ago(20), -500, order_id="late", line_id="2")
    order(account, ago(10), 300)

    read = history.read(D)

    row, day, value = read.purchases(ago(30).toordinal())
    assert (list(row), list(day), list(value)) == ([0], [ago(60).toordinal()], [500])
    # Taken back by now: the order was never a purchase.
    _row, day, value = read.purchases(D.toordinal())
    assert (list(day), list(value)) == ([ago(10).toordinal()], [300])
    assert list(read.value_between(ago(30).toordinal(), D.toordinal())) == [-200]
    assert list(read.bought_between(ago(30).toordinal(), ago(15).toordinal())) == [False]
    assert list(read.bought_between(ago(30).toordinal(), D.toordinal())) == [True]


def test_orders_of_one_day_count_once_and_equal_numbers_of_two_sources_twice(account):
    (other,) = accounts("other")
    order(account, ago(5), 100, order_id="1")
    order(account, ago(5), -100, order_id="2")
    order(account, ago(5), 40, order_id="3", line_id="a")
    order(account, ago(5), 60, order_id="3", line_id="b")
    line = order(account, ago(4), 70, order_id="4")
    type(line).objects.filter(pk=line.pk).update(source="elsewhere", order_id="3")
    order(other, ago(3), 80, order_id="5")

    read = history.read(D)
    row, day, value = read.purchases(D.toordinal())

    assert list(read.accounts) == sorted([account.pk, other.pk])
    assert list(zip(read.accounts[row].tolist(), day.tolist(), value.tolist(), strict=True)) == [
        (account.pk, ago(5).toordinal(), 200),
        (account.pk, ago(4).toordinal(), 70),
        (other.pk, ago(3).toordinal(), 80),
    ]


def test_returns_alone_are_no_purchase_but_an_order_without_a_rate_is_one_of_no_value(account):
    (unrated,) = accounts("unrated")
    order(account, ago(5), -100)
    order(unrated, ago(4), None, revenue_minor=100, currency="USD")

    read = history.read(D)
    bought = purchases.of(read)

    assert list(bought.account) == [account.pk, unrated.pk]
    assert list(bought.days) == [0, 1]
    assert bought.last[1] == ago(4).toordinal()
    assert list(read.value_between(0, D.toordinal())) == [-100, 0]


def test_no_lines_make_an_empty_history():
    read = history.read(D)

    assert len(read.accounts) == 0
    assert all(len(column) == 0 for column in read.purchases(D.toordinal()))
    assert len(purchases.of(read).days) == 0


def test_what_comes_after_the_day_is_not_read(account):
    order(account, D, 100)
    order(account, D + dt.timedelta(days=1), 100)

    assert list(history.read(D).day) == [D.toordinal()]
