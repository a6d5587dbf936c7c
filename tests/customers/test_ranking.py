"""The 80/20 ranking: classes, ties, groups, measures, and what limited viewers are shown."""

import datetime as dt

import pytest

from accounts_crm import nightly
from accounts_crm.models import NightlyRun
from customers import ranking
from customers.models import Account, OrderLine, Ranking
from tests.nights import make_run, order

D = dt.date(2024, 6, 30)

pytestmark = pytest.mark.django_db


def account(code, **values):
    return Account.objects.create(code=code, name=f"Name {code}", **values)


def listed(run, scope="account"):
    rows = Ranking.objects.of_run(run.pk, scope).order_by("position")
    return [
        (row.account.code, row.value, row.rank, row.value_class)
        for row in rows.select_related("account")
    ]


def test_the_vital_few_end_where_the_value_before_reaches_80_percent():
    for code, value in (("a", 6000), ("b", 2000), ("c", 1500), ("d", 500)):
        order(account(code), D, value)

    run = make_run(D)

    # c has exactly 80 % before it: no longer A; d has exactly 95 %: no longer B.
    assert listed(run) == [
        ("a", 6000, 1, "A"),
        ("b", 2000, 2, "A"),
        ("c", 1500, 3, "B"),
        ("d", 500, 4, "C"),
    ]


def test_equal_values_share_a_rank_and_stand_in_code_point_order():
    for code in ("b", "B", "é", "a", "Z"):
        order(account(code), D, 100)
    order(account("last"), D, 1)

    run = make_run(D)

    assert [row[0] for row in listed(run)] == ["B", "Z", "a", "b", "é", "last"]
    assert [row[2] for row in listed(run)] == [1, 1, 1, 1, 1, 6]


def test_accounts_without_positive_value_are_n_and_carry_no_share():
    order(account("good"), D, 100)
    order(account("back"), D, -40)
    order(account("old"), dt.date(2020, 1, 1), 999)

    run = make_run(D)

    assert listed(run) == [("good", 100, 1, "A"), ("old", 0, 2, "N"), ("back", -40, 3, "N")]
    assert not Ranking.objects.filter(run=run, value_class="N", cumulative__isnull=False).exists()


def test_prospects_and_holdings_without_lines_appear_only_through_groups():
    holding = account("H", status="prospect")
    order(account("h1", parent=holding), D, 70)
    order(account("h2", parent=holding), D, 30)
    account("nothing")

    run = make_run(D)

    assert [row[0] for row in listed(run)] == ["h1", "h2"]
    assert listed(run, "group") == [("H", 100, 1, "A")]


def test_the_window_ends_on_the_day_itself_and_begins_a_year_before_exclusive():
    a = account("a")
    order(a, dt.date(2023, 6, 30), 1)
    order(a, dt.date(2023, 7, 1), 10)
    order(a, D, 100)
    order(a, dt.date(2024, 7, 1), 1000)

    assert listed(make_run(D)) == [("a", 110, 1, "A")]


def test_a_leap_day_window_begins_on_the_first_of_march():
    a = account("a")
    order(a, dt.date(2023, 2, 28), 1)
    order(a, dt.date(2023, 3, 1), 10)

    assert listed(make_run(dt.date(2024, 2, 29))) == [("a", 10, 1, "A")]


@pytest.mark.parametrize(
    ("uncosted", "measure", "value"),
    [(5, "margin", 40), (6, "revenue", 106)],
)
def test_margin_is_the_measure_from_95_percent_costed_revenue(uncosted, measure, value):
    a = account("a")
    order(a, D, 95, cost=55)
    order(a, D, 5 if uncosted == 5 else 6)
    if uncosted == 6:
        order(a, D, 5)

    run = make_run(D)

    assert run.measure == measure
    assert listed(run)[0][1] == value
    assert run.facts["ranking"]["uncosted_lines"] == (1 if uncosted == 5 else 2)


def test_lines_without_a_rate_stay_out_and_are_listed():
    order(account("a"), D, 100)
    order(account("b"), D, None, currency="EUR", revenue_minor=5000)

    run = make_run(D)

    assert listed(run) == [("a", 100, 1, "A"), ("b", 0, 2, "N")]
    assert run.facts["ranking"]["unrated"] == [
        {"month": "2024-06", "currency": "EUR", "lines": 1, "revenue_minor": 5000}
    ]


def test_the_run_states_its_distribution():
    for number, value in enumerate((50, 30, 10, 6, 4, -7)):
        order(account(f"c{number}"), D, value)

    facts = make_run(D).facts["ranking"]["account"]

    assert facts["base"] == 100
    assert facts["total"] == 93
    assert facts["positive"] == 5
    assert facts["others"] == 1
    assert facts["classes"] == {"A": 2, "B": 2, "C": 1, "N": 1}
    assert facts["share_in_a"] == "0.400000"
    assert facts["top_fifth"] == 1
    assert facts["share_of_top_fifth"] == "0.500000"
    # By hand: Σ i·x ascending = 1·4+2·6+3·10+4·30+5·50 = 416; 2·416/(5·100) − 6/5 = 0.464.
    assert facts["gini"] == "0.464000"


def test_a_repeated_run_gives_the_same_rows():
    for number in range(20):
        order(account(f"c{number}"), D, (number * 37) % 11 * 100 - 200)

    first = listed(make_run(D))
    second = listed(make_run(D))

    assert first == second
    assert NightlyRun.objects.published().filter(as_of=D).count() == 1


def test_values_near_the_64_bit_bound_are_ranked_exactly():
    big = 10**12
    for code in "abc":
        one = account(code)
        OrderLine.objects.bulk_create(
            OrderLine(
                source="t",
                order_id=f"{code}{n}",
                line_id="1",
                account=one,
                date=D,
                currency="CNY",
                revenue_minor=big,
                revenue=big,
            )
            for n in range(200)
        )

    run = make_run(D)

    assert [row[1] for row in listed(run)] == [200 * big] * 3
    assert run.facts["ranking"]["account"]["base"] == 600 * big


def test_movement_looks_at_runs_28_days_older_of_the_same_measure():
    a, b = account("a"), account("b")
    order(a, dt.date(2024, 1, 1), 100)
    order(b, dt.date(2024, 1, 1), 50)
    early = make_run(dt.date(2024, 5, 1))
    order(b, dt.date(2024, 6, 1), 500)
    near = make_run(dt.date(2024, 6, 10))
    late = make_run(D)

    assert ranking.comparable(late) == early
    assert ranking.previous(late) == near
    rows = ranking.with_movement(ranking.with_rank(Account.objects.all(), late), early)
    assert rows.get(code="b").rank == 1
    assert rows.get(code="b").rank_before == 2
    NightlyRun.objects.filter(pk=early.pk).update(measure="margin")
    assert ranking.comparable(late) is None


def test_a_group_shows_a_limited_viewer_only_the_members_he_sees(cast):
    holding = account("H", owner=cast["olga_owner"])
    order(account("h1", parent=holding, owner=cast["olga_owner"]), D, 70)
    order(account("h2", parent=holding), D, 30)
    run = make_run(D)

    seen = ranking.shown_rankings(run, cast["olga_owner"], scope="group").get()
    assert seen.shown_value == 70
    assert ranking.shown_total(run, cast["olga_owner"]).total == 70
    assert not ranking.shown_total(run, cast["olga_owner"]).whole
    assert ranking.shown_rankings(run, cast["rita_reader"], scope="group").get().shown_value == 100
    assert ranking.shown_total(run, cast["rita_reader"]).total == 100


def test_cumulative_values_run_over_the_shown_accounts_only(cast):
    olga = cast["olga_owner"]
    for code, value, owner in (("a", 50, None), ("b", 30, olga), ("c", 10, olga), ("n", -5, olga)):
        order(account(code, owner=owner), D, value)
    run = make_run(D)

    rows = ranking.with_shown_cumulative(ranking.shown_rankings(run, olga)).order_by("position")

    assert [(row.rank, row.shown_cumulative) for row in rows] == [(2, 30), (3, 40), (4, 40)]


def test_a_date_before_the_first_line_or_in_the_future_is_refused_without_a_run_row():
    order(account("a"), D, 1)

    for day in (D - dt.timedelta(days=1), dt.date(2999, 1, 1)):
        with pytest.raises(nightly.Refused):
            nightly.begin(day, trigger="command")
    assert not NightlyRun.objects.exists()
