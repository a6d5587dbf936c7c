"""How a customer treats suppliers, traditional to modern: eight items, scored on what is known."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

LEAST, MOST = 1, 5  # traditional, modern
# The design, section 1; in its order.
ITEMS = {
    "suppliers": _("Number of suppliers"),
    "length": _("Length of the relation"),
    "departments": _("Departments in contact"),
    "information": _("Information shared"),
    "negotiation": _("Price negotiation"),
    "selection": _("Supplier selection"),
    "support_theirs": _("Supplier's support for them"),
    "support_ours": _("Their support for suppliers"),
}
# Readiness from these hundredths on.
MIXED_FROM, MODERN_FROM = 40, 65


class Stance(models.TextChoices):
    """How ready a customer is for partnership, by its total."""

    TRADITIONAL = "traditional", _("Traditional")
    MIXED = "mixed", _("In between")
    MODERN = "modern", _("Modern")


def readiness(answers: Mapping[str, int | None]) -> int | None:
    """Return the readiness in hundredths, over the items that were answered; None without any."""
    known = [answers[name] for name in ITEMS if answers.get(name) is not None]
    if not known:
        return None
    return round(100 * sum(one - LEAST for one in known) / (len(known) * (MOST - LEAST)))  # type: ignore[misc,operator]


def stance(score: int | None) -> str:
    """Return the stance of a readiness, "" where it is unknown."""
    if score is None:
        return ""
    if score >= MODERN_FROM:
        return Stance.MODERN
    return Stance.MIXED if score >= MIXED_FROM else Stance.TRADITIONAL
