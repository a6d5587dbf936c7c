"""Rating how a customer treats suppliers."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from customers import events
from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account
from lifecycle.models import SupplierStance
from lifecycle.stances import ITEMS, LEAST, MOST, readiness


@transaction.atomic
def record_stance(account: Account, *, by, date: dt.date, **answers: int | None) -> SupplierStance:
    """Rate a customer's supplier stance on a date; items that are not known are left out.

    Raises Refused for a date in the future, a rating out of bounds, and where nothing is known.
    """
    if date > business_today():
        raise Refused(_("This date lies in the future."), field="date")
    known = {name: answers[name] for name in ITEMS if answers.get(name) is not None}
    for name, rate in known.items():
        if not LEAST <= rate <= MOST:  # type: ignore[operator]
            raise Refused(_("Rate from 1 (traditional) to 5 (modern)."), field=name)
    score = readiness(known)
    if score is None:
        raise Refused(_("Rate at least one item."))
    row = SupplierStance.objects.create(account=account, by=by, date=date, readiness=score, **known)
    events.record("stance.recorded", account, by=by, about=row, readiness=(None, score))
    return row
