"""One cell each: text, dates, months, numbers, currencies. What is unclear is refused, not guessed.

Every function takes the cell as text and raises Fault for what it cannot be.
"""

import datetime as dt
import re
from functools import lru_cache

from customers import money


class Fault(Exception):
    """A value that cannot be stored; `code` is a key of reasons.ROW."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
# In a code also what nobody sees: two codes must not look the same.
_UNSEEN = re.compile(_CONTROL.pattern[:-1] + "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# What a spreadsheet makes of a long number: the last digits are lost, and two codes become one.
_ROUNDED = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]{2,3}")

_DATE = re.compile(
    r"(?P<y>[0-9]{4})"
    r"(?:(?P<by>[-/.])(?P<m>[0-9]{1,2})(?P=by)(?P<d>[0-9]{1,2})"
    r"|(?P<mm>[0-9]{2})(?P<dd>[0-9]{2})"
    r"|年(?P<mc>[0-9]{1,2})月(?P<dc>[0-9]{1,2})日)"
    # A time of day is read over; one with a zone is not, it may be another day here.
    r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?"
)
_MONTH = re.compile(
    r"(?P<y>[0-9]{4})(?:[-/.](?P<m>[0-9]{1,2})|(?P<mm>[0-9]{2})|年(?P<mc>[0-9]{1,2})月)"
)
_OTHER_DATE = re.compile(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ,]+[0-9]{1,4}.*")
EARLIEST = dt.date(1900, 1, 1)

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_DECIMAL_COMMA = re.compile(r"([+-]?)([0-9]+),([0-9]+)")
_GROUPED = re.compile(
    r"(?P<sign>[+-]?)(?:"
    # Two groups, or one and a decimal sign of the other kind, can only be thousands.
    r"(?P<a>[0-9]{1,3}(?:,[0-9]{3})+)\.(?P<af>[0-9]+)|(?P<b>[0-9]{1,3}(?:,[0-9]{3}){2,})"
    r"|(?P<c>[0-9]{1,3}(?:\.[0-9]{3})+),(?P<cf>[0-9]+)|(?P<d>[0-9]{1,3}(?:\.[0-9]{3}){2,})"
    r"|(?P<e>[0-9]{1,3}(?:[ \u00a0\u2009\u202f'\u2019][0-9]{3})+)(?:[.,](?P<ef>[0-9]+))?"
    r")"
)
# The usual form of an amount; it needs no Decimal, which would be a third of an import's time.
is_cents = re.compile(r"-?[0-9]{1,9}\.[0-9]{2}").fullmatch
_LONGEST_NUMBER = 28  # digits that Decimal keeps exactly


@lru_cache(maxsize=65536)
def code(cell: str, longest: int = 64) -> str:
    """Return an identifier, trimmed, case kept."""
    value = text(cell, longest)
    if not value.isprintable() and _UNSEEN.search(value):
        raise Fault("control_character")
    if _ROUNDED.fullmatch(value):
        raise Fault("rounded")
    return value


def bare(cell: str) -> str:
    """Return what is left of a code without the characters that nobody sees."""
    return _UNSEEN.sub("", cell).strip()[:64]


@lru_cache(maxsize=16384)
def text(cell: str, longest: int = 120) -> str:
    """Return a trimmed text of one line."""
    value = cell.strip()
    if len(value) > longest:
        raise Fault("too_long")
    if not value.isprintable() and _CONTROL.search(value):
        raise Fault("control_character")
    return value


@lru_cache(maxsize=16384)
def date(cell: str) -> dt.date:
    """Return a date written year first; other orders mean two days and are refused."""
    value = cell.strip()
    if not (found := _DATE.fullmatch(value)):
        raise Fault("date_unclear" if _OTHER_DATE.fullmatch(value) else "not_a_date")
    part = found.groupdict()
    try:
        day = dt.date(
            int(part["y"]),
            int(part["m"] or part["mm"] or part["mc"]),
            int(part["d"] or part["dd"] or part["dc"]),
        )
    except ValueError:
        raise Fault("not_a_date") from None
    if day < EARLIEST:
        raise Fault("too_early")
    return day


def month(cell: str) -> dt.date:
    """Return the first day of a month; a whole date must be that day itself."""
    value = cell.strip()
    if found := _MONTH.fullmatch(value):
        part = found.groupdict()
        number = int(part["m"] or part["mm"] or part["mc"])
        if int(part["y"]) < EARLIEST.year:
            raise Fault("too_early")
        if 1 <= number <= 12:
            return dt.date(int(part["y"]), number, 1)
    elif _DATE.fullmatch(value):
        day = date(value)
        if day.day == 1:
            return day
    raise Fault("not_a_month")


def number(cell: str) -> str:
    """Return a number as Decimal reads it; separators only where they cannot be misread."""
    value = cell.strip()
    if len(value) > _LONGEST_NUMBER:
        if not _PLAIN.fullmatch(value):
            raise Fault("not_a_number")
        raise Fault("too_fine" if "." in value else "too_large")
    if _PLAIN.fullmatch(value):
        return value
    if found := _DECIMAL_COMMA.fullmatch(value):
        sign, whole, fraction = found.groups()
        if len(fraction) == 3 and len(whole) <= 3 and whole[0] != "0":
            raise Fault("number_unclear")
        return f"{sign}{whole}.{fraction}"
    if found := _GROUPED.fullmatch(value):
        part = found.groupdict()
        whole = next(part[name] for name in "abcde" if part[name])
        fraction = part["af"] or part["cf"] or part["ef"] or "0"
        return part["sign"] + re.sub("[^0-9]", "", whole) + "." + fraction
    raise Fault("not_a_number")


def amount(cell: str, currency: str) -> int:
    """Return an amount of money in whole minor units."""
    try:
        return money.to_minor(number(cell), currency)
    except money.AmountError as error:
        raise Fault(error.code) from None


@lru_cache(maxsize=16384)
def quantity(cell: str) -> str:
    """Return a quantity as the database keeps it."""
    return decimal(cell, 15, 3)


def decimal(cell: str, digits: int, places: int) -> str:
    """Return a number with at most `places` decimals and `digits` digits, as plain text."""
    found = re.fullmatch(r"([+-]?)([0-9]*)\.?([0-9]*)", number(cell))
    assert found  # number() returns nothing else
    sign, whole, fraction = found.groups()
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
    if len(fraction) > places:
        raise Fault("too_fine")
    if len(whole) > digits - places:
        raise Fault("too_large")
    return f"{sign if sign == '-' and whole + fraction else ''}{whole or '0'}.{fraction or '0'}"


@lru_cache(maxsize=1024)
def currency(cell: str) -> str:
    """Return an ISO 4217 code."""
    value = cell.strip().upper()
    if value not in money.CODES:
        raise Fault("unknown_currency")
    return value
