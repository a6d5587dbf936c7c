"""Wallet share: our revenue of 12 months as a part of what the customer buys per year.

Unknown is never zero, and zero is never unknown. What we sold is known wherever the order lines
have an exchange rate, and without a single line it is nothing: a customer who buys from others
alone gives us 0 %. Unknown is the share where nobody said what the customer buys, where that has
no rate, and where there are lines but none of them has one.
"""

from fractions import Fraction

from django.db.models import (
    Case,
    Exists,
    F,
    FloatField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, NullIf

from customers.calendar import months_before
from customers.models import OrderLine, PurchasePotential

MONTHS = 12


def revenue(total: int | None, lines: int) -> int | None:
    """Return what was sold, in minor units; None where it is unknown.

    total  the sum over the lines with a rate, None where none has one
    lines  how many there are, with a rate or without
    """
    if total is None:
        return None if lines else 0
    return int(total)


def share(total: int | None, lines: int, could_buy: int | None) -> Fraction | None:
    """Return the wallet share, exactly; None where it is unknown.

    total, lines  of the 12 months, as of `revenue`
    could_buy     per year, in the same minor units; None or 0 where unknown
    """
    sold = revenue(total, lines)
    return Fraction(sold, could_buy) if could_buy and sold is not None else None


def potential_of(as_of) -> QuerySet[PurchasePotential]:
    """Return what an outer account could buy, latest first, as known on a day or now (None)."""
    rows = PurchasePotential.objects.filter(account=OuterRef("pk")).order_by("-date", "-pk")
    return rows.filter(date__lte=as_of) if as_of else rows


def with_wallet(accounts: QuerySet, as_of) -> QuerySet:
    """Annotate accounts with `bought` and `could_buy`, each None where unknown, and `wallet_share`.

    The rule of `share`, for the database.
    """
    lines = OrderLine.objects.filter(
        account=OuterRef("pk"), date__gt=months_before(as_of, MONTHS), date__lte=as_of
    ).order_by()
    total = lines.values("account").annotate(sum=Sum("revenue")).values("sum")
    nothing = Case(When(~Exists(lines), then=Value(0)))
    return accounts.annotate(
        could_buy=NullIf(Subquery(potential_of(as_of).values("amount")[:1]), 0),
        bought=Coalesce(Subquery(total), nothing),
    ).annotate(wallet_share=Cast("bought", FloatField()) / F("could_buy"))
