"""The account teams: a leader each, colleagues by tier, a few leaders of before."""

import datetime as dt

import numpy as np

from accounts_crm.demo import rows
from accounts_crm.demo.accounts import Book
from accounts_crm.demo.sheets import dice
from customers.access import TeamRole
from teams.models import TeamMember

# Whom an account of a tier gets: username, role, layer, function, share of time or None.
COLLEAGUES: dict[str, list[tuple]] = {
    "strategic": [
        ("wu.chen", TeamRole.EDITOR, "core", "rnd", 10),
        ("guo.xiao", TeamRole.EDITOR, "core", "service", 10),
        ("elena.fischer", TeamRole.EDITOR, "support", "finance", 8),
        ("su.hang", TeamRole.EDITOR, "support", "quality", 10),
        ("tomas.lind", TeamRole.EDITOR, "support", "logistics", 8),
        ("fang.ke", TeamRole.VIEWER, "peripheral", "marketing", 5),
        ("director", TeamRole.VIEWER, "peripheral", "board", None),
    ],
    "partner": [
        ("wu.chen", TeamRole.EDITOR, "core", "rnd", 4),
        ("elena.fischer", TeamRole.VIEWER, "support", "finance", 2),
        ("tomas.lind", TeamRole.VIEWER, "support", "logistics", 3),
    ],
    "ordinary": [("guo.xiao", TeamRole.VIEWER, "support", "service", 1)],
}
MOST_LARGE = 2_000  # accounts with their whole team; nobody is in more
LED_BEFORE = 0.12
LEADING = {"strategic": 18, "partner": 8, "ordinary": 3}  # percent of the leader's time
OPEN = 10**6  # days ahead: no last day
LEAVES_SOON = {"fang.ke": 21}  # days ahead


def make_teams(seed: int, book: Book, users: dict[str, int], today: dt.date) -> None:
    """Write the account teams; the open leader is the account's owner, no two overlap."""
    draw = dice(seed, "teams")
    count = len(book)
    since = draw.integers(200, 1400, count)
    before = draw.random(count) < LED_BEFORE
    leaders = [pk for name, pk in users.items() if name.startswith("am")] or [
        users[name] for name in ("chen.ziang", "zhou.mo", "priya.raman", "jonas.weidmann")
    ]
    earlier = np.array(leaders)[draw.integers(0, len(leaders), count)]
    joins = draw.random((count, 7))
    members: list[tuple] = []
    for at, owner in enumerate(book.owner):
        account = int(book.id[at])
        began = int(since[at])
        tier = book.tier[at]
        # Of the written accounts alone: nobody has time for hundreds.
        known = at < book.written
        if owner is not None:
            lead = (TeamRole.LEAD, "core", "commercial")
            if before[at] and earlier[at] != owner:
                members.append((account, int(earlier[at]), *lead, 1500, -began, None))
            share = LEADING[tier] if known else None
            members.append((account, owner, *lead, began - 1, OPEN, share))
        for place, (name, *post, share) in enumerate(COLLEAGUES[tier]):
            rare = 0.3 if tier == "ordinary" else 0.9
            if at < MOST_LARGE and joins[at, place] < rare and users[name] != owner:
                days = int(joins[at, place] * 1000) + 30
                last = LEAVES_SOON.get(name, OPEN) if known else OPEN
                members.append((account, users[name], *post, days, last, share if known else None))
    columns = list(zip(*members, strict=True))
    first = rows.next_id(TeamMember)
    until = np.datetime64(today, "D") + np.array(columns[6])
    until[np.array(columns[6]) == OPEN] = np.datetime64("NaT")
    rows.insert(
        TeamMember,
        len(members),
        id=list(range(first, first + len(members))),
        account_id=list(columns[0]),
        user_id=list(columns[1]),
        role=[str(role) for role in columns[2]],
        layer=list(columns[3]),
        function=list(columns[4]),
        since=np.datetime64(today, "D") - np.array(columns[5]),
        until=until,
        share=list(columns[7]),
    )
