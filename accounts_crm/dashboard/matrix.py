"""Tier against class, and the development stages: counts and shares of the accounts meant."""

from typing import Any

from accounts_crm.dashboard.cells import Cell, add_up, ranked, share
from accounts_crm.dashboard.scope import CLASS, Scope
from customers.models import Stage, Tier

# Where management's tier and the measured class contradict each other.
MISFITS = {(Tier.ORDINARY, "A"), (Tier.STRATEGIC, "C")}
BAR = 168  # pixels of the tallest stage
# From these shares of the value on a cell is shaded darker.
SHADES = ((0.2, 3), (0.1, 2), (0.02, 1))


def matrix(scope: Scope, cells: list[Cell]) -> dict:
    """Return the table of tier by class, each cell with the link to its accounts."""
    listed = ranked(cells)
    base = add_up(listed).positive
    classes = [name for name in "ABCN" if name != "N" or any(c.value_class == "N" for c in listed)]
    rows: list[dict[str, Any]] = []
    for tier in (Tier.STRATEGIC, Tier.PARTNER, Tier.ORDINARY):
        of_tier = [cell for cell in listed if cell.tier == tier]
        rows.append(
            {
                "tier": tier,
                "cells": [
                    _square(of_tier, base, scope, tier=tier, value_class=name) for name in classes
                ],
                "total": _square(of_tier, base, scope, tier=tier),
            }
        )
    misfits = [
        square for row in rows for square in row["cells"] if square["misfit"] and square["count"]
    ]
    return {
        "classes": classes,
        "rows": rows,
        "totals": [_square(listed, base, scope, value_class=name) for name in classes],
        "count": add_up(listed).count,
        "value": add_up(listed).value,
        "misfits": misfits,
        "misfit_count": sum(square["count"] for square in misfits),
    }


def told_moves(moves: list[tuple[str, str, int]]) -> dict[str, int]:
    """Return how many moves led up, back, into a break and out of one."""
    told = {"up": 0, "back": 0, "interrupted": 0, "resumed": 0}
    order = list(Stage)
    for was, to, count in moves:
        if to == Stage.INTERRUPTED:
            told["interrupted"] += count
        elif was == Stage.INTERRUPTED:
            told["resumed"] += count
        else:
            told["up" if order.index(Stage(to)) > order.index(Stage(was)) else "back"] += count
    return told


def stages(scope: Scope, cells: list[Cell], moves: list[tuple[str, str, int]]) -> list[dict]:
    """Return each stage with its accounts, value, net moves, and the height of its bar."""
    sums = {stage: add_up(cells, stage=stage) for stage in Stage}
    tallest = max((part.count for part in sums.values()), default=0)
    return [
        {
            "stage": stage,
            "count": part.count,
            "value": part.value,
            "net": _signed(
                sum(count * ((to == stage) - (was == stage)) for was, to, count in moves)
            ),
            "height": round(BAR * part.count / tallest) if tallest else 0,
            "url": scope.accounts_url(stage=stage),
        }
        for stage, part in sums.items()
    ]


def _signed(number: int) -> str:
    return f"{number:+,}".replace("-", "−") if number else "±0"


def levels(cells: list[Cell]) -> dict[str, int]:
    """Return how many accounts have each level of risk."""
    return {
        level: add_up(cells, risk_level=level).count for level in ("none", "low", "watch", "high")
    }


def _square(cells, base, scope, *, tier: str = "", value_class: str = "") -> dict:
    part = add_up(cells, value_class=value_class) if value_class else add_up(cells)
    of_base = share(part.positive, base)
    # Every class, where all are meant: an account without a rank is none of these.
    named = {"tier": tier, CLASS: value_class or list("ABCN")}
    return {
        "tier": tier,
        "value_class": value_class,
        "count": part.count,
        "share": of_base,
        "heat": next((shade for least, shade in SHADES if (of_base or 0) >= least), 0),
        "misfit": (tier, value_class) in MISFITS,
        "url": scope.accounts_url(**{name: value for name, value in named.items() if value}),
    }
