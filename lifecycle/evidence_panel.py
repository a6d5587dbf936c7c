"""Context of the evidence panel: what is missing for the next stage, what no longer holds."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from customers.models import Account, Stage
from lifecycle import evidence, gate_words
from lifecycle.evidence import Finding, Point, Policy
from lifecycle.facts import Facts
from lifecycle.stages import TRACK


@dataclass(frozen=True)
class Row:
    """A gate in words, and what there is of it."""

    asked: str
    there: str
    held: bool
    unknown: bool
    left_out: str  # of the wallet share, "" where nothing is
    gate: int  # whose entries stand behind it


@dataclass
class EvidencePanel:
    """What templates/lifecycle/_evidence.html draws."""

    account: Account
    as_of: dt.date
    past: bool
    supported: str  # a stage, as `next`, which is "" at the top
    next: str
    missing: list[Row]
    lost: list[Row]
    kept: list[Row]
    higher: bool  # the evidence supports more than is on record
    lower: bool

    @property
    def asked(self) -> int:
        """Return how many points the next stage and those up to the recorded one ask for."""
        return len(self.missing) + len(self.lost) + len(self.kept)


def evidence_panel(account: Any, run, *, past: bool = False) -> EvidencePanel | None:
    """Return the panel from what the run found of an account; None where it kept nothing.

    account  with `evidence`, the figures of its assessment, from the same run
    past     whether the run is an earlier one, which the gates of its day judge
    """
    figures = account.evidence
    if run is None or not figures:
        return None
    rules = Policy(evidence.gates(run.as_of if past else None), {})
    found = evidence.judge(Facts.of_figures(figures), account.stage, run.as_of, rules)
    top = found.next or found.place
    up_to = [one for one in found.points if TRACK.index(one.gate.stage) <= TRACK.index(Stage(top))]
    recorded = account.stage in TRACK
    place, shown = TRACK.index(Stage(found.place)), TRACK.index(Stage(found.supported))
    return EvidencePanel(
        account=account,
        as_of=run.as_of,
        past=past,
        supported=found.supported,
        next=found.next,
        missing=[_row(one, found) for one in found.missing],
        lost=[_row(one, found) for one in found.lost],
        kept=[_row(one, found) for one in up_to if one.held],
        higher=recorded and shown > place,
        lower=recorded and shown < place,
    )


def _row(point: Point, found: Finding) -> Row:
    return Row(
        gate_words.asked(point.gate),
        gate_words.there(point),
        point.held,
        point.have is None,
        gate_words.left_out(point, found),
        point.gate.pk,
    )
