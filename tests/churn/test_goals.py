"""The churn rate of a year against a plain reckoning, and goals read night by night."""

import datetime as dt
import random

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from churn.churn_rate import cells
from churn.defection_actions import record_defection
from churn.goal_actions import change_goal, set_goal
from churn.goal_panels import GoalLine
from churn.goal_readings import read
from churn.models import Goal, GoalReading
from churn.models.goals import hundredths
from customers.errors import Refused
from customers.models import Account, Event, OrderLine, Region, SatisfactionScore
from tests.nights import make_run, order

END = dt.date(2026, 3, 31)
START = END - dt.timedelta(days=365)
pytestmark = pytest.mark.django_db


def plain_rate(end):
    """Return active, lost, value and value lost of a year, account by account, day by day."""
    start = end - dt.timedelta(days=365)
    sums = [0, 0, 0, 0]
    for account in Account.objects.all():
        lines = list(OrderLine.objects.filter(account=account, date__lte=end))
        orders = {}
        for line in lines:
            orders.setdefault(line.order_id, []).append(line)
        days = {
            min(line.date for line in some)
            for some in orders.values()
            if sum(line.revenue_minor for line in some) > 0
        }

        def active(day, days=days):
            return any(0 <= (day - bought).days < 365 for bought in days)

        if not active(start):
            continue
        first = start.replace(year=start.year - 1) + dt.timedelta(days=1)
        value = max(0, sum(one.revenue for one in lines if first <= one.date <= start))
        lost = any(start < row.date <= end for row in account.defections.all()) or not all(
            active(start + dt.timedelta(days=n)) for n in range(1, 366)
        )
        for place, figure in enumerate((1, lost, value, lost * value)):
            sums[place] += figure
    return sums


def summed(found):
    names = ("active", "lost", "value", "value_lost")
    return [sum(getattr(cell, name) for cell in found) for name in names]


def test_the_rate_is_that_of_a_plain_reckoning(cast):
    dice = random.Random(3)
    for n in range(40):
        account = Account.objects.create(code=f"c{n}", name=f"C {n}")
        for _again in range(dice.choice((0, 1, 1, 2, 3, 8))):
            day = END - dt.timedelta(days=dice.randint(-20, 800))
            name = f"{n}-{day}"
            order(account, day, dice.randint(-500, 5000), order_id=name)
            if dice.random() < 0.2:
                order(account, day, -6000, order_id=name, line_id="2")
        if n % 9 == 0:
            record_defection(account, by=None, type="price", date=END - dt.timedelta(days=n * 11))

    found = cells(END, measure="revenue", run_id=0)

    expected = plain_rate(END)
    assert summed(found) == expected
    assert 0 < expected[1] < expected[0]


@pytest.mark.parametrize(
    ("days", "active", "lost"),
    [
        ((0,), 1, 1),  # the last day of the year is the one on which it has passed
        ((0, 365), 1, 0),
        ((-364,), 1, 1),
        ((-364, 1), 1, 0),  # bought on the very day
        ((-364, 2), 1, 1),  # came back: not netted
        ((-365,), 0, 0),
        ((1,), 0, 0),
    ],
)
def test_the_edges_of_the_year(account, days, active, lost):
    for day in days:
        order(account, START + dt.timedelta(days=day), 100)

    found = summed(cells(END, measure="revenue", run_id=0))

    assert found[:2] == [active, lost]
    assert found == plain_rate(END)


def test_classes_are_those_of_the_start_and_values_weigh(cast):
    """The largest left: its class is A by what it was, not N by what it is."""
    for code, value in (("big", 800), ("mid", 150), ("small", 50)):
        account = Account.objects.create(code=code, name=code)
        order(account, START, value)
        if code != "big":
            order(account, END, value)
    found = cells(END, measure="revenue", run_id=0)

    assert [(cell.value_class, cell.active, cell.lost, cell.value_lost) for cell in found] == [
        ("A", 1, 1, 800),
        ("B", 1, 0, 0),
        ("C", 1, 0, 0),
    ]
    by_value = Goal(metric="churn_value", baseline=0, target=0)
    assert read(by_value, found, {}) == (800, 1000)
    assert read(Goal(metric="churn", value_class="A"), found, {}) == (1, 1)


def test_a_region_counts_with_all_below(cast):
    east = Region.objects.get(name="East")
    below = Region.objects.create(name="Shore", parent=east)
    west = Region.objects.create(name="West")
    for n, region in enumerate((east, below, west, None)):
        order(Account.objects.create(code=f"r{n}", name="R", region=region), START, 100)
    above = dict(Region.objects.values_list("pk", "parent"))

    found = cells(END, measure="revenue", run_id=0)

    assert read(Goal(metric="churn", region=east), found, above) == (2, 2)


def test_nps_counts_the_latest_answer_of_the_year(account, far_account):
    other = Account.objects.create(code="o", name="O")
    for row, score, day in (
        (account, 2, END - dt.timedelta(days=10)),
        (account, 9, END),
        (far_account, 6, END),
        (other, 10, END - dt.timedelta(days=364)),
        (other, 0, END - dt.timedelta(days=366)),
        (account, 0, END + dt.timedelta(days=1)),
    ):
        SatisfactionScore.objects.create(account=row, score=score, date=day)

    assert read(Goal(metric="nps"), cells(END, measure="revenue", run_id=0), {}) == (1, 3)
    assert hundredths(1, 3) == 33_33
    assert hundredths(-1, 3) == -33_33
    assert hundredths(0, 0) is None


@pytest.fixture
def goal(cast, account):
    return set_goal(
        by=cast["dirk_director"],
        metric="churn",
        region=account.region,
        baseline=8_00,
        target=4_00,
        since=START,
        due=END + dt.timedelta(days=90),
    )


def test_each_night_reads_the_goals_and_the_pages_show_them(client, cast, account, goal):
    order(account, START, 100)
    order(account, END, 100)
    order(Account.objects.create(code="x", name="X", region=account.region), START, 100)
    make_run(END - dt.timedelta(days=1))
    run = make_run(END)

    reading = GoalReading.objects.get(run=run)
    assert (reading.part, reading.base, reading.actual) == (1, 2, 50_00)
    assert run.facts["churn"]["lost"] == 1
    for person in ("dirk_director", "dora_director", "rita_reader"):
        client.force_login(cast[person])
        page = " ".join(client.get("/goals/").content.decode().split())
        assert "50.0%" in page
        assert "Behind" in page
        # The axes tell baseline, target and days to who only looks.
        assert [text in page for text in (">8.0%</text>", ">4.0%</text>")] == [True, True]
        assert page.count('class="knob"') == 1
    client.force_login(cast["olga_owner"])
    assert "50.0%" not in client.get("/goals/").content.decode()
    client.force_login(cast["dirk_director"])
    board = client.get("/dashboard/").content.decode()
    assert "Churn rate" in board
    assert "50.0%" in board


def test_the_page_costs_the_same_for_many_goals(client, cast, account, goal):
    order(account, START, 100)
    client.force_login(cast["dora_director"])

    def queries():
        make_run(END)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/goals/").status_code == 200
        return len(captured)

    few = queries()
    for metric in ("churn", "nps", "churn_value") * 5:
        set_goal(
            by=cast["dora_director"], metric=metric, baseline=0, target=1, due=dt.date(2199, 1, 1)
        )
    assert queries() == few <= 15


def test_a_director_sets_goals_within_his_posts_alone(cast, account, goal):
    with pytest.raises(PermissionDenied):
        set_goal(
            by=cast["dirk_director"], metric="nps", baseline=0, target=1, due=dt.date(2199, 1, 1)
        )
    with pytest.raises(PermissionDenied):
        change_goal(goal, by=cast["olga_owner"], version=1, target=1)
    assert not Goal.objects.visible_to(cast["olga_owner"]).exists()
    assert Goal.objects.visible_to(cast["dirk_director"]).get() == goal


@pytest.mark.parametrize(
    ("values", "field"),
    [({"baseline": -1}, "baseline"), ({"target": 100_01}, "target"), ({"due": START}, "due")],
)
def test_a_goal_that_cannot_be_is_refused(cast, goal, values, field):
    with pytest.raises(Refused) as refused:
        change_goal(goal, by=cast["dirk_director"], version=1, **values)

    assert refused.value.field == field


def test_a_goal_is_set_changed_and_ended_by_form(client, cast, goal, account):
    client.force_login(cast["dirk_director"])
    typed = {"metric": "nps", "region": account.region_id, "baseline": "-12.5", "target": "30",
             "since": "2026-01-01", "due": "2026-12-31"}  # fmt: skip

    assert client.post("/goals/new/", {**typed, "target": "101"}).status_code == 422
    assert client.post("/goals/new/", {**typed, "region": ""}).status_code == 422
    assert client.post("/goals/new/", typed).status_code == 302
    made = Goal.objects.get(metric="nps")
    assert (made.baseline, made.target) == (-12_50, 30_00)
    page = f"/goals/{made.pk}/"
    again = {**typed, "version": 1, "target": "40", "initial-target": "30"}
    assert client.post(page, again).status_code == 302
    assert client.post(page, again).status_code == 409
    assert client.post(f"{page}end/").status_code == 302
    made.refresh_from_db()
    assert made.ended_on is not None
    assert Event.objects.filter(kind="goal.changed").count() == 2


def test_the_axes_of_a_goal_stay_readable(goal):
    line = GoalLine(goal, [(START, 9_00), (END, 8_00)])

    (upper, foot, _text), (lower, foot_below, _other) = line.levels
    assert (line.levels[0][2], line.levels[1][2]) == ("8.0%", "4.0%")
    assert upper < lower
    assert [day for _place, day, _css in line.days] == [goal.since, goal.due]
    assert line.newest[0] < 100
    # Near levels are written under one another, and near days one for both.
    far = GoalLine(goal, [(START, 90_00), (END + dt.timedelta(days=5000), 80_00)])
    assert far.levels[1][1] - far.levels[0][1] >= 14
    assert [day for _place, day, _css in far.days] == [goal.due]
