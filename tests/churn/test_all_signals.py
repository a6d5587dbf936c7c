"""What holds for every signal: weights, time, query counts."""

import datetime as dt

import pytest
from django.utils import timezone

from churn import signals
from churn.rules import RULES
from customers.models import Account, Complaint, NextStep, Receivable
from lifecycle.models import Interruption
from teams.models import Handover
from tests.churn.facts import (
    D,
    ago,
    complaint,
    contact,
    credit,
    invoice,
    monthly,
    night,
    noon,
    potential,
    score,
    sighting,
    somebody,
    step,
)
from tests.nights import order

pytestmark = pytest.mark.django_db
TOMORROW = D + dt.timedelta(days=1)


def trouble(account, person, other):
    """Give an account everything that a signal can find."""
    monthly(account, 100, since=500, until=100, category="grease")
    order(account, ago(499), 3000, category="bearings")
    order(account, ago(85), 20, category="bearings")
    potential(account, 9000, ago(450))
    gone, wen = somebody(account, left_on=ago(40), attitude="champion"), somebody(account)
    for days, tone in ((95, -2), (96, -2), (97, -2), (300, 1), (310, 1), (320, 1)):
        contact(account, person, ago(days), ours=[person], theirs=[wen, gone], tone=tone)
    step(account, person, ago(3))
    for _ in range(3):
        complaint(account)
    score(account, 2, ago(5))
    score(account, 9, ago(50))
    invoice(account, ago(60))
    credit(account, ago(10))
    sighting(account, 10, ago(200))
    sighting(account, 40, ago(30))
    Handover.objects.create(account=account, was=other, to=person, opened_on=ago(30))
    Interruption.objects.create(account=account, stage="mid", started_at=noon(ago(20)))


def all_fired():
    return {signal: dict(found) for signal, found in signals.fired_on(night()).items()}


def test_the_weights_are_those_of_the_domain():
    settled = {
        "interrupted": 50,
        "value_falling": 35,
        "order_gap": 30,
        "quality_complaint": 30,
        "steps_overdue": 15,
        "no_contact": 15,
    }
    assert {signal: RULES[signal].weight for signal in settled} == settled
    assert all(10 <= rule.weight <= 30 for signal, rule in RULES.items() if signal not in settled)
    assert signals.SIGNALS.keys() == RULES.keys()


def test_facts_after_the_day_never_matter(cast, account):
    person = cast["olga_owner"]
    trouble(account, person, cast["ed_editor"])
    before = all_fired()
    assert {signal for signal, found in before.items() if account.pk in found} == set(RULES)

    order(account, TOMORROW, 5000, category="grease")
    heir = somebody(account, "Heir", attitude="champion", dmu_role="decider")
    contact(account, person, TOMORROW, ours=[cast["ed_editor"]], theirs=[heir], tone=2)
    step(account, person, ago(1), created=TOMORROW)
    complaint(account, opened=TOMORROW, severity=3)
    Complaint.objects.filter(opened_on__lte=D).update(resolved_on=TOMORROW)
    NextStep.objects.filter(created_on__lte=D).update(
        state="done", closed_at=timezone.now(), closed_on=TOMORROW
    )
    score(account, 10, TOMORROW)
    potential(account, 10, TOMORROW)
    Receivable.objects.filter(issued_on__lte=D).update(settled_on=TOMORROW)
    invoice(account, TOMORROW, issued=TOMORROW)
    credit(account, TOMORROW, type="insolvency")
    sighting(account, 99, TOMORROW)
    sighting(account, 99, TOMORROW, "Brandt")
    Handover.objects.update(closed_at=noon(TOMORROW))
    Interruption.objects.update(ended_at=noon(TOMORROW), resumed_to="mid")

    assert all_fired() == before


def test_an_account_of_which_nothing_is_known_is_in_no_answer(account):
    assert not any(account.pk in found for found in all_fired().values())


def test_a_signal_asks_the_same_whatever_the_number_of_accounts(
    cast, account, django_assert_max_num_queries
):
    trouble(account, cast["olga_owner"], cast["ed_editor"])
    for n in range(5):
        other = Account.objects.create(code=f"n{n}", name=f"N {n}")
        trouble(other, cast["olga_owner"], cast["ed_editor"])
    tonight = night()

    for signal, find in signals.SIGNALS.items():
        with django_assert_max_num_queries(2):
            assert len(find(tonight)) == 6, signal
