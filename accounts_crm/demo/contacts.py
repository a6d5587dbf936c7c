"""The customers' people: who decides, who buys, who reports to whom, who has left."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from accounts_crm.demo import names, rows
from accounts_crm.demo.accounts import Book
from accounts_crm.demo.sheets import dice, sheet, strings
from customers.models import Contact

# In the order in which an account gets them; the first is the head of the others.
SLOTS = [
    # function, level, role in decisions, influence, job title elsewhere, in China
    ("board", "executive", "decider", 5, "Managing Director", "总经理"),
    ("commercial", "manager", "buyer", 4, "Head of Purchasing", "采购经理"),
    ("rnd", "manager", "influencer", 3, "Chief Engineer", "总工程师"),
    ("operations", "manager", "user", 3, "Production Manager", "生产经理"),
    ("commercial", "staff", "gatekeeper", 2, "Purchasing Assistant", "采购助理"),
    ("quality", "manager", "influencer", 3, "Quality Manager", "质量经理"),
    ("finance", "manager", "influencer", 3, "Finance Manager", "财务经理"),
    ("logistics", "staff", "user", 2, "Logistics Planner", "物流主管"),
]
SIZES = {"strategic": 8, "partner": 5, "ordinary": 3}
ATTITUDES = ["champion", "supporter", "neutral", "sceptic", "opponent"]
MOODS = {  # chances of the attitudes
    "good": [0.25, 0.4, 0.3, 0.05, 0],
    "calm": [0.08, 0.3, 0.5, 0.1, 0.02],
    "worry": [0.03, 0.15, 0.45, 0.3, 0.07],
    "lost": [0, 0.05, 0.4, 0.35, 0.2],
    "court": [0.05, 0.25, 0.65, 0.05, 0],
}
PHONES = {"cn": "+86 139", "eu": "+43 664", "na": "+1 555"}
CHUNK = 50_000


@dataclass
class People:
    """The contacts of all accounts, account by account, so that a range finds an account's."""

    first: np.ndarray  # where an account's people begin, by position of the account
    count: np.ndarray  # how many it has
    id: np.ndarray
    left: np.ndarray  # days since the person left, -1: still there
    by_name: dict[tuple[int, str], int]  # (position of the account, name) of the written ones

    def pick(self, draw: np.random.Generator, accounts: np.ndarray, ages: np.ndarray):
        """Return one person's place per contact of `accounts` so many days ago; -1: nobody."""
        count = self.count[accounts]
        at = self.first[accounts] + (draw.random(len(accounts)) * count).astype(int)
        at = np.where(count > 0, at, -1)
        gone = (self.left[at] >= 0) & (ages < self.left[at])
        return np.where(gone, -1, at)


def make_contacts(seed: int, book: Book, moods: np.ndarray, today: dt.date) -> People:
    """Write the people of all accounts."""
    draw = dice(seed, "contacts")
    said: dict[int, list[dict]] = {}
    for row in sheet("contacts"):
        if (at := book.at(row["account"])) is not None:
            said.setdefault(at, []).append(row)
    count = np.array([SIZES[tier] for tier in book.tier])
    count = np.clip(count + draw.integers(-1, 2, len(book)), 2, len(SLOTS))
    count[np.array(book.kind) == "holding"] = 2
    for at, written in said.items():
        count[at] = len(written)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    total = int(count.sum())
    owner_at = np.repeat(np.arange(len(book)), count)
    slot = np.arange(total) - first[owner_at]
    made, other = names.people(draw, book.scripts[owner_at])
    left = np.where(draw.random(total) < 0.04, draw.integers(20, 700, total), -1)
    left[slot == 0] = -1
    people = People(first, count, rows.next_id(Contact) + np.arange(total), left, {})
    slot = np.minimum(slot, len(SLOTS) - 1)  # written people may be more
    columns = _columns(draw, book, moods, people, owner_at, slot, made, other)
    for at, written in said.items():
        _say(columns, people, at, written)
    left_on = np.datetime64(today, "D") - np.where(left >= 0, left, 0)
    left_on[left < 0] = np.datetime64("NaT")
    opened = np.datetime64(today, "D") - draw.integers(700, 1400, total)
    columns |= {
        "id": people.id,
        "account_id": book.id[owner_at],
        "left_on": left_on,
        "created_at": opened.astype("M8[s]") + np.timedelta64(2, "h"),
    }
    for start in range(0, total, CHUNK):
        part = {name: column[start : start + CHUNK] for name, column in columns.items()}
        rows.insert(Contact, len(part["id"]), **part)
    return people


def _columns(draw, book, moods, people, owner_at, slot, made, other) -> dict:
    """Return what people made from slots are."""
    china = book.scripts[owner_at] == "zh"
    attitude = strings([""] * len(slot))
    for mood, chances in MOODS.items():
        where = np.flatnonzero(moods[owner_at] == mood)
        attitude[where] = draw.choice(ATTITUDES, len(where), p=chances)
    attitude[draw.random(len(slot)) < 0.15] = ""
    phones = [PHONES[place.zone] for place in book.place]
    number = draw.integers(0, 10_000, len(slot))
    head = people.id[people.first[owner_at]]
    boss = np.where(np.isin(slot, [4, 7]), head + 1, head)
    parts = [strings(list(column)) for column in zip(*SLOTS, strict=True)]
    return {
        "name": made,
        "other_name": other,
        "function": parts[0][slot].tolist(),
        "level": parts[1][slot].tolist(),
        "dmu_role": parts[2][slot].tolist(),
        "influence": parts[3][slot].tolist(),
        "job_title": np.where(china, parts[5][slot], parts[4][slot]).tolist(),
        "attitude": attitude.tolist(),
        "parent_id": np.ma.masked_array(boss, slot == 0).tolist(),
        "email": [
            f"{names.mailbox(b or a)}@k{at + 1:06}.example"
            for a, b, at in zip(made, other, owner_at.tolist(), strict=True)
        ],
        "phone": [
            f"{phones[at]} 5550 {n:04}" for at, n in zip(owner_at.tolist(), number, strict=True)
        ],
    }


def _say(columns: dict, people: People, at: int, written: list[dict]) -> None:
    """Put the written people of an account in the place of its made ones."""
    start = int(people.first[at])
    places = {row["name"]: start + step for step, row in enumerate(written)}
    for row in written:
        place = places[row["name"]]
        people.by_name[at, row["name"]] = place
        people.left[place] = int(row["left"] or -1)
        for name in ("name", "other_name", "job_title", "function", "level", "dmu_role"):
            columns[name][place] = row[name]
        columns["attitude"][place] = row["attitude"]
        columns["influence"][place] = int(row["influence"])
        boss = places.get(row["reports_to"])
        columns["parent_id"][place] = None if boss is None else int(people.id[boss])
        mailbox = names.mailbox(row["other_name"] or row["name"])
        columns["email"][place] = f"{mailbox}@k{at + 1:06}.example"
