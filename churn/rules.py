"""The rules of the signals: one table of weights and thresholds."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Complaint

# What a signal counts for from the moment it fires; the rest grows with the measure.
LEAST_STRENGTH = 0.25


@dataclass(frozen=True)
class Rule:
    """How a signal is measured and what it weighs.

    weight   in hundredths: how much of the score the signal can make by itself
    starts   it fires where its measure is above this
    full     from here on its strength is 1
    """

    name: str | Promise
    measure: str | Promise
    weight: int
    starts: float
    full: float

    def strength(self, measured: float) -> float:
        """Return the strength in (0, 1] of a measure above `starts`, to 4 decimals; else 0."""
        if measured <= self.starts:
            return 0.0
        climbed = min(1.0, (measured - self.starts) / (self.full - self.starts))
        return round(LEAST_STRENGTH + (1 - LEAST_STRENGTH) * climbed, 4)


RULES = {
    "value_falling": Rule(
        _("Value falling"),
        _("part of an average quarter's value that the last 90 days lack"),
        weight=35,
        # A smaller drop mostly reverts: of Iowa's wholesale accounts that were a quarter to a half
        # below in September 2017 (17 of 292) none fell silent, of those further below 22 of 31.
        starts=0.4,
        full=0.8,
    ),
    "order_gap": Rule(
        _("Order gap"),
        _("days since the last order ÷ own mean days between orders"),
        weight=30,
        starts=2.0,
        full=4.0,
    ),
    "quality_complaint": Rule(
        _("Open quality complaint"), _("worst severity"), weight=30, starts=0, full=3
    ),
    "steps_overdue": Rule(
        _("Next steps overdue"), _("days overdue of the oldest"), weight=15, starts=0, full=30
    ),
    "no_contact": Rule(
        _("No contact"), _("days since the last contact ÷ days allowed"), 15, starts=1.0, full=2.0
    ),
}
# An order every other day makes no rhythm that a weekend breaks: a rhythm is a week at least.
SHORTEST_RHYTHM_DAYS = 7
FEWEST_PURCHASE_DAYS = 3
# Who orders less than three times a quarter has quarters with little or nothing by chance alone.
LONGEST_RHYTHM_DAYS = 30
FATAL_SEVERITY = Complaint.Severity.CRITICAL


def is_fatal(signal: str, figures: dict) -> bool:
    """Say whether a finding alone makes the risk high."""
    return signal == "quality_complaint" and figures["severity"] >= FATAL_SEVERITY
