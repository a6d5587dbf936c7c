"""How figures and text leave the product in files."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

# A spreadsheet takes text that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def decimals(part: int, whole: int, places: int = 6) -> str:
    """Return part ÷ whole as a plain decimal text, computed exactly, half to even."""
    scaled = round(Fraction(part, whole) * 10**places)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{abs(scaled) // 10**places}.{abs(scaled) % 10**places:0{places}}"


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def nearest(dates: Iterable[dt.date], wanted: dt.date, count: int = 3) -> list[dt.date]:
    """Return the dates nearest to the wanted one, in order."""
    return sorted(sorted(dates, key=lambda day: (abs(day - wanted), day))[:count])
