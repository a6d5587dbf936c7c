"""The terms of a stored risk: each factor of the formula, exactly as the score was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from churn import scoring
from churn.models import Risk
from churn.rules import is_fatal

SHOWN = 6  # decimals


@dataclass(frozen=True)
class Term:
    """A factor 1 - x of what is kept, and its share of the score."""

    name: str  # of the signal, or "model"
    x: Fraction
    share: float
    weight: float | None = None
    strength: float | None = None


@dataclass(frozen=True)
class Terms:
    """All that a score is made of; p and m in millionths, None where the model gives none."""

    p: int | None
    median: int | None
    terms: list[Term]
    fatal: bool
    score: int

    @property
    def kept(self) -> Fraction:
        """Return the product of all factors."""
        return prod((1 - term.x for term in self.terms), start=Fraction(1))

    def lines(self) -> list[str]:
        """Return the formula with its figures, line by line."""
        told = [f"p {_millionths(self.p)}   m {_millionths(self.median)}"]
        told += [
            f"{term.name:<22}"
            + (
                f"w {term.weight:.2f}  s {term.strength:.4f}  w*s "
                if term.weight is not None
                else " " * 17 + "p*   "
            )
            + f"{float(term.x):.{SHOWN}f}  share {term.share:.4f}"
            for term in self.terms
        ]
        exact = 100 * (1 - self.kept)
        told.append(f"100 * (1 - {float(self.kept):.{SHOWN}f}) = {float(exact):.4f}")
        if self.fatal:
            told.append(f"fatal: at least {scoring.FATAL_SCORE}")
        told.append(f"score {self.score}")
        return told


def of(row: Risk, facts: dict[str, Any]) -> Terms:
    """Return the terms of a scored row.

    facts  what its run states under "risk"
    """
    median = facts.get("median_micro")
    found = [
        Term(
            one["signal"],
            1 - scoring.left_by(one),
            one["share"],
            one["weight"],
            one["strength"],
        )
        for one in row.findings
    ]
    excess = scoring.excess(row.p_micro, median)
    rest = max(0.0, 1 - sum(term.share for term in found)) if excess else 0.0
    return Terms(
        row.p_micro,
        median,
        [Term("model", excess, rest), *found],
        any(is_fatal(one["signal"], one["figures"]) for one in row.findings),
        scoring.score_of(row.p_micro, median, row.findings),
    )


def _millionths(value: int | None) -> str:
    return "unknown" if value is None else f"{value / scoring.MILLION:.{SHOWN}f}"
