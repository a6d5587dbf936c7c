"""Exchange rates: from any currency to the reporting currency, month by month."""

import datetime as dt
from decimal import Decimal

from django.conf import settings

from customers.models import ExchangeRate
from customers.money import convert


class Book:
    """All known rates, read once; small, since it holds one number per month and currency."""

    def __init__(self):
        self.reporting = settings.REPORTING_CURRENCY
        self._rates: dict[tuple[int, int, str], Decimal] = {
            (month.year, month.month, currency): rate
            for month, currency, rate in ExchangeRate.objects.values_list(
                "month", "currency", "rate"
            )
        }

    def convert(self, minor: int | None, currency: str, day: dt.date) -> int | None:
        """Return an amount in reporting minor units; None without amount or rate, never 1:1.

        Raises AmountError("too_large") beyond what a ranking can sum safely.
        """
        if minor is None:
            return None
        if currency == self.reporting:
            return minor
        rate = self._rates.get((day.year, day.month, currency))
        return None if rate is None else convert(minor, currency, rate, self.reporting)
