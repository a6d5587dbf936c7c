"""Context of the panel of open-book agreements."""

from dataclasses import dataclass

from customers.access import Change
from customers.calendar import business_today
from customers.models import Account
from lifecycle.models import OpenBook


@dataclass(frozen=True)
class Agreement:
    """An agreement, whether it is in force today, and whether it can be ended."""

    row: OpenBook
    in_force: bool
    may_end: bool


@dataclass
class OpenBookPanel:
    """What templates/lifecycle/_open_books.html draws: agreements with what may be done to each."""

    account: Account
    may_change: bool
    agreements: list[Agreement]


def open_books(account: Account, viewer) -> OpenBookPanel:
    """Return the agreements of an account, the latest first."""
    today = business_today()
    may_change = account.may_be_changed_by(viewer, Change.RELATIONSHIP)
    found = []
    for row in OpenBook.objects.filter(account=account).select_related("by"):
        in_force = row.since <= today and (row.until is None or row.until >= today)
        found.append(Agreement(row, in_force, may_change and in_force and row.until != today))
    return OpenBookPanel(account, may_change, found)
