"""Writes about customers that left: recorded, corrected, won back; each with its event."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from churn.models import Defection, DefectionType, Flag
from churn.queries import newest_run
from churn.signals import value_of
from customers import events
from customers.actions import change_account
from customers.calendar import business_today, window_start
from customers.editing import change
from customers.errors import Refused
from customers.models import Account, OrderLine

WinBack = Defection.WinBack


def record_defection(
    account: Account,
    *,
    by,
    type: str,
    date: dt.date | None = None,
    flag: Flag | None = None,
    value_lost: int | None = None,
    **values: Any,
) -> Defection:
    """Record that a customer left, and give the account that status.

    date        none: today
    value_lost  minor units of the reporting currency per year; none: what it bought in the 12
                months up to the date, unknown if it never bought
    Raises Refused without a type, for a future date, and while an earlier loss is not won back.
    """
    date = date or business_today()
    _check(type=type, date=date)
    if value_lost is None:
        value_lost = yearly_value(account, date)
    try:
        with transaction.atomic():
            defection = Defection.objects.create(
                account=account,
                type=type,
                date=date,
                flag=flag,
                value_lost=value_lost,
                currency=settings.REPORTING_CURRENCY,
                recorded_by=by,
                **values,
            )
            events.record(
                "defection.recorded",
                account,
                by=by,
                about=defection,
                type=(None, type),
                date=(None, date),
                competitor=(None, defection.competitor),
                value_lost=(None, value_lost),
            )
            change_account(account, by=by, version=None, status=Account.Status.LOST)
    except IntegrityError:
        raise Refused(
            _("%(account)s is recorded as lost already. Change that record.") % {"account": account}
        ) from None
    return defection


@transaction.atomic
def change_defection(defection: Defection, *, by, version: int | None, **values: Any) -> list[str]:
    """Correct a record, or say what winning the customer back came to.

    A customer won back is active again. Raises Refused for a date that cannot be, for a win-back
    that is decided already, and with both values if the record changed meanwhile.
    """
    now = Defection.objects.get(pk=defection.pk)
    winback = values.get("winback", now.winback)
    stale = version not in (None, now.version)
    if now.winback != WinBack.OPEN and winback != now.winback and not stale:
        raise Refused(
            _("This is decided: “%(winback)s”. Record a new loss if it left again.")
            % {"winback": now.get_winback_display()},
            field="winback",
        )
    if winback == WinBack.OPEN:
        values["winback_on"] = None
    elif values.get("winback_on", now.winback_on) is None:
        values["winback_on"] = business_today()
    wanted = {name: values.get(name, getattr(now, name)) for name in ("type", "date", "winback_on")}
    _check(**wanted)
    changed = change(defection, "defection.changed", by=by, version=version, **values)
    if "winback" in changed and winback == WinBack.WON:
        account = defection.account
        change_account(account, by=by, version=None, status=Account.Status.ACTIVE)
    return changed


def yearly_value(account: Account, until: dt.date) -> int | None:
    """Return what an account was worth in the 12 months up to a day, in minor units.

    By the measure of the newest published run; None if it never bought.
    """
    run = newest_run()
    lines = OrderLine.objects.filter(account=account, date__lte=until)
    recent = lines.filter(date__gte=window_start(until, 12))
    total = recent.aggregate(total=Sum(value_of(run.measure if run else "revenue")))["total"]
    if total is None:
        return 0 if lines.exists() else None
    return max(0, int(total))


def _check(*, type: str, date: dt.date, winback_on: dt.date | None = None) -> None:
    if type not in DefectionType:
        raise Refused(_("Say why the customer left: price, product or service."), field="type")
    if date > business_today():
        raise Refused(_("This date lies in the future."), field="date")
    if winback_on is None:
        return
    if winback_on < date:
        raise Refused(_("It cannot be decided before the customer left."), field="winback_on")
    if winback_on > business_today():
        raise Refused(_("This date lies in the future."), field="winback_on")
