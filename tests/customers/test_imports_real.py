"""Real order histories come in to the cent. They are not part of the repository."""

import csv
import datetime as dt
import gzip
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count, Max, Min, Sum

from customers.imports.orders import import_orders
from customers.models import Account, OrderLine
from customers.money import to_major

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FILES = "northwind scms_deliveries adventureworks_resellers cdnow iowa_liquor_dev".split()

pytestmark = pytest.mark.django_db


def plain_sums(path):
    """Return what a file holds by customer: lines, orders, revenue, cost, first and last day."""
    lines, revenue, cost = Counter(), Counter(), Counter()
    orders, days, parents = {}, {}, set()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            code = cells["customer_id"].strip()
            lines[code] += 1
            revenue[code] += Decimal(cells["revenue"])
            cost[code] += Decimal(cells["cost"] or 0)
            orders.setdefault(code, set()).add(cells["order_id"])
            days.setdefault(code, set()).add(dt.date.fromisoformat(cells["order_date"]))
            parents |= {cells["parent_id"].strip()} - {""}
    return {
        code: (
            lines[code], len(orders[code]), revenue[code], cost[code], min(days[code]),
            max(days[code]),
        )
        for code in lines
    }, parents  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_real_history_comes_in_to_the_cent(name, settings):
    path = DATA / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"there is no {name}.csv.gz beside the repository")
    settings.REPORTING_CURRENCY = "USD"
    expected, parents = plain_sums(path)

    report = import_orders(path, create_accounts=True)

    totals = OrderLine.objects.values_list("account__code").annotate(
        Count("pk"),
        Count("order_id", distinct=True),
        Sum("revenue"),
        Sum("cost"),
        Min("date"),
        Max("date"),
    )
    stored = {
        code: (lines, orders, to_major(revenue, "USD"), to_major(cost or 0, "USD"), first, last)
        for code, lines, orders, revenue, cost, first, last in totals
    }
    assert stored == expected
    assert report.stored == report.read == sum(each[0] for each in expected.values())
    assert set(Account.objects.values_list("code", flat=True)) == set(expected) | parents
