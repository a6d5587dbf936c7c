"""What two companies do together: joint groups that meet or sleep, open books, a joint office."""

import datetime as dt

import numpy as np
from django.db.models import Model

from accounts_crm.demo import rows
from accounts_crm.demo.accounts import Book
from accounts_crm.demo.contacts import People
from accounts_crm.demo.sheets import dice, sheet
from lifecycle.models import OpenBook
from teams.models import JointGroup, JointMeeting, JointOffice

OFFICE = ("海晟重工", "上海临港，海晟重工3号厂房二层", 310)  # account, place, days ago
# The groups of each made strategic account, and who of ours is in them.
MADE = (("rnd", "wu.chen"), ("finance", "elena.fischer"))
MEETINGS = 5
EVERY = 45  # days
ASLEEP = 0.25
NUMBERED: list[type[Model]] = [
    JointGroup,
    JointGroup.ours.through,
    JointGroup.theirs.through,
    JointMeeting,
    OpenBook,
]


def make_joint_work(
    seed: int, book: Book, theirs: People, users: dict[str, int], today: dt.date
) -> None:
    """Write the groups with their members and meetings, the open books and the office."""

    def ago(days: str | int) -> dt.date:
        return today - dt.timedelta(days=int(days))

    # A company made before and taken back leaves its numbers behind.
    rows.reset_sequences(NUMBERED)
    for row in sheet("joint_groups"):
        at = book.at(row["account"])
        if at is None:
            continue
        group = JointGroup.objects.create(
            account_id=int(book.id[at]),
            name=row["name"],
            subject=row["subject"],
            since=ago(row["days"]),
        )
        group.ours.set([users[name] for name in row["ours"].split(";")])
        group.theirs.set(
            [int(theirs.id[theirs.by_name[at, name]]) for name in row["theirs"].split(";") if name]
        )
        JointMeeting.objects.bulk_create(
            JointMeeting(group=group, account_id=group.account_id, date=ago(days))
            for days in row["met"].split(";")
        )
    for row in sheet("open_books"):
        if (at := book.at(row["account"])) is not None:
            OpenBook.objects.create(
                account_id=int(book.id[at]),
                since=ago(row["since"]),
                until=ago(row["until"]) if row["until"] else None,
                note=row["note"],
                by_id=book.owner[at],
            )
    account, place, days = OFFICE
    if (at := book.at(account)) is not None:
        JointOffice.objects.create(account_id=int(book.id[at]), place=place, since=ago(days))
    _make_more(dice(seed, "joint"), book, theirs, users, np.datetime64(today, "D"))


def _make_more(draw, book: Book, theirs: People, users: dict[str, int], today) -> None:
    """Write the groups of the made strategic accounts, and the open books of synergistic ones."""
    made = np.arange(book.written, len(book))
    strategic = made[np.array(book.tier, dtype=object)[made] == "strategic"]
    whose = np.repeat(strategic, len(MADE))
    count = len(whose)
    subject = [name for name, _who in MADE] * len(strategic)
    ids = rows.next_id(JointGroup) + np.arange(count)
    rows.insert(
        JointGroup,
        count,
        id=ids,
        account_id=book.id[whose],
        subject=subject,
        name=[str(JointGroup.Subject(name).label) for name in subject],
        since=today - draw.integers(300, 900, count),
    )
    for side, who in (
        (JointGroup.ours.through, [users[name] for _name, name in MADE] * len(strategic)),
        (JointGroup.theirs.through, theirs.id[theirs.first[whose]]),
    ):
        column = side._meta.concrete_fields[-1].attname
        first = rows.next_id(side)
        rows.insert(side, count, id=first + np.arange(count), jointgroup_id=ids, **{column: who})
    last = np.where(
        draw.random(count) < ASLEEP,
        draw.integers(100, 250, count),
        draw.integers(3, 80, count),
    )
    meeting = np.repeat(np.arange(count), MEETINGS)
    first = rows.next_id(JointMeeting)
    rows.insert(
        JointMeeting,
        len(meeting),
        id=first + np.arange(len(meeting)),
        group_id=ids[meeting],
        account_id=book.id[whose[meeting]],
        date=today - last[meeting] - EVERY * np.tile(np.arange(MEETINGS), count),
    )
    open_ = made[np.array(book.stage, dtype=object)[made] == "synergistic"]
    rows.insert(
        OpenBook,
        len(open_),
        id=rows.next_id(OpenBook) + np.arange(len(open_)),
        account_id=book.id[open_],
        since=today - draw.integers(100, 800, len(open_)),
    )
