"""Made companies whose accounts buy, complain and fall silent; the same for the same seed."""

import datetime as dt
import random

from django.utils import timezone

from customers.models import Account, Complaint, Interaction, NextStep
from tests.churn.facts import D, ago
from tests.nights import order


def company(size=40, *, seed=5, until=D):
    """Open accounts that buy at rhythms of their own, some of which stop."""
    rng = random.Random(seed)
    accounts = []
    for n in range(size):
        account = Account.objects.create(code=f"c{n:03}", name=f"Company {n}")
        accounts.append(account)
        day, rhythm = ago(800) + dt.timedelta(days=rng.randrange(200)), rng.choice([9, 25, 60])
        stop = until if n % 4 else ago(rng.randrange(20, 300))
        while day <= stop:
            order(account, day, rng.randrange(100, 90_000))
            day += dt.timedelta(days=1 + int(rng.expovariate(1 / rhythm)))
    return accounts


def stories(accounts, person):
    """Give the accounts complaints, contacts and steps of every strength."""
    for n, account in enumerate(accounts):
        if n % 3 == 0:
            at = timezone.now() - dt.timedelta(days=1)
            Interaction.objects.create(
                account=account, kind="call", at=at, date=ago(20 + 9 * n), author=person
            )
        if n % 5 == 0:
            NextStep.objects.create(
                account=account, what="Call", due=ago(n), who=person, created_on=ago(200)
            )
        if n % 7 == 0:
            Complaint.objects.create(
                account=account,
                category="quality",
                severity=1 + n % 3,
                opened_on=ago(30),
                text="Cracked",
            )
