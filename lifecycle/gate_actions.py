"""Changing what a stage must rest on."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.editing import change
from customers.errors import Refused
from customers.models import Contact, Function
from lifecycle import gate_words
from lifecycle.models import StageGate
from lifecycle.stages import TRACK
from lifecycle.tier_actions import MOST_GROUPS

Kind = StageGate.Kind
LONGEST = 730  # days
# How much a gate may ask for, where that is less than a hundred.
MOST: dict[str, int] = {
    Kind.TRADE: 1,
    Kind.FUNCTIONS: len(Function),
    Kind.LEVELS: len(Contact.Level),
    Kind.DIRECTOR: 1,
    Kind.GROUPS: MOST_GROUPS,
    Kind.OPEN_BOOK: 1,
}
# These have a span of their own, or none.
SPANLESS = (Kind.TRADE, Kind.SHARE, Kind.OPEN_BOOK)


def most(gate: StageGate) -> int:
    """Return how much a gate may ask for."""
    return MOST.get(gate.kind, 100)


@transaction.atomic
def change_gate(gate: StageGate, *, by, version: int, **values: Any) -> list[str]:
    """Change how much a stage asks for, and within how many days; return the changed fields.

    Raises Refused at its field for a number out of bounds, and where a lower stage would ask for
    more than a higher one; with both values of what somebody else changed meanwhile.
    """
    _check(gate, values)
    # Locked where the database locks rows; on SQLite the transaction is the only writer. So two
    # who change two stages at once cannot turn their order round.
    same = StageGate.objects.select_for_update().filter(kind=gate.kind).order_by("pk")
    list(same)
    changed = change(gate, "stage_gate.changed", by=by, version=version, **values)
    _check_order(gate, list(same.filter(least__gt=0)))
    return changed


def _check(gate: StageGate, values: dict[str, Any]) -> None:
    if not 0 <= values.get("least", 0) <= most(gate):
        raise Refused(_("Give a number from 0 to %(most)s.") % {"most": most(gate)}, field="least")
    days = values.get("days", gate.days)
    if gate.kind in SPANLESS:
        if days is not None:
            raise Refused(_("This has no days of its own. Leave them empty."), field="days")
    elif days is None or not 1 <= days <= LONGEST:
        raise Refused(
            _("Give a number of days from 1 to %(most)s.") % {"most": LONGEST}, field="days"
        )


def _check_order(gate: StageGate, asked: list[StageGate]) -> None:
    """Refuse a lower stage that asks for as much as a higher one in fewer days, or for more.

    The higher gate would hold whenever the lower does, and so say nothing.
    """
    asked.sort(key=lambda one: TRACK.index(one.stage))  # type: ignore[arg-type]
    for place, low in enumerate(asked):
        for high in asked[place + 1 :]:
            if gate.pk in (low.pk, high.pk) and _is_stricter(low, high):
                other = high if gate.pk == low.pk else low
                raise Refused(
                    _(
                        "“%(low)s” comes before “%(high)s” and cannot ask for more. “%(other)s” "
                        "asks for: %(asked)s."
                    )
                    % {
                        "low": low.get_stage_display(),
                        "high": high.get_stage_display(),
                        "other": other.get_stage_display(),
                        "asked": gate_words.asked(other),
                    },
                    field="least",
                )


def _is_stricter(low: StageGate, high: StageGate) -> bool:
    as_strict = low.least >= high.least and (low.days or 0) <= (high.days or 0)
    return as_strict and (low.least, low.days) != (high.least, high.days)
