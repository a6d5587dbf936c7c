"""The contact log and its next steps: the written entries, and made ones that match the story."""

import datetime as dt

import numpy as np

from accounts_crm.demo import rows, shapes, steps
from accounts_crm.demo.accounts import Book
from accounts_crm.demo.contacts import People
from accounts_crm.demo.moments import moments
from accounts_crm.demo.orders import allot
from accounts_crm.demo.sheets import dice, sheet, strings
from customers.models import Interaction

KINDS = {"call": 34, "email": 24, "visit": 14, "meeting": 11, "message": 9, "video": 7, "event": 1}
COLLEAGUES = ["wu.chen", "guo.xiao", "elena.fischer", "su.hang", "tomas.lind", "fang.ke"]
WEIGHT = {"strategic": 7.0, "partner": 3.2, "ordinary": 1.0}
# What a story's mood makes of entries of the last half year: chances of the phrases' moods.
MIXED = {
    "good": {"good": 0.65, "calm": 0.35},
    "calm": {"calm": 0.7, "good": 0.25, "worry": 0.05},
    "worry": {"worry": 0.65, "calm": 0.35},
    "lost": {"lost": 0.6, "worry": 0.4},
    "court": {"court": 0.9, "calm": 0.1},
}
BEFORE = {"good": 0.5, "calm": 0.5}  # older entries, unless a prospect is courted
DAYS = 1095
COURTED = 240  # days of the log of a prospect
CHUNK = 50_000


def moods_of(book: Book) -> np.ndarray:
    """Return the mood of each account's story."""
    return strings([shapes.SHAPES[kind].mood for kind in book.kind])


def make_log(
    seed: int,
    book: Book,
    people: People,
    users: dict[str, int],
    count: int,
    today: dt.date,
    progress,
) -> None:
    """Write `count` contact log entries, the written ones among them, and their next steps."""
    said = _said(book, people, users)
    begin = book.quiet.copy()
    for entry in said:
        begin[entry["account"]] = max(begin[entry["account"]], entry["age"] + 9)
    span = np.minimum(DAYS, book.course["start"] * 365 + 40) - begin
    span[moods_of(book) == "court"] = COURTED
    weight = np.array([WEIGHT[tier] for tier in book.tier]) * (book.quiet >= 0) * (span > 0)
    weight[np.array(book.kind) == "holding"] *= 0.5
    made = allot(max(0, count - len(said)), weight)
    moods = moods_of(book)
    first_id = rows.next_id(Interaction)
    links = steps.Links(Interaction)
    plan = steps.Plan(today)
    _write_said(said, book, people, first_id, today, links, plan, users)
    first_id += len(said)
    for part in _chunks(made):
        draw = dice(seed, "log", part.start)
        account = np.repeat(np.arange(part.start, part.stop), made[part])
        _write_made(
            draw, book, people, users, moods, account, begin, span, first_id, today, links, plan
        )
        first_id += len(account)
        links.flush()
        plan.flush()
        progress(len(account))


def _said(book: Book, people: People, users: dict[str, int]) -> list[dict]:
    """Return the written entries of the accounts that this company has."""
    said = []
    for row in sheet("log"):
        account = book.at(row["account"])
        if account is not None:
            theirs = [people.by_name[account, name] for name in row["theirs"].split(";") if name]
            said.append({**row, "account": account, "age": int(row["days"]), "theirs": theirs})
    return said


def _write_said(said, book, people, first_id, today, links, plan, users) -> None:
    age = np.array([entry["age"] for entry in said], dtype=int)
    minute = np.array([9 * 60 + (37 * at) % 480 for at in range(len(said))], dtype=int)
    date = np.asarray(np.datetime64(today, "D") - age)
    at = moments(date, minute)
    ids = first_id + np.arange(len(said))
    rows.insert(
        Interaction,
        len(said),
        id=ids,
        account_id=[int(book.id[entry["account"]]) for entry in said],
        kind=[entry["kind"] for entry in said],
        at=at,
        date=date,
        author_id=[users[entry["author"]] for entry in said],
        subject=[entry["subject"] for entry in said],
        note=[entry["note"] for entry in said],
        tone=[int(entry["tone"]) if entry["tone"] else None for entry in said],
        created_at=at,
    )
    for pk, entry in zip(ids.tolist(), said, strict=True):
        links.ours(pk, [users[entry["author"]]] + [users[who] for who in [entry["with"]] if who])
        links.theirs(pk, [int(people.id[place]) for place in entry["theirs"]])
        if entry["step"]:
            plan.add(
                account=int(book.id[entry["account"]]),
                interaction=pk,
                what=entry["step"],
                due=np.datetime64(today, "D") + int(entry["due"]),
                who=users[entry["who"]],
                created=np.datetime64(today, "D") - entry["age"],
            )


def _write_made(
    draw, book, people, users, moods, account, begin, span, first_id, today, links, plan
) -> None:
    """Write the made entries of a range of accounts; `account` names one per entry."""
    count = len(account)
    nth = np.arange(count) - np.searchsorted(account, account)
    held = np.bincount(account, minlength=account.max(initial=0) + 1)[account]
    # The last contact lies where the story says; before it they get sparser.
    spot = np.where(nth == 0, 0, (nth + draw.uniform(-0.4, 0.4, count)) / held)
    age = np.maximum(1, begin[account] + (span[account] * spot**1.25).astype(int))
    fresh = (age < begin[account] + 180) | (moods[account] == "court")
    chinese = (book.scripts[account] == "zh") & (draw.random(count) < 0.9)
    phrase = _phrases(draw, np.where(fresh, moods[account], ""), chinese)
    said = {name: strings([row[name] for row in sheet("phrases")]) for name in ("subject", "note")}
    tone = [int(row["tone"]) if row["tone"] else None for row in sheet("phrases")]
    date = np.datetime64(today, "D") - age
    at = moments(date, draw.integers(9 * 60, 17 * 60 + 50, count))
    colleagues = np.array([users[name] for name in COLLEAGUES])
    owner = np.array([users["director"] if pk is None else pk for pk in book.owner])[account]
    helper = colleagues[draw.integers(0, len(colleagues), count)]
    author = np.where(draw.random(count) < 0.82, owner, helper)
    ids = first_id + np.arange(count)
    kinds = np.array(list(KINDS.values()), dtype=float)
    rows.insert(
        Interaction,
        count,
        id=ids,
        account_id=book.id[account],
        kind=draw.choice(list(KINDS), count, p=kinds / kinds.sum()).tolist(),
        at=at,
        date=date,
        author_id=author,
        subject=said["subject"][phrase],
        note=said["note"][phrase],
        tone=strings(tone)[phrase],
        created_at=at,
    )
    links.many("ours", ids, author)
    second = (draw.random(count) < 0.28) & (helper != author)
    links.many("ours", ids[second], helper[second])
    one, two = people.pick(draw, account, age), people.pick(draw, account, age)
    met = (one >= 0) & (draw.random(count) < 0.93)
    links.many("theirs", ids[met], people.id[one[met]])
    both = met & (two >= 0) & (two != one) & (draw.random(count) < 0.35)
    links.many("theirs", ids[both], people.id[two[both]])
    plan.make(draw, book.id[account], ids, author, age, chinese, moods[account])


def _phrases(draw: np.random.Generator, moods: np.ndarray, chinese: np.ndarray) -> np.ndarray:
    """Return a line of phrases.csv per entry; the mood "" is that of old entries."""
    lines = sheet("phrases")
    picked = np.zeros(len(moods), dtype=int)
    for mood, chances in {**MIXED, "": BEFORE}.items():
        for zh in (False, True):
            where = np.flatnonzero((moods == mood) & (chinese == zh))
            kinds = draw.choice(list(chances), len(where), p=list(chances.values()))
            for kind in chances:
                fit = [
                    at
                    for at, row in enumerate(lines)
                    if row["mood"] == kind and (row["lang"] == "zh") == zh
                ]
                here = where[kinds == kind]
                picked[here] = np.array(fit)[draw.integers(0, len(fit), len(here))]
    return picked


def _chunks(made: np.ndarray):
    """Cut the accounts into ranges with a bounded number of entries."""
    ends = np.cumsum(made)
    start = 0
    while start < len(made):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + CHUNK, side="right")))
        yield slice(start, stop)
        start = stop
