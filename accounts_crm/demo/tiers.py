"""Requests for another tier, and how some customers treat their suppliers."""

import datetime as dt

from accounts_crm.demo.accounts import Book
from accounts_crm.demo.sheets import dice
from customers.calendar import end_of
from customers.models import Account, Tier
from lifecycle.models import SupplierStance, TierRequest
from lifecycle.stances import ITEMS, readiness

RATED = 24  # accounts; a third of the items is unknown
ASKED = (
    # days ago, reason, answer of the director who declined it, "" while it is open
    (4, "Finance and logistics work with theirs without me since spring.", ""),
    (60, "They ask for a joint office.", "No executive was met this year. Ask again in summer."),
)


OVERRATED = "霁原风电"  # little trade, visited often, and kept as strategic


def make_requests(book: Book, users: dict[str, int], today: dt.date) -> None:
    """Write an open and a declined request, each to make a partner strategic, and a misfit."""
    Account.objects.filter(name=OVERRATED).update(tier=Tier.STRATEGIC)
    partners = Account.objects.filter(
        pk__in=[int(pk) for pk in book.id[: book.written]], tier=Tier.PARTNER, owner__isnull=False
    ).exclude(owner=users["director"])
    for account, (days, reason, answer) in zip(partners.order_by("pk"), ASKED, strict=False):
        at = end_of(today - dt.timedelta(days=days)) - dt.timedelta(hours=13)
        decided = {
            "state": TierRequest.State.DECLINED,
            "decided_by_id": users["director"],
            "decided_at": at + dt.timedelta(days=3),
            "answer": answer,
        }
        TierRequest.objects.create(
            account=account,
            region_id=account.region_id,
            was=Tier.PARTNER,
            to=Tier.STRATEGIC,
            reason=reason,
            asked_by_id=account.owner_id,
            asked_at=at,
            **(decided if answer else {}),
        )


def make_classification(seed: int, book: Book, today: dt.date) -> None:
    """Write the participation and the supplier stance of the first accounts."""
    draw = dice(seed, "classification")
    for pk in book.id[:RATED]:
        product, involvement = (str(one) for one in draw.choice(["simple", "complex"], 2))
        Account.objects.filter(pk=int(pk)).update(
            product_complexity=product, involvement_complexity=involvement
        )
        answers = {
            name: int(rate) if known else None
            for name, rate, known in zip(
                ITEMS, draw.integers(1, 6, len(ITEMS)), draw.random(len(ITEMS)) < 2 / 3, strict=True
            )
        }
        score = readiness(answers)
        if score is not None:
            SupplierStance.objects.create(
                account_id=int(pk),
                date=today - dt.timedelta(days=int(draw.integers(10, 200))),
                readiness=score,
                **answers,
            )
