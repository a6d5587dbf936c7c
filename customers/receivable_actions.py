"""Writes about what a customer owes, and about trouble with its credit; each with its event."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers import events
from customers.actions import check_day
from customers.editing import change
from customers.errors import Refused
from customers.models import Account, Receivable

CHECKED = ("type", "reference", "issued_on", "due_on", "amount_minor", "settled_on")
TOLD = ("type", "reference", "due_on", "amount_minor", "currency", "settled_on")


@transaction.atomic
def record_receivable(account: Account, *, by, **values: Any) -> Receivable:
    """Record an invoice, or trouble with a customer's credit; the amount in minor units.

    Raises Refused for an invoice without number, amount or due date, for other trouble that has a
    due date, and for days that cannot be.
    """
    _check({name: values.get(name) for name in CHECKED})
    row = Receivable.objects.create(account=account, **values)
    told: dict[str, Any] = {name: (None, getattr(row, name)) for name in TOLD}
    events.record("receivable.recorded", account, by=by, about=row, **told)
    return row


@transaction.atomic
def change_receivable(row: Receivable, *, by, version: int | None, **values: Any) -> list[str]:
    """Correct or settle one. Raises Refused as record_receivable does, and for a stale version."""
    now = Receivable.objects.get(pk=row.pk)
    if version in (None, now.version):
        _check({name: values.get(name, getattr(now, name)) for name in CHECKED})
    return change(row, "receivable.changed", by=by, version=version, **values)


def _check(values: dict[str, Any]) -> None:
    issued, due, settled = (values[name] for name in ("issued_on", "due_on", "settled_on"))
    check_day(issued, "issued_on")
    if values["type"] == Receivable.Type.INVOICE:
        _check_invoice(values)
    elif due is not None:
        raise Refused(_("Only an invoice has a due date. Leave it empty."), field="due_on")
    if settled and settled < issued:
        raise Refused(_("It cannot be settled before its date."), field="settled_on")
    if settled:
        check_day(settled, "settled_on")


def _check_invoice(values: dict[str, Any]) -> None:
    if not values["reference"]:
        raise Refused(_("Give the number of the invoice."), field="reference")
    if values["amount_minor"] is None:
        raise Refused(_("Give the amount of the invoice."), field="amount_minor")
    if values["due_on"] is None:
        raise Refused(_("Say by when the invoice is to be paid."), field="due_on")
    if values["due_on"] < values["issued_on"]:
        raise Refused(_("It cannot be due before its date."), field="due_on")
