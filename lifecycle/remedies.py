"""What is proposed against each cause of a break: a next step and its day (the design, §4)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lifecycle.stages import Cause

# What to do, and within how many days: a quality problem kills fastest and comes first.
PROPOSED = {
    Cause.QUALITY: (_("Agree corrective action with their quality and purchasing"), 3),
    Cause.STAFF: (_("Introduce the new contact person in a joint visit"), 7),
    Cause.TRUST: (_("Talk openly at management level: what went wrong, what changes"), 7),
    Cause.PERSISTENCE: (_("Agree a contact plan for the next quarter and keep it"), 7),
    Cause.CULTURE: (_("Meet in person with somebody who knows both houses"), 14),
    Cause.MARKET: (_("Review their market and what they still need from us"), 14),
    Cause.MIX: (_("Compare their products and processes with what we can supply"), 21),
    Cause.INVOLVEMENT: (_("Agree how their departments take part from now on"), 14),
    Cause.FINANCE: (_("Agree payment terms and a delivery limit with both finance departments"), 7),
    Cause.CHAIN: (_("Review who decides in their value chain, and our place in it"), 21),
}


@dataclass(frozen=True)
class Proposal:
    """A next step against a cause, as it is saved unless somebody changes it."""

    cause: Cause
    what: str
    due: dt.date


def proposed(causes: Iterable[str] = Cause) -> list[Proposal]:
    """Return what is proposed against some causes, quality first, counted from today."""
    today, wanted = timezone.localdate(), set(causes)
    return [
        Proposal(cause, str(what), today + dt.timedelta(days=days))
        for cause, (what, days) in PROPOSED.items()
        if cause in wanted
    ]
