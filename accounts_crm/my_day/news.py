"""What the night changed: ranks, and levels of risk."""

from dataclasses import dataclass

from accounts_crm.my_day.circle import Row
from churn.models import Risk

MOST_MOVES = 4
MOST_RISKS = 4
GRAVITY = {level: number for number, level in enumerate(Risk.Level.values)}


@dataclass(frozen=True)
class News:
    """The moves and the changes of level that are worth a line, the weightiest first."""

    moves: list[Row]
    risks: list[Row]

    def __bool__(self) -> bool:
        return bool(self.moves or self.risks)


def news(rows: list[Row]) -> News:
    """Return what changed among these accounts since the night before."""
    moved = [row for row in rows if row.night_move]
    changed = [row for row in rows if _level_changed(row)]
    return News(
        moves=sorted(moved, key=_weight)[:MOST_MOVES],
        risks=sorted(changed, key=_gravity)[:MOST_RISKS],
    )


def _level_changed(row: Row) -> bool:
    was, now = row.account.level_last, row.account.risk_level
    return bool(was and now and was != now)


def _weight(row: Row) -> tuple:
    """Sort a change of class first, then by the share of the way that was gone, then by rank."""
    account = row.account
    same_class = account.class_last == account.value_class
    return same_class, -abs(row.night_move or 0) / account.rank_last, account.rank


def _gravity(row: Row) -> tuple:
    account = row.account
    return -GRAVITY[account.risk_level], -(account.risk_at_stake or 0), account.name
