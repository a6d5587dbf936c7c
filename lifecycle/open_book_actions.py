"""Agreements to open the costs to each other: recorded, corrected, ended."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers import events
from customers.calendar import business_today
from customers.editing import change
from customers.errors import Refused
from customers.figures import short_date
from customers.models import Account
from lifecycle.models import OpenBook


@transaction.atomic
def record_open_book(
    account: Account,
    *,
    by,
    since: dt.date | None = None,
    until: dt.date | None = None,
    note: str = "",
) -> OpenBook:
    """Put an open-book agreement on record.

    Raises Refused for days the wrong way round, and for days that another agreement covers.
    """
    since = since or business_today()
    _check(account, since, until)
    book = OpenBook.objects.create(
        account=account, since=since, until=until, note=note.strip(), by=by
    )
    events.record(
        "openbook.recorded", account, by=by, about=book, since=(None, since), until=(None, until)
    )
    return book


@transaction.atomic
def change_open_book(book: OpenBook, *, by, version: int, **values: Any) -> list[str]:
    """Correct an agreement. Raises Refused as record_open_book does, and for a stale version."""
    changed = change(book, "openbook.changed", by=by, version=version, **values)
    _check(book.account, book.since, book.until, but=book)
    return changed


@transaction.atomic
def end_open_book(book: OpenBook, *, by) -> None:
    """End an agreement; today is its last day. Raises Refused for one that is over or to come."""
    today = business_today()
    held = OpenBook.objects.get(pk=book.pk)
    if held.until and held.until <= today:
        raise Refused(
            _("The agreement ended on %(day)s already.") % {"day": short_date(held.until)}
        )
    if held.since > today:
        raise Refused(_("The agreement has not begun yet. Correct its days."))
    change(held, "openbook.ended", by=by, version=held.version, until=today)


def _check(
    account: Account, since: dt.date, until: dt.date | None, *, but: OpenBook | None = None
) -> None:
    if until and until < since:
        raise Refused(_("The last day lies before the first."), field="until")
    # Locked where the database locks rows; on SQLite the transaction is the only writer.
    Account.objects.select_for_update().get(pk=account.pk)
    same = OpenBook.objects.filter(account=account).exclude(until__lt=since)
    if until:
        same = same.exclude(since__gt=until)
    if but is not None:
        same = same.exclude(pk=but.pk)
    if other := same.first():
        raise Refused(
            _("Another agreement is in force from %(since)s%(until)s. Correct or end that one.")
            % {
                "since": short_date(other.since),
                "until": _(" to %(day)s") % {"day": short_date(other.until)} if other.until else "",
            },
            field="since",
        )
