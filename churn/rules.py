"""The rules of the signals: weights and thresholds as they are before anybody changes them.

What directors made of them stands in SignalPolicy; see churn.policies.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from churn.models import DefectionType
from customers.models import Complaint

# What a signal counts for from the moment it fires; the rest grows with the measure.
LEAST_STRENGTH = 0.25


@dataclass(frozen=True)
class Rule:
    """How a signal is measured and what it weighs.

    weight     in hundredths: how much of the score the signal can make by itself
    starts     it fires where its measure is above this
    full       from here on its strength is 1
    defection  the kind of defection that it most often announces, None where it tells none
    on         whether it counts
    """

    name: str | Promise
    measure: str | Promise
    weight: int
    starts: float
    full: float
    defection: DefectionType | None = None
    on: bool = True

    def strength(self, measured: float) -> float:
        """Return the strength in (0, 1] of a measure above `starts`, to 4 decimals; else 0."""
        if measured <= self.starts:
            return 0.0
        climbed = min(1.0, (measured - self.starts) / (self.full - self.starts))
        return round(LEAST_STRENGTH + (1 - LEAST_STRENGTH) * climbed, 4)


RULES = {
    "interrupted": Rule(_("Interrupted stage"), _("1 while interrupted"), 50, starts=0, full=1),
    "value_falling": Rule(
        _("Value falling"),
        _("part that the last 90 days lack of a usual quarter, or of the same months a year ago"),
        weight=35,
        # A smaller drop mostly reverts: of Iowa's wholesale accounts that were a quarter to a half
        # below in September 2017 (17 of 292) none fell silent, of those further below 22 of 31.
        starts=0.4,
        full=0.8,
        defection=DefectionType.PRICE,
    ),
    "order_gap": Rule(
        _("Order gap"),
        _("days since the last order ÷ own mean days between orders"),
        weight=30,
        starts=2.0,
        full=4.0,
    ),
    "quality_complaint": Rule(
        _("Open quality complaint"),
        _("worst severity"),
        weight=30,
        starts=0,
        full=3,
        defection=DefectionType.PRODUCT,
    ),
    "champion_left": Rule(
        _("Champion or decider left"),
        _("champions and deciders who left in 180 days without a successor"),
        weight=25,
        starts=0,
        full=2,
        defection=DefectionType.SERVICE,
    ),
    "categories_dropped": Rule(
        _("Product categories dropped"),
        _("part of the year's revenue that lay in categories no longer bought"),
        weight=20,
        starts=0.1,
        full=0.5,
        defection=DefectionType.PRODUCT,
    ),
    "wallet_falling": Rule(
        _("Wallet share falling"),
        _("part of last year's wallet share that is lost"),
        weight=20,
        starts=0.15,
        full=0.5,
        defection=DefectionType.PRICE,
    ),
    "complaints_rising": Rule(
        _("Complaints rising"),
        _("complaints of 90 days above an average quarter of the year before"),
        weight=20,
        starts=1,
        full=4,
        defection=DefectionType.SERVICE,
    ),
    "satisfaction_falling": Rule(
        _("Satisfaction falling"),
        _("points that the newest score is below the mean before it"),
        weight=20,
        starts=1,
        full=4,
        defection=DefectionType.SERVICE,
    ),
    "payment_overdue": Rule(
        _("Overdue payment or credit trouble"),
        _("days that the oldest invoice is past due; a credit hold or insolvency counts in full"),
        weight=20,
        # A fortnight is lost in the post and in payment runs.
        starts=14,
        full=90,
        # The time to pay is a part of the price.
        defection=DefectionType.PRICE,
    ),
    "competitor_rising": Rule(
        _("Competitor rising"),
        _("points of share that a competitor's newest is above the mean before it"),
        weight=20,
        starts=5,
        full=25,
        defection=DefectionType.PRICE,
    ),
    "steps_overdue": Rule(
        _("Next steps overdue"),
        _("days overdue of the oldest"),
        weight=15,
        starts=0,
        full=30,
        defection=DefectionType.SERVICE,
    ),
    "no_contact": Rule(
        _("No contact"),
        _("days since the last contact ÷ days allowed"),
        weight=15,
        starts=1.0,
        full=2.0,
        defection=DefectionType.SERVICE,
    ),
    "tone_turning": Rule(
        _("Tone turning"),
        _("grades of tone that the newest three entries are below those before"),
        weight=15,
        starts=0.75,
        full=2,
        defection=DefectionType.SERVICE,
    ),
    "manager_changed": Rule(
        _("Handover open"),
        _("points of the handover that are not done"),
        weight=15,
        starts=0,
        full=4,
        defection=DefectionType.SERVICE,
    ),
    "single_threaded": Rule(
        _("Single-threaded"),
        _("sides that rest on one person"),
        weight=10,
        starts=0,
        full=2,
        defection=DefectionType.SERVICE,
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
