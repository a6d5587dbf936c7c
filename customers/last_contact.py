"""When an account was last in contact: kept on the account, since every list sorts by it."""

import datetime as dt

from django.db.models import OuterRef, Q, Subquery

from customers.models import Account, Interaction


def note(account: Account, day: dt.date) -> None:
    """Move an account's last contact on to a day, never back."""
    # Conditional, so that of two entries logged at once the later day stays.
    Account.objects.filter(
        Q(last_contact_on__isnull=True) | Q(last_contact_on__lt=day), pk=account.pk
    ).update(last_contact_on=day)


def recount(accounts=None) -> None:
    """Read the last contact anew from the contact log, of all accounts or of a queryset.

    For entries that moved to another day and for those written in bulk.
    """
    latest = Interaction.objects.filter(account=OuterRef("pk")).order_by("-date").values("date")
    rows = Account.objects.all() if accounts is None else accounts
    rows.order_by().update(last_contact_on=Subquery(latest[:1]))
