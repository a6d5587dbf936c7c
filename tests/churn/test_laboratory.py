"""The laboratory: what a rule would have done, told from the company's own past."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from churn import laboratory, policies
from churn.models import SignalPolicy
from churn.rules import RULES
from customers.models import Account
from tests.churn.facts import D, ago
from tests.nights import make_run, order

pytestmark = pytest.mark.django_db
URL = "/policies/signals/order_gap/"
LAST = 90  # days before D: the newest date looked at; the others every 28 days before it


def weekly(code, owner, *, since=700, until=0):
    account = Account.objects.create(code=code, name=code, owner=owner)
    for days in range(until, since, 7):
        order(account, ago(days), 100)
    return account


@pytest.fixture
def run(cast):
    """Return a night after which one account left, one paused and came back, and four stayed."""
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    for n in range(4):
        weekly(f"stays{n}", (olga, ed)[n % 2])
    # Silent from 120 days before D on: 30 days at the newest date.
    weekly("left", olga, until=120)
    # A pause of four weeks around the newest date, then back.
    paused = weekly("paused", ed)
    paused.order_lines.filter(date__gt=ago(LAST + 21), date__lte=ago(LAST - 7)).delete()
    return make_run(D)


def test_the_figures_are_those_counted_by_hand(cast, run):
    trial = laboratory.try_rule("order_gap", RULES["order_gap"], cast["dora_director"], run)

    assert trial.origins == [ago(LAST + 28 * n) for n in (5, 4, 3, 2, 1, 0)]
    assert (trial.looked_at, trial.of) == (6, 6)
    assert trial.now == trial.then
    now = trial.now
    # Both are weeks without an order at the newest date; one comes back. The other was silent two
    # days before the date before, when nothing could tell.
    assert (now.warned, now.right, now.lost, now.fresh) == (2, 1, 2, 2)
    assert (now.precision, now.recall) == (0.5, 0.5)
    assert now.leads == [60]  # the last order was 120 days before D, the first warning 90
    assert now.per_week == pytest.approx(2 / 20 / 2)


def test_a_stricter_rule_warns_less_and_one_switched_off_never(cast, run):
    rule = RULES["order_gap"]
    dora = cast["dora_director"]

    strict = laboratory.try_rule("order_gap", replace(rule, starts=3.9), dora, run)
    off = laboratory.try_rule("order_gap", replace(rule, on=False), dora, run)

    assert (strict.now.warned, strict.then.warned, strict.then.right) == (2, 1, 1)
    assert (off.then.warned, off.then.precision, off.then.recall) == (0, None, 0)
    assert off.then.lead_days is None


def test_more_weight_never_takes_an_account_from_the_high_ones(cast, run):
    rule = RULES["order_gap"]
    high = [
        laboratory.try_rule(
            "order_gap", replace(rule, weight=weight), cast["dora_director"], run
        ).then.high
        for weight in (1, 30, 90)
    ]

    assert high == sorted(high)
    same = laboratory.try_rule("order_gap", rule, cast["dora_director"], run)
    assert same.now.high == same.then.high


def test_nothing_after_a_date_changes_what_was_warned_of(cast, run):
    rule, dora = RULES["value_falling"], cast["dora_director"]
    before = laboratory.try_rule("value_falling", rule, dora, run)
    for account in Account.objects.all():
        order(account, D + dt.timedelta(days=1), 99)

    after = laboratory.try_rule("value_falling", rule, dora, run)

    assert after == before


def test_it_tells_of_the_accounts_that_one_sees(cast, run):
    assert laboratory.try_rule("order_gap", RULES["order_gap"], cast["dirk_director"], run) is None


@pytest.mark.parametrize("signal", RULES)
def test_every_rule_can_be_tried_with_a_constant_number_of_queries(
    signal, cast, run, django_assert_max_num_queries
):
    policy = policies.of(signal)
    rule = policies.proposed(
        signal, on=True, weight=50, starts=policy.starts + Decimal("0.1"), full=policy.full
    )

    with django_assert_max_num_queries(35):
        assert laboratory.try_rule(signal, rule, cast["dora_director"], run) is not None


def typed(**other):
    return {"on": "on", "weight": 30, "starts": "3", "full": "4", "version": 1, **other}


def test_trying_saves_nothing_and_needs_no_reason(cast, run, client):
    client.force_login(cast["dora_director"])

    answer = client.post(URL, typed(**{"try": "1"}))

    assert answer.status_code == 200
    assert answer.context["trial"].looked_at == 6
    assert "What it would have done" in answer.content.decode()
    assert answer.context["form"]["starts"].value() == "3"
    assert answer.context["form"].fields["reason"].required  # to save it
    assert not SignalPolicy.objects.exists()


def test_a_bad_rule_is_refused_before_it_is_tried(cast, run, client):
    client.force_login(cast["dora_director"])
    for wrong in ({"full": "2"}, {"weight": 99}, {"starts": "x"}):
        answer = client.post(URL, typed(**{"try": "1"}, **wrong))
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == list(wrong)


def test_without_a_night_it_says_so(cast, client):
    client.force_login(cast["dora_director"])

    page = client.post(URL, typed(**{"try": "1"})).content.decode()

    assert "There is no night yet" in page
