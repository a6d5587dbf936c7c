"""Joint groups that meet, one that has gone to sleep, one with nobody of theirs; a joint office."""

import datetime as dt

from accounts_crm.demo.accounts import Book
from accounts_crm.demo.contacts import People
from accounts_crm.demo.sheets import sheet
from teams.models import JointGroup, JointMeeting, JointOffice

OFFICE = ("海晟重工", "上海临港，海晟重工3号厂房二层", 310)  # account, place, days ago


def make_joint_work(book: Book, theirs: People, users: dict[str, int], today: dt.date) -> None:
    """Write the groups with their members and meetings, and the office."""

    def ago(days: str | int) -> dt.date:
        return today - dt.timedelta(days=int(days))

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
    account, place, days = OFFICE
    if (at := book.at(account)) is not None:
        JointOffice.objects.create(account_id=int(book.id[at]), place=place, since=ago(days))
