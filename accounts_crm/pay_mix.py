"""The pay mix: what base and commission would be, modelled from the value each manager carries.

Nothing is stored: what is modelled stands in the address.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.core.validators import DecimalValidator
from django.db.models import Count, Q, Sum
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts_crm.models import NightlyRun
from customers import ranking
from customers.access import may_model_pay, pay_seen_by
from customers.models import Account
from customers.money import exponent, to_minor
from teams.models import User

PAGE = 50  # people
BASE = 50  # percent: half and half
MOST_PAY = 100_000_000


class PayForm(forms.Form):
    """What is modelled: the pay of a manager at the mean value, its base, the rate beyond it."""

    pay = forms.DecimalField(
        label=gettext_lazy("Pay per manager and year"), min_value=1, max_value=MOST_PAY
    )
    base = forms.IntegerField(label=gettext_lazy("Base, percent of it"), min_value=0, max_value=100)
    rate = forms.DecimalField(
        label=gettext_lazy("Commission, percent of value"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=4,
        help_text=gettext_lazy("Empty: the rate at which commission makes up the rest of the pay."),
    )

    def __init__(self, data, *, currency: str):
        super().__init__({"pay": settings.PAY_PER_MANAGER, "base": BASE} | data.dict())
        self.fields["pay"].validators.append(DecimalValidator(12, exponent(currency)))


@dataclass
class Pay:
    """One manager: value led, base and commission, all in minor units of the run's currency."""

    name: str
    led: int
    value: int
    base: int
    commission: int | None  # None: nobody carries any value to share by

    @property
    def whole(self) -> int | None:
        """Return base and commission together."""
        return None if self.commission is None else self.base + self.commission

    @property
    def mix(self) -> float | None:
        """Return the base as a part of the whole."""
        return self.base / self.whole if self.whole else None


@require_safe
def pay_mix(request):
    """Base and commission of the managers below the viewer, and of himself."""
    user = request.user
    if not may_model_pay(user):
        raise PermissionDenied(_("Pay is modelled by directors; a manager sees his own."))
    run = NightlyRun.objects.latest_published()
    currency = run.currency if run else settings.REPORTING_CURRENCY
    form = PayForm(request.GET, currency=currency)
    context: dict[str, Any] = {"form": form, "run": run, "currency": currency}
    if run and form.is_valid():
        carried = _carried(user, run)
        wanted = form.cleaned_data
        pay = to_minor(wanted["pay"], currency)
        rate = wanted["rate"] / 100 if wanted["rate"] is not None else None
        rows, rate = model(carried, pay=pay, base=wanted["base"], rate=rate)
        context |= {
            "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
            "rate": rate,
            "alone": all(row.name == user.name for row in rows),
        }
    status = 400 if form.errors else 200
    return render(request, "accounts_crm/pay_mix.html", context, status=status)


def model(
    carried: list[tuple[str, int, int]], *, pay: int, base: int, rate: Decimal | None = None
) -> tuple[list[Pay], Decimal | None]:
    """Return the pay of each manager, and the commission per unit of value.

    carried  name, accounts led, value of these in minor units, none below zero
    pay      of a manager at the mean value, minor units a year; `base` percent of it are fixed
    rate     commission per unit of value; None: as much as makes up the rest of everybody's pay
    """
    fixed = pay * base // 100
    total = sum(value for _name, _led, value in carried)
    if rate is None and total:
        rate = Decimal((pay - fixed) * len(carried)) / total
    return [
        Pay(name, led, value, fixed, None if rate is None else _whole(value * rate))
        for name, led, value in carried
    ], rate


def _carried(viewer, run) -> list[tuple[str, int, int]]:
    """Return whom the viewer may look at, the most value first; of accounts he sees."""
    people = User.objects.filter(pay_seen_by(viewer))
    accounts = Account.objects.visible_to(viewer).filter(owner__in=people.values("pk"))
    rows = ranking.with_rank(accounts, run).order_by().values("owner", "owner__name")
    found = [
        (row["owner__name"], row["led"], int(row["carried"] or 0), row["owner"])
        for row in rows.annotate(led=Count("pk"), carried=Sum("value", filter=Q(value__gt=0)))
    ]
    found.sort(key=lambda row: (-row[2], row[0], row[3]))
    return [row[:3] for row in found]


def _whole(amount: Decimal) -> int:
    return int(amount.to_integral_value(rounding=ROUND_HALF_EVEN))
