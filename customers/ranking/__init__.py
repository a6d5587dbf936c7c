"""The 80/20 value ranking: computed nightly, read by everybody."""

from customers.ranking.computing import compute
from customers.ranking.reading import (
    Shown,
    comparable,
    comparable_id,
    older,
    previous,
    shown_base,
    shown_rankings,
    shown_total,
    with_movement,
    with_rank,
    with_shown_cumulative,
)

__all__ = [
    "Shown",
    "comparable",
    "comparable_id",
    "compute",
    "older",
    "previous",
    "shown_base",
    "shown_rankings",
    "shown_total",
    "with_movement",
    "with_rank",
    "with_shown_cumulative",
]
