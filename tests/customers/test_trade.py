"""What an account traded, by day, month and year."""

import datetime as dt

import pytest

from customers import timeline, trade
from customers.calendar import months_before
from tests.nights import make_run, order

D = dt.date(2026, 9, 14)


def months(as_of, *days):
    return trade.Trade(as_of, [trade.Day(d, v, v) for d, v in days]).months


def test_twelve_whole_months_and_the_running_one_up_to_its_day():
    found = months(
        D, (dt.date(2026, 9, 14), 5), (dt.date(2025, 9, 14), 7), (dt.date(2025, 9, 15), 9)
    )

    assert [m.first for m in found] == [
        months_before(dt.date(2026, 9, 1), n) for n in range(12, -1, -1)
    ]
    running = found[-1]
    # Beside 14 days of September stand the same 14 days of the year before.
    assert (running.until, running.whole, running.value, running.before) == (D, False, 5, 7)
    assert (found[0].whole, found[0].value) == (True, 16)


@pytest.mark.parametrize(
    "as_of", [dt.date(2026, 8, 31), dt.date(2024, 2, 29), dt.date(2025, 2, 28)]
)
def test_at_the_end_of_a_month_it_is_twelve(as_of):
    found = months(as_of, (as_of, 3), (months_before(as_of, 12), 4))

    assert len(found) == 12
    assert (found[-1].value, found[-1].before, found[-1].whole) == (3, 4, True)


def test_february_of_a_leap_year_counts_whole_beside_a_short_one():
    found = months(dt.date(2025, 2, 28), (dt.date(2025, 2, 28), 3), (dt.date(2024, 2, 29), 4))

    assert (found[-1].value, found[-1].before) == (3, 4)


@pytest.mark.parametrize(
    ("year", "before", "change"), [(120, 100, 0.2), (50, 100, -0.5), (10, 0, None), (5, -5, None)]
)
def test_the_change_against_the_year_before(year, before, change):
    days = [trade.Day(dt.date(2025, 9, 1), before, before), trade.Day(D, year, year)]

    assert trade.Trade(D, days).change == (pytest.approx(change) if change else None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "as_of", [D, dt.date(2026, 8, 31), dt.date(2026, 1, 30), dt.date(2024, 2, 29)]
)
def test_the_months_of_the_list_add_up_to_the_value_of_the_ranking(account, as_of):
    day = months_before(as_of, 12)  # the day before the window
    while day <= as_of:
        order(account, day, 1000 + day.day, cost=900)
        day += dt.timedelta(days=5)
    order(account, as_of, 7_00, cost=None)  # has no margin
    order(account, as_of, None, currency="EUR", revenue_minor=5)  # has no rate

    run = make_run(as_of)

    assert run.measure == "margin"
    year = trade.by_month([account.pk], as_of, run.measure)[account.pk]
    value = account.rankings.get(run=run, scope="account").value
    assert sum(year.values) == value == trade.trade(account, as_of, run.measure).year
    assert len(year.values) == 12
    assert all(year.values)


@pytest.mark.django_db
def test_who_had_no_order_is_left_out(account):
    order(account, D - dt.timedelta(days=400), 100)

    assert trade.by_month([account.pk], D, "revenue") == {}
    assert trade.by_month([], D, "revenue") == {}


@pytest.mark.django_db
def test_orders_of_a_day_are_counted_once_however_many_lines(account):
    for line in ("1", "2"):
        order(account, D, 100, order_id="o-77", line_id=line)
    order(account, D, 100)

    (entry,) = timeline.page(account).entries
    (day,) = trade.trade(account, D, "revenue").days
    assert (entry.row.orders, entry.row.value) == (2, 300)
    assert (day.value, day.revenue) == (300, 300)


def test_the_categories_are_the_value_of_two_years_taken_apart(account, far_account):
    order(account, D, 900, category="Cranes")
    order(account, months_before(D, 12), 500, category="Cranes")  # the first day of the year before
    order(account, months_before(D, 24), 4000, category="Cranes")  # the day before those two years
    order(account, D, 1000, category="Hoists")
    order(account, D, None, category="Hoists", revenue_minor=7000)  # without a rate
    order(account, D, None, category="Winches", revenue_minor=7000)
    order(account, D, 80)
    order(account, D + dt.timedelta(days=1), 6000, category="Cranes")
    order(far_account, D, 5000, category="Cranes")

    found = trade.by_category(account, D, "revenue")

    assert [(one.name, one.value, one.before) for one in found] == [
        ("Hoists", 1000, 0),
        ("Cranes", 900, 500),
        ("", 80, 0),
    ]
    assert [(one.change, one.growth) for one in found] == [(1000, None), (400, 0.8), (80, None)]
    traded = trade.trade(account, D, "revenue")
    assert sum(one.value for one in found) == traded.year
    assert sum(one.before for one in found) == traded.year_before


def test_a_category_is_worth_its_margin_in_a_margin_run(account):
    order(account, D, 900, cost=700, category="Cranes")
    order(account, D, 5000, category="Cranes")  # without a cost
    order(account, D, 5000, category="Hoists")

    found = trade.by_category(account, D, "margin")

    assert [(one.name, one.value, one.before) for one in found] == [("Cranes", 200, 0)]
