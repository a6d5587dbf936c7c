"""Figures as people read them, in the language that is active: money, shares, dates."""

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from customers.calendar import business_date, business_today
from customers.money import to_major

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"

# Source: CLDR 45; the yen keeps its prefix, since ¥ alone is the yuan here.
SYMBOLS = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "CA$",
    "CNY": "¥",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "ILS": "₪",
    "INR": "₹",
    "JPY": "JP¥",
    "KRW": "₩",
    "MXN": "MX$",
    "NZD": "NZ$",
    "PHP": "₱",
    "RUB": "₽",
    "SGD": "S$",
    "THB": "฿",
    "TRY": "₺",
    "TWD": "NT$",
    "UAH": "₴",
    "USD": "$",
    "VND": "₫",
}
# What a round figure is counted in, in Chinese: 1,863 万元, 2.146 亿美元.
CHINESE_UNITS = {
    "AUD": "澳元",
    "CAD": "加元",
    "CHF": "瑞士法郎",
    "CNY": "元",
    "EUR": "欧元",
    "GBP": "英镑",
    "HKD": "港元",
    "INR": "卢比",
    "JPY": "日元",
    "KRW": "韩元",
    "RUB": "卢布",
    "SGD": "新加坡元",
    "THB": "泰铢",
    "TWD": "新台币",
    "USD": "美元",
    "VND": "越南盾",
}


def symbol(currency: str) -> str:
    """Return what stands before an amount: a symbol, or the code and a space."""
    return SYMBOLS.get(currency) or currency + SPACE


def money(minor: int, currency: str) -> str:
    """Return minor units in full: ¥18,630,000.00."""
    amount = abs(to_major(minor, currency))
    return f"{MINUS if minor < 0 else ''}{symbol(currency)}{amount:,f}"


def compact(minor: int, currency: str) -> str:
    """Return minor units to four figures: ¥18.63M, in Chinese 1,863 万元."""
    major = abs(to_major(minor, currency))
    if in_chinese():
        text = _chinese(major) + CHINESE_UNITS.get(currency, SPACE + currency)
    else:
        text = symbol(currency) + _english(major)
    return f"{MINUS if minor < 0 else ''}{text}"


def percent(fraction: float | Decimal, digits: int = 0) -> str:
    """Return a fraction as a percentage: 0.384 is 38%."""
    value = _rounded(Decimal(str(fraction)) * 100, digits)
    return f"{MINUS if value < 0 else ''}{abs(value):,f}%"


def short_date(day: dt.date) -> str:
    """Return a day without the year where it is this one: 14 Sep, in Chinese 9 月 14 日."""
    day = _as_date(day)
    this_year = day.year == business_today().year
    if in_chinese():
        text = SPACE.join(map(str, [day.month, "月", day.day, "日"]))
        # Where it is narrow, a line ends after the year and nowhere else.
        return text if this_year else f"{day.year}{SPACE}年 {text}"
    return date_format(day, "j M" if this_year else "j M Y")


def moment(at: dt.datetime) -> str:
    """Return a moment to the minute: 14 Sep, 15:04, in Chinese 9 月 14 日 15:04."""
    at = timezone.localtime(at)
    return f"{short_date(at)}{' ' if in_chinese() else ', '}{at:%H:%M}"


def listed(items: Iterable) -> str:
    """Return items as a list in a line: a, b, in Chinese with its own comma, a、b."""
    return pgettext("between names", ", ").join(map(str, items))


def short_month(day: dt.date, *, year: bool = False) -> str:
    """Return the month of a day: May, May 2026, in Chinese 5 月, 2026 年 5 月."""
    if in_chinese():
        # Not by Django's "M": its word for May is one that the product uses in another sense.
        parts = [day.year, "年", day.month, "月"]
        return SPACE.join(map(str, parts if year else parts[2:]))
    return date_format(day, "M Y" if year else "M")


def near_date(day: dt.date) -> str:
    """Return a day of the coming week by its name, others by their date: Today, Wed 16, 周三.

    Today is the reader's, since it is about what the reader has to do.
    """
    day = _as_date(day)
    ahead = (day - timezone.localdate()).days
    if ahead == 0:
        return _("Today")
    near = 0 < ahead < 7
    if in_chinese():
        return f"周{'一二三四五六日'[day.weekday()]}" if near else short_date(day)
    return date_format(day, "D j") if near else f"{date_format(day, 'D')} {short_date(day)}"


def days_since(day: dt.date) -> int:
    """Return how many days ago a day or moment was by business date; negative if to come."""
    if isinstance(day, dt.datetime):
        day = business_date(day)
    return (business_today() - day).days


def in_chinese() -> bool:
    """Say whether the active language is Chinese."""
    return (get_language() or "").startswith("zh")


def _as_date(day: dt.date) -> dt.date:
    return timezone.localtime(day).date() if isinstance(day, dt.datetime) else day


def _english(major: Decimal) -> str:
    rounded = _four_figures(major)
    # Already from a tenth of a million on in millions, so that the figures of a column compare.
    if rounded >= 10**9:
        return _fixed(major / 10**9, 2 if rounded < 10**11 else 1) + "B"
    if rounded >= 10**5:
        return _fixed(major / 10**6, 2 if rounded < 10**8 else 1) + "M"
    if rounded >= 1000:
        return _fixed(major / 1000, 2 if rounded < 10**4 else 1) + "k"
    return _fixed(major, 0)


def _chinese(major: Decimal) -> str:
    rounded = _four_figures(major)
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        if rounded >= size:
            digits = 3 - (rounded / size).adjusted()
            figure = _fixed(major / size, max(0, digits if unit == "亿" else min(1, digits)))
            return f"{figure.rstrip('0').rstrip('.') if '.' in figure else figure}{SPACE}{unit}"
    return _fixed(major, 0) + SPACE


def _four_figures(major: Decimal) -> Decimal:
    """Round, to pick the unit: 999,960 is 1.00M and never 1000.0k."""
    return _rounded(major, 3 - major.adjusted()) if major else major


def _fixed(value: Decimal, digits: int) -> str:
    return f"{_rounded(value, digits):,f}"


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
