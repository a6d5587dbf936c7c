"""Short ways to order lines and nightly runs in tests."""

import itertools

from django.apps import apps
from django.db import connection

from accounts_crm import nightly
from customers import sql
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
    """Tell the planner of rows made in bulk, as it finds out by itself after a while.

    Table by table: the tables that all databases share stay locked until a test's transaction
    ends, and the tests of another worker would wait for them.
    """
    if connection.vendor == "postgresql":
        sql.analyze(*apps.get_models(include_auto_created=True))
    else:
        sql.run("ANALYZE")
