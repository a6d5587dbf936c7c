"""A linkage group with a gap, a deputy who has not met what he covers, a handover under way."""

import datetime as dt

from accounts_crm.demo.accounts import Book
from customers.models import Interaction
from teams.models import Deputy, Handover, HandoverTick, LinkageGroup, LinkageMember

MEMBERS = ("manager", "chen.ziang", "he.jianing", "zhou.mo")
UNCOVERED = 13  # places among the written accounts
UNMET = 3
HANDED_OVER = 7
SINCE = 200  # days ago
AWAY = (3, 10)  # days ago, days from now


def make_linkage(book: Book, users: dict[str, int], today: dt.date) -> None:
    """Write the group, its deputies, the contacts they were at, and a handover half done.

    After the sequences are reset: the rows get their ids from the database.
    """
    group = LinkageGroup.objects.create(name="华东华南装备联动组")
    people = [users[name] for name in MEMBERS]
    since = today - dt.timedelta(days=SINCE)
    LinkageMember.objects.bulk_create(
        LinkageMember(group=group, user_id=pk, since=since) for pk in people
    )
    met = []
    deputies = []
    for at in range(book.written):
        owner = book.owner[at]
        if owner not in people or at == UNCOVERED:
            continue
        cover = people[(people.index(owner) + 1) % len(people)]
        account = int(book.id[at])
        deputies.append(Deputy(account_id=account, user_id=cover, group=group, since=since))
        if at != UNMET:
            met.append((account, cover))
    # One is away for two weeks and covered by one more colleague.
    for at in range(book.written):
        if book.owner[at] == people[-1]:
            deputies.append(
                Deputy(
                    account_id=int(book.id[at]),
                    user_id=people[1],
                    group=group,
                    since=today - dt.timedelta(days=AWAY[0]),
                    until=today + dt.timedelta(days=AWAY[1]),
                )
            )
    Deputy.objects.bulk_create(deputies)
    _attend(met)
    if book.written > HANDED_OVER and book.owner[HANDED_OVER] == people[0]:
        handover = Handover.objects.create(
            account_id=int(book.id[HANDED_OVER]),
            was_id=people[1],
            to_id=people[0],
            opened_on=today - dt.timedelta(days=20),
        )
        HandoverTick.objects.bulk_create(
            HandoverTick(handover=handover, item=item, by_id=people[0])
            for item in (HandoverTick.Item.PEOPLE, HandoverTick.Item.PLAN)
        )


def _attend(met: list[tuple[int, int]]) -> None:
    """Let each deputy be at the last contact with the account."""
    latest: dict[int, int] = {}
    entries = Interaction.objects.filter(account__in=[account for account, _user in met])
    for account, entry in entries.order_by("date", "pk").values_list("account", "pk"):
        latest[account] = entry
    through = Interaction.ours.through
    through.objects.bulk_create(
        (
            through(interaction_id=latest[account], user_id=user)
            for account, user in met
            if account in latest
        ),
        ignore_conflicts=True,
    )
