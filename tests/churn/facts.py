"""Facts about accounts, dated back from one day that the tests call D."""

import datetime as dt

from django.utils import timezone

from churn import history, purchases
from churn.rules import RULES
from churn.signals import SIGNALS, Night
from customers.models import (
    CompetitorSighting,
    Complaint,
    Contact,
    Interaction,
    NextStep,
    PurchasePotential,
    Receivable,
    SatisfactionScore,
)
from tests.nights import order

D = dt.date(2024, 6, 30)


def ago(days):
    return D - dt.timedelta(days=days)


def night(as_of=D, *, measure="revenue", rules=RULES, accounts=None):
    return Night(as_of, measure, "CNY", purchases.of(history.read(as_of)), rules, accounts)


def fired(signal, account, **values):
    """Return strength and figures of a signal for an account, None if it did not fire."""
    return SIGNALS[signal](night(**values)).get(account.pk)


def strength_of(signal, account, **values):
    found = fired(signal, account, **values)
    return found and found[0]


def noon(day):
    return dt.datetime.combine(day, dt.time(12), tzinfo=timezone.get_default_timezone())


def contact(account, person, day, *, ours=(), theirs=(), tone=None):
    entry = Interaction.objects.create(
        account=account, kind="call", at=noon(day), date=day, author=person, tone=tone
    )
    entry.ours.set(ours)
    entry.theirs.set(theirs)
    return entry


def somebody(account, name="Wen", **values):
    return Contact.objects.create(account=account, name=name, **values)


def score(account, number, day):
    return SatisfactionScore.objects.create(account=account, score=number, date=day)


def potential(account, amount, day):
    return PurchasePotential.objects.create(
        account=account, date=day, currency="CNY", amount_minor=amount, amount=amount
    )


def step(account, person, due, *, created=dt.date(2024, 1, 1), state="open", closed=None):
    return NextStep.objects.create(
        account=account,
        what="Call back",
        due=due,
        who=person,
        created_on=created,
        state=state,
        closed_at=timezone.now() if state != "open" else None,
        closed_on=closed,
    )


def complaint(account, *, category="quality", severity=2, opened=None, resolved=None):
    return Complaint.objects.create(
        account=account,
        category=category,
        severity=severity,
        opened_on=opened or ago(20),
        resolved_on=resolved,
        text="Bearing seized",
    )


def invoice(account, due, *, issued=None, settled=None):
    return Receivable.objects.create(
        account=account,
        type="invoice",
        reference=f"R-{due:%m%d}",
        issued_on=issued or due - dt.timedelta(days=30),
        due_on=due,
        amount_minor=120_000_00,
        currency="CNY",
        settled_on=settled,
    )


def credit(account, since, *, type="credit_hold", lifted=None):
    return Receivable.objects.create(
        account=account, type=type, issued_on=since, settled_on=lifted, currency="CNY"
    )


def sighting(account, share, day, competitor="Norvik"):
    return CompetitorSighting.objects.create(
        account=account, competitor=competitor, share=share, seen_on=day
    )


def monthly(account, value, *, since, until=90, **values):
    """Order the same value every 30 days, from `since` days ago to more than `until` days ago."""
    for days in range(since, until - 1, -30):
        order(account, ago(days), value, **values)
