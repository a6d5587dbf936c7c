"""Context of the page about stage gates: the rows, and who changed which."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Event
from lifecycle.models import StageGate
from lifecycle.stages import TRACK


@dataclass(frozen=True)
class GateChange:
    """One field of a gate that somebody changed."""

    at: dt.datetime
    by: Any
    gate: str
    label: str
    was: str
    now: str


def in_order(gates: Iterable[StageGate]) -> list[StageGate]:
    """Return gates by stage, and within one as the kinds are listed."""
    kinds = list(StageGate.Kind)
    return sorted(gates, key=lambda one: (TRACK.index(one.stage), kinds.index(one.kind)))  # type: ignore[arg-type]


def gate_history(changes: Iterable[Event]) -> list[GateChange]:
    """Return the changes of gates, a line for each field."""
    gates = {gate.pk: str(gate) for gate in StageGate.objects.all()}
    return [
        GateChange(
            at=event.at,
            by=event.actor,
            gate=gates.get(event.subject.get("stagegate"), ""),
            label=str(getattr(StageGate._meta.get_field(name), "verbose_name", name)),
            was=_word(name, was),
            now=_word(name, now),
        )
        for event in changes
        for name, (was, now) in event.changes.items()
    ]


def _word(name: str, value: Any) -> str:
    if name == "least" and value == 0:
        return _("not asked for")
    return "–" if value is None else str(value)
