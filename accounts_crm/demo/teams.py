"""The account teams: a leader each, colleagues by tier, a few leaders of before."""

import datetime as dt

import numpy as np

from accounts_crm.demo import rows
from accounts_crm.demo.accounts import Book
from accounts_crm.demo.sheets import dice
from customers.access import TeamRole
from teams.models import TeamMember

# Whom an account of a tier gets: username, role, layer, function.
COLLEAGUES = {
    "strategic": [
        ("wu.chen", TeamRole.EDITOR, "core", "rnd"),
        ("guo.xiao", TeamRole.EDITOR, "core", "service"),
        ("elena.fischer", TeamRole.EDITOR, "support", "finance"),
        ("su.hang", TeamRole.EDITOR, "support", "quality"),
        ("tomas.lind", TeamRole.EDITOR, "support", "logistics"),
        ("fang.ke", TeamRole.VIEWER, "peripheral", "marketing"),
        ("director", TeamRole.VIEWER, "peripheral", "board"),
    ],
    "partner": [
        ("wu.chen", TeamRole.EDITOR, "core", "rnd"),
        ("elena.fischer", TeamRole.VIEWER, "support", "finance"),
        ("tomas.lind", TeamRole.VIEWER, "support", "logistics"),
    ],
    "ordinary": [("guo.xiao", TeamRole.VIEWER, "support", "service")],
}
MOST_LARGE = 2_000  # accounts with their whole team; nobody is in more
LED_BEFORE = 0.12


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
        if owner is not None:
            if before[at] and earlier[at] != owner:
                members.append(
                    (account, int(earlier[at]), TeamRole.LEAD, "core", "commercial", 1500, began)
                )
            members.append((account, owner, TeamRole.LEAD, "core", "commercial", began - 1, -1))
        for place, (name, role, layer, function) in enumerate(COLLEAGUES[book.tier[at]]):
            rare = 0.3 if book.tier[at] == "ordinary" else 0.9
            if at < MOST_LARGE and joins[at, place] < rare and users[name] != owner:
                days = int(joins[at, place] * 1000) + 30
                members.append((account, users[name], role, layer, function, days, -1))
    columns = list(zip(*members, strict=True))
    first = rows.next_id(TeamMember)
    until = np.datetime64(today, "D") - np.array(columns[6])
    until[np.array(columns[6]) < 0] = np.datetime64("NaT")
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
    )
