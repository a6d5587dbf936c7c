"""Signals: rules that say, with figures, why an account may leave.

Each signal is one set operation over all accounts: facts dated up to the day in, findings out.
An account about which a signal knows nothing is not in its answer, and contributes nothing.
"""

from collections.abc import Callable

from churn.signals.competitors import competitor_rising
from churn.signals.contacts import (
    champion_left,
    no_contact,
    single_threaded,
    steps_overdue,
    tone_turning,
)
from churn.signals.credit import payment_overdue
from churn.signals.night import Fired, Night, value_of
from churn.signals.orders import categories_dropped, order_gap, value_falling, wallet_falling
from churn.signals.relations import interrupted, manager_changed
from churn.signals.voices import complaints_rising, quality_complaint, satisfaction_falling

__all__ = ["SIGNALS", "Fired", "Night", "fired_on", "value_of"]

SIGNALS: dict[str, Callable[[Night], Fired]] = {
    "interrupted": interrupted,
    "value_falling": value_falling,
    "order_gap": order_gap,
    "quality_complaint": quality_complaint,
    "champion_left": champion_left,
    "categories_dropped": categories_dropped,
    "wallet_falling": wallet_falling,
    "complaints_rising": complaints_rising,
    "satisfaction_falling": satisfaction_falling,
    "payment_overdue": payment_overdue,
    "competitor_rising": competitor_rising,
    "steps_overdue": steps_overdue,
    "no_contact": no_contact,
    "tone_turning": tone_turning,
    "manager_changed": manager_changed,
    "single_threaded": single_threaded,
}


def fired_on(night: Night) -> dict[str, Fired]:
    """Return what each signal that is switched on finds."""
    return {signal: find(night) for signal, find in SIGNALS.items() if night.rules[signal].on}
