"""What is measured is undone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from customers.sql import run


@contextmanager
def undone() -> Iterator[None]:
    """Undo at the end what is written inside."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # A night computes for minutes outside of transactions; here it does so inside of one.
            run("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield
        transaction.set_rollback(True)
