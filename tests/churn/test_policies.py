"""The rules of the signals: changed by directors, with a reason and a history."""

from decimal import Decimal

import pytest

from churn import policies
from churn.models import SignalPolicy
from churn.rules import RULES
from customers.errors import Refused
from customers.models import Event
from tests.churn.companies import company, stories
from tests.churn.facts import D, ago, complaint, monthly
from tests.nights import make_run

pytestmark = pytest.mark.django_db
URL = "/policies/signals/steps_overdue/"


def typed(**other):
    return {
        "on": "on",
        "weight": 15,
        "starts": "0",
        "full": "30",
        "reason": "A quarter's trial",
        "version": 1,
        **other,
    }


def change(by, signal="steps_overdue", version=1, reason="Because", **values):
    return policies.change_rule(signal, by=by, version=version, reason=reason, **values)


def test_rules_are_those_of_the_code_until_somebody_changes_them(cast):
    assert policies.current() == RULES

    change(cast["dora_director"], weight=20, starts=Decimal("2.50"))

    rules = policies.current()
    assert (rules["steps_overdue"].weight, rules["steps_overdue"].starts) == (20, 2.5)
    assert rules["steps_overdue"].full == 30
    assert {s: r for s, r in rules.items() if s != "steps_overdue"} == {
        s: r for s, r in RULES.items() if s != "steps_overdue"
    }


def test_a_director_changes_a_rule_and_the_page_tells_who_what_and_why(cast, client):
    client.force_login(cast["dora_director"])

    page = client.post(URL, typed(weight=25, on=""), follow=True).content.decode()

    policy = SignalPolicy.objects.get(signal="steps_overdue")
    assert (policy.weight, policy.on, policy.version) == (25, False, 2)
    event = Event.objects.get(kind="signal_policy.changed")
    assert event.changes == {
        "on": [True, False],
        "weight": [15, 25],
        "reason": ["", "A quarter's trial"],
    }
    assert event.actor == cast["dora_director"]
    assert "<td>15</td><td>25</td>" in page
    assert "A quarter&#x27;s trial" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weight", 0),
        ("weight", 91),
        ("weight", "9" * 30),
        ("weight", "x\0"),
        ("starts", "-1"),
        ("starts", "NaN"),
        ("starts", "0.001"),
        ("full", "1001"),
        ("full", "0"),
        ("full", "Infinity"),
        ("reason", "  "),
        ("reason", "x" * 2001),
        ("version", "0"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(field, value, cast, client):
    client.force_login(cast["dora_director"])

    answer = client.post(URL, typed(**{field: value}))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not SignalPolicy.objects.exists()
    assert not Event.objects.filter(kind="signal_policy.changed").exists()


def test_an_action_refuses_what_a_form_would(cast):
    for values in ({"weight": 95}, {"starts": Decimal(30)}, {"reason": ""}):
        with pytest.raises(Refused):
            change(cast["dora_director"], **values)
    assert not SignalPolicy.objects.exists()


def test_the_second_of_two_directors_sees_both_values(cast, client):
    change(cast["dirk_director"], weight=25)
    client.force_login(cast["dora_director"])

    answer = client.post(URL, typed(weight=20))

    assert answer.status_code == 409
    assert ("Weight, hundredths", 25, 20) in answer.context["form"].both
    assert answer.context["form"]["version"].value() == "2"
    assert policies.current()["steps_overdue"].weight == 25


def test_saving_what_is_so_already_leaves_no_trace(cast):
    assert change(cast["dora_director"], weight=15, on=True) == []
    assert not Event.objects.filter(kind="signal_policy.changed").exists()


def test_an_unknown_rule_is_nowhere(cast, client):
    client.force_login(cast["dora_director"])
    assert client.get("/policies/signals/tea_leaves/").status_code == 404


def test_the_next_night_counts_by_the_rules_in_force(cast):
    account = company(12)[3]
    complaint(account, opened=ago(3))
    change(cast["dora_director"], "quality_complaint", weight=90)

    run = make_run(D)

    found = run.risks.get(account=account).findings
    assert {f["signal"]: f["weight"] for f in found}["quality_complaint"] == 0.9
    assert run.facts["risk"]["rules"]["quality_complaint"] == {
        "on": True,
        "weight": 90,
        "starts": 0.0,
        "full": 3.0,
    }

    change(cast["dora_director"], "quality_complaint", version=2, on=False)
    run = make_run(D)

    assert "quality_complaint" not in run.facts["risk"]["fired"]
    assert "quality_complaint" not in {f["signal"] for f in run.risks.get(account=account).findings}


def test_more_weight_never_lowers_a_score(cast):
    accounts = company()
    stories(accounts, cast["olga_owner"])
    monthly(accounts[0], 5000, since=400, until=120)
    before = dict(make_run(D).risks.values_list("account", "score"))
    for signal, rule in RULES.items():
        change(cast["dora_director"], signal, weight=min(90, rule.weight + 20))

    after = dict(make_run(D).risks.values_list("account", "score"))

    scored = {account for account, score in before.items() if score is not None}
    assert all(after[account] >= before[account] for account in scored)
    assert any(after[account] > before[account] for account in scored)
