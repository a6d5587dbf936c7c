"""Exchange rates of three years, month by month, and exact conversion of whole columns."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.conf import settings

from accounts_crm.demo import rows
from accounts_crm.demo.sheets import dice
from customers.models import ExchangeRate
from customers.money import exponent

# Roughly what a unit cost in CNY; the demo company trades in the first three.
CNY_PER = {
    "CNY": 1.0,
    "EUR": 7.8,
    "USD": 7.2,
    "GBP": 9.1,
    "CHF": 8.1,
    "JPY": 0.048,
    "SGD": 5.4,
    "HKD": 0.92,
    "CAD": 5.2,
    "AUD": 4.7,
    "SEK": 0.68,
    "INR": 0.085,
}
TRADED = ["CNY", "EUR", "USD"]
DIGITS = 4
MONTHS = 38


class UnknownReporting(ValueError):
    """A reporting currency of which the demo company has no idea."""


@dataclass
class Rates:
    """Rates in ten thousandths, by traded currency and month."""

    scaled: np.ndarray  # int64, shape (currencies, months)
    first: np.datetime64  # the first month

    def convert(self, minor: np.ndarray, currency: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Return minor units of the reporting currency, half to even, exactly.

        minor     int64 minor units, shape (rows,)
        currency  places in TRADED, same shape
        days      datetime64[D], same shape
        """
        reporting = settings.REPORTING_CURRENCY
        month = (days.astype("M8[M]") - self.first).astype(int)
        # The traded ones all have two decimals; the reporting one may have fewer or more.
        shift = DIGITS + 2 - exponent(reporting)
        product = minor * self.scaled[currency, month]
        unit = 10**shift
        whole, rest = np.divmod(product, unit)
        up = (2 * rest > unit) | ((2 * rest == unit) & (whole % 2 == 1))
        own = np.array([code == reporting for code in TRADED])[currency]
        return np.where(own, minor, whole + up)

    def latest(self, currency: str) -> Decimal:
        """Return the last month's rate."""
        return Decimal(int(self.scaled[TRADED.index(currency), -1])).scaleb(-DIGITS)


def make_rates(seed: int, today: dt.date) -> Rates:
    """Write a rate per month for what is traded in other than the reporting currency."""
    reporting = settings.REPORTING_CURRENCY
    if reporting not in CNY_PER:
        raise UnknownReporting(reporting)
    first = np.datetime64(today, "M") - (MONTHS - 1)
    months = first + np.arange(MONTHS)
    drift = np.cumsum(dice(seed, "rates").normal(0, 0.008, (len(TRADED), MONTHS)), axis=1)
    base = np.array([CNY_PER[code] / CNY_PER[reporting] for code in TRADED])
    scaled = np.rint(base[:, None] * np.exp(drift) * 10**DIGITS).astype(np.int64)
    codes = [code for code in TRADED if code != reporting]
    cells = [(code, month) for code in codes for month in range(MONTHS)]
    rows.insert(
        ExchangeRate,
        len(cells),
        id=list(range(start := rows.next_id(ExchangeRate), start + len(cells))),
        month=months[[month for _code, month in cells]].astype("M8[D]"),
        currency=[code for code, _month in cells],
        rate=[
            str(Decimal(int(scaled[TRADED.index(code), month])).scaleb(-DIGITS))
            for code, month in cells
        ],
    )
    return Rates(scaled, first)
