"""An import that is killed leaves everything or nothing, and can be repeated."""

import random
import time

import pytest
from django.db import connection

from customers.models import Account, Event, OrderLine
from tests.order_files import row, write
from tests.processes import start
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

LINES = 5_000
KILLS = 6
CHILD = """
import sys
from pathlib import Path
import django
django.setup()
from django.db import connection
from customers.imports.orders import import_orders
connection.ensure_connection()
print("ready", flush=True)
import_orders(Path(sys.argv[1]), create_accounts=True)
print("done", flush=True)
"""


def orders(revenue):
    """Return five thousand lines of some hundred accounts."""
    return [
        row(
            order_id=f"O{n // 5}",
            customer_id=f"C{n // 5 % 300}",
            parent_id=f"G{n // 5 % 7}",
            revenue=revenue,
        )
        for n in range(LINES)
    ]


def run(path, kill_after=None):
    """Run an import in a process of its own; return the seconds it took from when it was ready."""
    child = start("-c", CHILD, str(path))
    assert child.stdout.readline() == "ready\n"
    began = time.monotonic()
    if kill_after is not None:
        time.sleep(kill_after)
        child.kill()
    output = child.communicate(timeout=120)[0]
    assert kill_after is not None or output == "done\n"
    took = time.monotonic() - began
    until(nobody_else_is_connected)  # the server may still be at the commit of who was killed
    return took


def nobody_else_is_connected():
    """Say whether the database serves this process alone."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0] == 0


def state():
    """Return how many lines stand with which amount, and how many accounts and imports."""
    amounts = sorted(OrderLine.objects.values_list("revenue_minor", flat=True))
    return (
        {minor: amounts.count(minor) for minor in set(amounts)},
        Account.objects.count(),
        Event.objects.filter(kind="orders.imported").count(),
    )


def test_killed_at_any_moment_an_import_is_whole_or_not_there(tmp_path):
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    first, second = (
        write(tmp_path, orders("1.00"), "first.csv"),
        write(tmp_path, orders("2.00"), "second.csv"),
    )
    seconds = run(first)
    accounts, before = 307, {100: LINES}
    assert state() == (before, accounts, 1)
    files, done = [second, first], 1

    for _kill in range(KILLS):
        was, _accounts, imports = state()
        run(files[0], kill_after=dice.uniform(0, 1.1 * seconds))
        now, _accounts, imports_now = state()
        assert now in ({100: LINES}, {200: LINES}), f"seed {seed}: a part of an import stands"
        # Whole lines with their event, or neither.
        assert imports_now - imports == (now != was), f"seed {seed}"
        assert Account.objects.count() == accounts
        done += imports_now - imports
        if now != was:
            files.reverse()

    run(second)
    assert state() == ({200: LINES}, accounts, done + 1)


def test_two_imports_at_once_are_one_after_the_other(tmp_path):
    """Both find the accounts missing; the second must not fail, nor make them again."""
    files = [write(tmp_path, orders(f"{n}.00"), f"{n}.csv") for n in (1, 2)]

    children = [start("-c", CHILD, str(path)) for path in files]

    assert [child.communicate(timeout=120)[0] for child in children] == ["ready\ndone\n"] * 2
    lines, accounts, imports = state()
    assert lines in ({100: LINES}, {200: LINES})
    assert (accounts, imports) == (307, 2)


def test_a_first_import_that_is_killed_leaves_no_account_behind(tmp_path):
    path = write(tmp_path, orders("1.00"))
    dice = random.Random()

    for _kill in range(2):
        run(path, kill_after=dice.uniform(0.1, 0.6))
        lines, accounts, imports = state()
        assert (lines, accounts) in (({}, 0), ({100: LINES}, 307))
        assert bool(lines) == bool(imports)

    run(path)
    assert state()[:2] == ({100: LINES}, 307)
