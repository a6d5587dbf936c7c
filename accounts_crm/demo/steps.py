"""Rows that hang on log entries: who was there, and the next steps."""

import datetime as dt

import numpy as np

from accounts_crm.demo import rows
from accounts_crm.demo.moments import moments
from accounts_crm.demo.sheets import sheet, strings
from customers.models import NextStep

STEP_CHANCE = 0.35
DROPPED = 0.06
# How many steps of the last weeks were forgotten, by mood.
FORGOTTEN = {"worry": 0.35, "lost": 0.3}
FORGOTTEN_ELSE = 0.07


class Links:
    """The people present at log entries, gathered and written in bulk."""

    _pairs: dict[str, list[tuple[list, list]]]

    def __init__(self, model):
        self._models = {"ours": model.ours.through, "theirs": model.theirs.through}
        self._other = {"ours": "user_id", "theirs": "contact_id"}
        self._next = {side: rows.next_id(table) for side, table in self._models.items()}
        self._pairs = {"ours": [], "theirs": []}

    def ours(self, entry: int, users: list[int]) -> None:
        self._pairs["ours"].append(([entry] * len(users), users))

    def theirs(self, entry: int, contacts: list[int]) -> None:
        self._pairs["theirs"].append(([entry] * len(contacts), contacts))

    def many(self, side: str, entries: np.ndarray, people: np.ndarray) -> None:
        """Add one person per entry."""
        self._pairs[side].append((entries.tolist(), people.tolist()))

    def flush(self) -> None:
        """Write what was gathered."""
        for side, pairs in self._pairs.items():
            entries = [pk for some, _people in pairs for pk in some]
            people = [pk for _entries, some in pairs for pk in some]
            first = self._next[side]
            rows.insert(
                self._models[side],
                len(entries),
                id=list(range(first, first + len(entries))),
                interaction_id=entries,
                **{self._other[side]: people},
            )
            self._next[side] += len(entries)
            pairs.clear()


class Plan:
    """Next steps: those of the past mostly done, some forgotten, those to come open."""

    FIELDS = ("account", "interaction", "what", "due", "who", "created", "state", "closed")

    def __init__(self, today: dt.date):
        self.today = np.datetime64(today, "D")
        self._next = rows.next_id(NextStep)
        self._columns: dict[str, list] = {name: [] for name in self.FIELDS}

    def add(self, *, account, interaction, what, due, who, created) -> None:
        """Add an open step."""
        values = (account, interaction, what, due, who, created, "open", np.datetime64("NaT"))
        for name, value in zip(self.FIELDS, values, strict=True):
            self._columns[name].append(value)

    def make(self, draw, accounts, entries, who, age, chinese, moods) -> None:
        """Add steps for a part of these log entries."""
        has = np.flatnonzero(draw.random(len(entries)) < STEP_CHANCE)
        count = len(has)
        created = self.today - age[has]
        due = created + draw.integers(2, 22, count)
        closed = np.minimum(due + draw.integers(-4, 3, count), self.today - 1)
        closed = np.maximum(closed, created)
        late = np.full(count, FORGOTTEN_ELSE)
        for mood, chance in FORGOTTEN.items():
            late[moods[has] == mood] = chance
        forgotten = (due < self.today) & (due > self.today - 40) & (draw.random(count) < late)
        to_come = (due >= self.today) & (draw.random(count) < 0.85)
        is_open = forgotten | to_come
        state = np.where(draw.random(count) < DROPPED, "dropped", "done")
        closed[is_open] = np.datetime64("NaT")
        whats = {
            zh: strings([row["what"] for row in sheet("steps") if (row["lang"] == "zh") == zh])
            for zh in (False, True)
        }
        pick = draw.random(count)
        texts = np.where(
            chinese[has],
            whats[True][(pick * len(whats[True])).astype(int)],
            whats[False][(pick * len(whats[False])).astype(int)],
        )
        for name, column in {
            "account": accounts[has].tolist(),
            "interaction": entries[has].tolist(),
            "what": texts.tolist(),
            "due": list(due),
            "who": who[has].tolist(),
            "created": list(created),
            "state": np.where(is_open, "open", state).tolist(),
            "closed": list(closed),
        }.items():
            self._columns[name].extend(column)

    def flush(self) -> None:
        """Write what was gathered."""
        column = self._columns
        count = len(column["what"])
        closed = np.array(column["closed"], dtype="M8[D]")
        created = np.array(column["created"], dtype="M8[D]")
        rows.insert(
            NextStep,
            count,
            id=list(range(self._next, self._next + count)),
            account_id=column["account"],
            interaction_id=column["interaction"],
            what=column["what"],
            due=np.array(column["due"], dtype="M8[D]"),
            who_id=column["who"],
            state=column["state"],
            closed_at=moments(closed, 600),
            closed_on=closed,
            created_on=created,
            created_at=moments(created, 600),
        )
        self._next += count
        for values in column.values():
            values.clear()
