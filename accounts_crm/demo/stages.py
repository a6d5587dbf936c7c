"""How each account came to its stage: up the track, a few back, broken off and taken up again."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from accounts_crm.demo import rows
from accounts_crm.demo.accounts import Book
from accounts_crm.demo.moments import moments
from accounts_crm.demo.sheets import dice, sheet
from customers.models import Stage
from lifecycle.models import Interruption, InterruptionCause, StageMove
from lifecycle.stages import TRACK, Cause

YEARS = 7  # back to the first moves
WAVERING = 0.08  # of the accounts went a step back once
PLACE = {str(stage): at for at, stage in enumerate(TRACK)}
CAUSES = [str(cause) for cause in Cause]
WEIGHTS = np.array([30, 10, 12, 8, 3, 10, 12, 4, 7, 4]) / 100
# Where the made accounts broke off, and the note that goes with the first cause.
BROKE_AT = ["early", "early", "mid", "mid", "partnership"]
NOTES = {
    "quality": "Two lots came back; they buy elsewhere until the audit",
    "staff": "Our manager left; nobody called for a quarter",
    "market": "They left this market",
    "mix": "New product without our parts",
    "finance": "Payments stopped",
}


def make_stages(seed: int, book: Book, today: dt.date) -> None:
    """Write the moves and breaks that lead to the stage that each account has."""
    draw = dice(seed, "stages")
    told = {row["account"]: row for row in sheet("breaks")}
    count = len(book)
    gaps = draw.random((count, len(TRACK) + 3))
    wavers = draw.random(count) < WAVERING
    broke_at = draw.integers(0, len(BROKE_AT), count)
    first, second = (draw.choice(CAUSES, count, p=WEIGHTS) for _ in range(2))
    broke_days = draw.integers(20, 300, count)
    moves: list[tuple] = []  # account, from, to, days ago, by, reason
    breaks: list[tuple] = []  # account, stage, days ago, by, note, causes, resumed days ago and to
    for at, stage in enumerate(book.stage):
        account, by = int(book.id[at]), book.owner[at]
        broken = stage == Stage.INTERRUPTED
        row = told.get(book.name[at]) if at < book.written else None
        top = row["stage"] if row else BROKE_AT[broke_at[at]] if broken else stage
        since = int(row["days"]) if row else int(broke_days[at])
        path = list(TRACK[: PLACE[str(top)] + 1])
        if wavers[at] and len(path) > 2:
            path += [path[-2], path[-1]]
        # Later moves nearer to today, none of them after the break.
        last = since + 30 if broken or row else 3
        share = np.sort(gaps[at, : len(path) - 1])[::-1]
        days = [last + int(part * (YEARS * 365 - last)) for part in share]
        for was, to, ago in zip(path, path[1:], days, strict=False):
            moves.append((account, str(was), str(to), ago, by, ""))
        if broken or row:
            causes = row["causes"].split(";") if row else sorted({str(first[at]), str(second[at])})
            note = row["note"] if row else NOTES.get(causes[0], "")
            moves.append((account, str(top), "interrupted", since, by, note))
            resumed = int(row["resumed"]) if row and not broken else None
            if resumed is not None:
                moves.append((account, "interrupted", str(stage), resumed, by, ""))
            breaks.append((account, str(top), since, by, note, causes, resumed, str(stage)))
    _write(moves, breaks, np.datetime64(today, "D"))


def _write(moves: list[tuple], breaks: list[tuple], today: np.datetime64) -> None:
    if moves:
        columns = list(zip(*moves, strict=True))
        rows.insert(
            StageMove,
            len(moves),
            id=list(range(first := rows.next_id(StageMove), first + len(moves))),
            account_id=list(columns[0]),
            was=list(columns[1]),
            to=list(columns[2]),
            at=moments(today - np.array(columns[3]), 600),
            by_id=list(columns[4]),
            reason=list(columns[5]),
        )
    if not breaks:
        return
    columns = list(zip(*breaks, strict=True))
    first = rows.next_id(Interruption)
    ids = list(range(first, first + len(breaks)))
    rows.insert(
        Interruption,
        len(breaks),
        id=ids,
        account_id=list(columns[0]),
        stage=list(columns[1]),
        started_at=moments(today - np.array(columns[2]), 600),
        started_by_id=list(columns[3]),
        note=list(columns[4]),
        ended_at=moments(_days_ago(columns[6], today), 600),
        ended_by_id=[
            by if ago is not None else None for by, ago in zip(columns[3], columns[6], strict=True)
        ],
        resumed_to=[
            to if ago is not None else "" for to, ago in zip(columns[7], columns[6], strict=True)
        ],
    )
    causes = [(pk, cause) for pk, found in zip(ids, columns[5], strict=True) for cause in found]
    first = rows.next_id(InterruptionCause)
    rows.insert(
        InterruptionCause,
        len(causes),
        id=list(range(first, first + len(causes))),
        interruption_id=[pk for pk, _cause in causes],
        cause=[cause for _pk, cause in causes],
    )


def _days_ago(ago: Sequence[int | None], today: np.datetime64) -> np.ndarray:
    """Return days before today, NaT for None."""
    days = [np.datetime64("NaT") if one is None else today - one for one in ago]
    return np.array(days, dtype="M8[D]")
