"""Axes of money: round steps, written as people of the active language write amounts."""

import re
from math import floor, log10, sqrt

from customers.figures import compact
from customers.money import exponent

STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
ROOT_TOPS = (1, 2, 4, 10)  # whose quarters and twentieths are round as well
NOTHING_AFTER_POINT = re.compile(r"\.0+(?!\d)")


def even(largest: float, currency: str) -> dict:
    """Return an even axis up to `largest` major units: its top and four labelled ticks."""
    top = 4 * _round_up(largest / 4, STEPS)
    return _axis([top * n / 4 for n in range(5)], top, currency)


def by_root(largest: float, currency: str) -> dict:
    """Return an axis that grows with the root of the amount, so that small ones stay apart.

    Places on it are roots; its ticks stand at a twentieth, a quarter, half and all of the top.
    """
    top = _round_up(largest, ROOT_TOPS)
    axis = _axis([0, top / 20, top / 4, top / 2, top], top, currency)
    return {
        "top": sqrt(axis["top"]),
        "ticks": [{"at": sqrt(tick["at"]), "text": tick["text"]} for tick in axis["ticks"]],
    }


def _axis(places: list[float], top: float, currency: str) -> dict:
    minor = 10 ** exponent(currency)
    return {
        "top": top,
        "ticks": [
            {
                "at": at,
                "text": NOTHING_AFTER_POINT.sub("", compact(round(at * minor), currency)),
            }
            for at in places
        ],
    }


def _round_up(amount: float, steps: tuple[float, ...]) -> float:
    """Return the next round number, 1 of nothing."""
    if amount <= 0:
        return 1.0
    size = 10 ** floor(log10(amount))
    return next(step for step in steps if step * size >= amount * (1 - 1e-9)) * size
