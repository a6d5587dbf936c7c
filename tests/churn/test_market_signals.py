"""Signals in how customers pay and in what competitors sell, at and around their thresholds."""

import datetime as dt

import pytest

from churn import findings, scoring
from churn.rules import is_fatal
from customers.models import Receivable
from tests.churn.facts import D, ago, credit, fired, invoice, sighting, strength_of

pytestmark = pytest.mark.django_db
TOMORROW = D + dt.timedelta(days=1)


def said(signal, figures):
    return findings.sentence({"signal": signal, "figures": figures})


# --- payment and credit ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("past_due", "strength"),
    [(-30, None), (0, None), (14, None), (15, 0.2599), (52, 0.625), (90, 1.0), (900, 1.0)],
)
def test_an_invoice_counts_by_the_days_it_is_past_due(account, past_due, strength):
    invoice(account, ago(past_due), issued=ago(1000))

    assert strength_of("payment_overdue", account) == strength


@pytest.mark.parametrize(("settled", "open"), [(ago(1), False), (D, False), (TOMORROW, True)])
def test_an_invoice_or_a_hold_is_open_until_the_day_it_is_settled(account, settled, open):
    invoice(account, ago(40), settled=settled)
    assert (fired("payment_overdue", account) is not None) == open

    Receivable.objects.all().delete()
    credit(account, ago(40), lifted=settled)
    assert (fired("payment_overdue", account) is not None) == open


def test_what_is_dated_after_the_day_is_not_there_yet(account):
    credit(account, TOMORROW, type="insolvency")
    row = invoice(account, ago(40))
    Receivable.objects.filter(pk=row.pk).update(issued_on=ago(100), settled_on=TOMORROW)

    figures = fired("payment_overdue", account)[1]

    assert (figures["receivables"], figures["trouble"]) == ([row.pk], "")
    assert fired("payment_overdue", account, as_of=TOMORROW)[1]["count"] == 0
    assert fired("payment_overdue", account, as_of=TOMORROW)[1]["trouble"] == "insolvency"


def test_the_oldest_unpaid_invoice_counts_and_the_paid_ones_do_not(account):
    invoice(account, ago(300), settled=ago(200))
    late, latest = invoice(account, ago(60)), invoice(account, ago(20))
    invoice(account, ago(-10), issued=ago(5))

    figures = fired("payment_overdue", account)[1]

    assert (figures["count"], figures["days"]) == (2, 60)
    assert figures["receivables"] == [late.pk, latest.pk]
    assert said("payment_overdue", figures) == (
        "2 invoices past due, the oldest for 60 days, since 1 May 2024"
    )


@pytest.mark.parametrize("type", ["credit_hold", "insolvency"])
def test_credit_trouble_counts_in_full_and_is_not_fatal(account, type):
    credit(account, D, type=type)

    strength, figures = fired("payment_overdue", account)

    assert strength == 1.0
    assert not is_fatal("payment_overdue", figures)
    assert scoring.score_of(None, None, [{"weight": 0.2, "strength": 1.0,
        "signal": "payment_overdue", "figures": figures}]) == 20  # fmt: skip


def test_the_gravest_trouble_is_named_before_what_is_past_due(account):
    credit(account, ago(90))
    credit(account, ago(5), type="insolvency")
    invoice(account, ago(3))

    figures = fired("payment_overdue", account)[1]

    assert said("payment_overdue", figures) == (
        "Insolvency notice since 25 Jun 2024; 1 invoice 3 days past due, since 27 Jun 2024"
    )


def test_more_days_and_more_trouble_never_weaken_the_signal(account):
    strengths = []
    for days in range(0, 120, 5):
        Receivable.objects.all().delete()
        invoice(account, ago(days))
        strengths.append(strength_of("payment_overdue", account) or 0)
    credit(account, D)
    strengths.append(strength_of("payment_overdue", account))

    assert strengths == sorted(strengths)
    assert strengths[0] == 0 < strengths[5] < strengths[-1]


# --- competitors -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shares", "strength"),
    [
        ([(10, 25), (100, 20)], None),  # five points
        ([(10, 26), (100, 20)], 0.2875),
        ([(10, 35), (100, 20)], 0.625),
        ([(10, 45), (100, 20)], 1.0),
        ([(10, 100), (100, 0)], 1.0),
        ([(10, 20), (100, 45)], None),  # falling
        ([(10, 30), (100, 10), (200, 20)], 0.625),
        ([(10, 90)], None),  # nothing to compare with: unknown, and not 0
        ([(10, 90), (100, None)], None),
        ([(10, None), (50, 30), (100, 10)], 0.8125),  # an unknown share says nothing
        ([(364, 30), (400, 10)], 0.8125),
        ([(365, 30), (400, 10)], None),  # too old to say anything of today
        ([(10, 30), (740, 10)], 0.8125),
        ([(10, 30), (741, 10)], None),
    ],
)
def test_a_competitor_rises_above_the_mean_before(account, shares, strength):
    for days, share in shares:
        sighting(account, share, ago(days))
    sighting(account, 99, TOMORROW)

    assert strength_of("competitor_rising", account) == strength


def test_the_one_who_rose_most_is_named_and_each_is_held_against_itself(account):
    sighting(account, 5, ago(100), "Brandt")
    sighting(account, 60, ago(90), "Norvik")
    first = sighting(account, 20, ago(80), "Halden")
    sighting(account, 15, ago(9), "Brandt")
    last = sighting(account, 40, ago(8), "HALDEN")
    sighting(account, 62, ago(7), "Norvik")

    figures = fired("competitor_rising", account)[1]

    assert figures["sightings"] == [last.pk, first.pk]
    assert said("competitor_rising", figures) == (
        "HALDEN has about 40% as of 22 Jun 2024; on average 20.0% before"
    )


def test_a_higher_share_never_weakens_the_signal(account):
    sighting(account, 20, ago(100))
    newest = sighting(account, 0, ago(1))
    strengths = []
    for share in range(0, 101, 4):
        newest.share = share
        newest.save()
        strengths.append(strength_of("competitor_rising", account) or 0)

    assert strengths == sorted(strengths)
    assert strengths[0] == 0
    assert strengths[-1] == 1
