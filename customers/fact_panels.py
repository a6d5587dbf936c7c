"""Context of an account's panels of payment, competitors and purchase potential."""

from dataclasses import dataclass

from django.db.models import F

from customers.access import Change
from customers.cut import Cut
from customers.models import Account, Receivable

SETTLED = 5  # shown
RECEIVABLES_READ = 50
SIGHTINGS = 6
POTENTIALS = 12


@dataclass
class ReceivablesPanel:
    """What the customer owes and trouble with its credit; trouble first, then the longest due.

    more  are open than are shown
    """

    account: Account
    may_change: bool
    open: list[Receivable]
    settled: list[Receivable]
    more: bool


@dataclass
class SightingsPanel:
    """The competitors seen at the customer, the latest first."""

    account: Account
    may_change: bool
    rows: Cut


@dataclass
class PotentialPanel:
    """What the customer could buy per year, as it was recorded, the latest first."""

    account: Account
    may_change: bool
    rows: Cut


def potential(account: Account, viewer) -> PotentialPanel:
    """Return the latest records of what an account could buy."""
    return PotentialPanel(
        account,
        account.may_be_changed_by(viewer, Change.FACTS),
        Cut(account.potentials.order_by("-date", "-pk"), POTENTIALS),
    )


def receivables(account: Account, viewer) -> ReceivablesPanel:
    """Return the open invoices and troubles, and the latest settled ones."""
    # Open ones first: they matter however old they are.
    rows = account.receivables.order_by(
        F("settled_on").desc(nulls_first=True), F("due_on").asc(nulls_first=True), "pk"
    )
    shown = Cut(rows, RECEIVABLES_READ)
    return ReceivablesPanel(
        account,
        account.may_be_changed_by(viewer, Change.FACTS),
        [row for row in shown if row.settled_on is None],
        [row for row in shown if row.settled_on][:SETTLED],
        more=shown.more and shown[-1].settled_on is None,
    )


def sightings(account: Account, viewer) -> SightingsPanel:
    """Return the latest sightings of competitors."""
    return SightingsPanel(
        account,
        account.may_be_changed_by(viewer, Change.FACTS),
        Cut(account.sightings.order_by("-seen_on", "-pk"), SIGHTINGS),
    )
