"""Signals in how a customer pays."""

from __future__ import annotations

from django.db.models import F, Q

from churn.signals.night import MOST_LINKS, Fired, Night, by_account
from customers.models import Receivable

GRAVEST = Receivable.Type.INSOLVENCY


def payment_overdue(night: Night) -> Fired:
    """Find invoices past their due date and trouble with the credit, neither settled by the day.

    Measured are the days that the oldest is past due; trouble with the credit counts in full.
    """
    rule = night.rules["payment_overdue"]
    open_ones = (
        night.of(
            Receivable.objects.filter(
                Q(settled_on__isnull=True) | Q(settled_on__gt=night.as_of),
                Q(due_on__isnull=True) | Q(due_on__lt=night.as_of),
                issued_on__lte=night.as_of,
            )
        )
        # Trouble first: it has no due date.
        .order_by("account_id", F("due_on").asc(nulls_first=True), "issued_on", "pk")
        .values_list("account_id", "type", "issued_on", "due_on", "pk")
    )
    fired: Fired = {}
    for account, rows in by_account(open_ones):
        trouble = [(kind, issued) for kind, issued, due, _pk in rows if due is None]
        due = [due for _kind, _issued, due, _pk in rows if due is not None]
        days = (night.as_of - due[0]).days if due else 0
        if strength := rule.strength(rule.full if trouble else days):
            worst, since = min(trouble, key=lambda row: row[0] != GRAVEST, default=("", None))
            fired[account] = (
                strength,
                {
                    "count": len(due),
                    "oldest": due[0].isoformat() if due else None,
                    "days": days,
                    "trouble": worst,
                    "since": since and since.isoformat(),
                    "receivables": [pk for *_row, pk in rows[:MOST_LINKS]],
                },
            )
    return fired
