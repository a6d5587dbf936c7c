"""Short ways to order lines and nightly runs in tests."""

import itertools

from django.db import connection

from accounts_crm import nightly
from customers.models import OrderLine

_numbers = itertools.count(1)


def order(account, day, revenue, *, cost=None, currency="CNY", revenue_minor=None, **values):
    """Add an order of one line; amounts are reporting minor units, None for no rate."""
    return OrderLine.objects.create(
        source="test",
        order_id=values.pop("order_id", None) or f"o{next(_numbers)}",
        line_id=values.pop("line_id", "1"),
        account=account,
        date=day,
        currency=currency,
        revenue_minor=revenue_minor if revenue_minor is not None else revenue,
        cost_minor=cost,
        revenue=revenue,
        cost=cost,
        **values,
    )


def make_run(as_of):
    """Run the night of a date in the foreground; return the published run."""
    return nightly.execute(nightly.begin(as_of, trigger="command"))


def analyze():
    """Tell PostgreSQL's planner of rows made in bulk, as a nightly run does after its own."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
