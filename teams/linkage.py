"""Writes about linkage groups: who is in them, who covers which account."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from customers import events
from customers.access import Role
from customers.calendar import business_today
from customers.editing import CHUNK, change, touch
from customers.errors import Refused
from customers.models import Account
from teams.models import Deputy, LinkageGroup, LinkageMember, User

MOST = 4  # managers in a group
LEAST = 3


@transaction.atomic
def form_group(name: str, members: Iterable[User], *, by) -> LinkageGroup:
    """Form a linkage group. Raises Refused for a name that is taken, and as join_group does."""
    with _name_is_free():
        group = LinkageGroup.objects.create(name=name.strip())
    events.record("linkage.formed", by=by, about=group, name=(None, group.name))
    for user in members:
        join_group(group, user, by=by)
    return group


@transaction.atomic
def change_group(
    group: LinkageGroup,
    *,
    by,
    version: int,
    name: str | None = None,
    members: Iterable[User] | None = None,
) -> None:
    """Give a group another name, or other members: who is left out leaves, who is new joins.

    Raises Refused for a name that is taken, as join_group and leave_group do, and with both names
    if the group changed since that version.
    """
    # Locked where the database locks rows; on SQLite the transaction is the only writer.
    stored = LinkageGroup.objects.select_for_update().get(pk=group.pk)
    held = {member.user_id: member for member in _linked(stored).select_related("group", "user")}
    wanted = None if members is None else {user.pk: user for user in members}
    name = stored.name if name is None else name.strip()
    same = name == stored.name and (wanted is None or set(wanted) == set(held))
    if same and stored.version == version:
        return
    if name != stored.name:
        with _name_is_free():
            change(group, "linkage.renamed", by=by, version=version, name=name)
    else:
        group.version = version
        touch(group)
    if wanted is None:
        return
    for pk in held.keys() - wanted.keys():
        leave_group(held[pk], by=by)
    for pk in wanted.keys() - held.keys():
        join_group(group, wanted[pk], by=by)


@transaction.atomic
def end_group(group: LinkageGroup, *, by) -> None:
    """End a group: everybody leaves it. Raises Refused if nobody is in it any more."""
    _alone(group)
    members = list(_linked(group).select_related("group", "user"))
    if not members:
        raise Refused(_("%(group)s has ended: nobody is in it any more.") % {"group": group})
    for member in members:
        leave_group(member, by=by)


@transaction.atomic
def join_group(group: LinkageGroup, user: User, *, by) -> LinkageMember:
    """Take a manager into a group, from today on.

    Raises Refused for who has left, manages no accounts, is in a group, or would be the fifth.
    """
    _alone(group)
    if not user.is_active:
        raise Refused(_("%(person)s has left the company.") % {"person": user}, field="user")
    if not user.groups.filter(name=Role.MANAGER).exists():
        raise Refused(
            _("%(person)s is no account manager. Only account managers cover for one another.")
            % {"person": user},
            field="user",
        )
    if group.members.filter(until__isnull=True).count() >= MOST:
        raise Refused(
            _("%(group)s has four managers already. Form another group.") % {"group": group},
            field="user",
        )
    try:
        with transaction.atomic():
            member = LinkageMember.objects.create(group=group, user=user, since=business_today())
    except IntegrityError:
        raise Refused(
            _("%(person)s is in a linkage group already and has to leave that one first.")
            % {"person": user},
            field="user",
        ) from None
    events.record("linkage.joined", by=by, about=group, user=(None, user))
    return member


@transaction.atomic
def leave_group(member: LinkageMember, *, by) -> None:
    """End a manager's place in a group, and with it what hangs on it.

    The deputyships of the manager end, and so do the deputies of the accounts managed: they
    covered as colleagues of one group.
    """
    group = member.group
    _alone(group)
    today = business_today()
    row = LinkageMember.objects.filter(pk=member.pk, until__isnull=True)
    gone = row.filter(since__gte=today).delete()[0]
    gone += row.update(until=today - dt.timedelta(days=1))
    if not gone:
        raise Refused(_("%(person)s has left this group already.") % {"person": member.user})
    events.record("linkage.left", by=by, about=group, user=(member.user, None))
    _end(group.deputies.filter(Q(user=member.user) | Q(account__owner=member.user)), by=by)


@transaction.atomic
def leave_company(user: User, *, by) -> None:
    """End the place in a linkage group and every deputyship of who left the company.

    The deputies of the accounts managed stay: they are needed until somebody else manages them.
    """
    today = business_today()
    rows = LinkageMember.objects.filter(user=user, until__isnull=True)
    for row in rows.select_related("group"):
        _alone(row.group)
        events.record("linkage.left", by=by, about=row.group, user=(user, None))
    rows.filter(since__gte=today).delete()
    rows.update(until=today - dt.timedelta(days=1))
    _end(Deputy.objects.filter(user=user), by=by)


@transaction.atomic
def name_deputy(
    account: Account,
    user: User,
    *,
    by,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Deputy:
    """Let a colleague of the manager's group cover an account; until a day, as a substitute.

    Raises Refused for somebody outside that group, the manager himself, a period that lies in
    the past or overlaps one of the same person.
    """
    today = business_today()
    since = since or today
    if since < today:
        raise Refused(_("The first day lies in the past. Begin today or later."), field="since")
    if until and until < since:
        raise Refused(_("The last day lies before the first one."), field="until")
    # Locked where the database locks rows; on SQLite the transaction is the only writer. Who
    # changes the manager, or leaves the group, meanwhile has to wait or is seen here.
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.owner_id is None:
        raise Refused(_("%(account)s has no account manager to cover for.") % {"account": account})
    if account.owner_id == user.pk:
        raise Refused(
            _("%(person)s manages this account. The deputy is somebody else.") % {"person": user},
            field="user",
        )
    group = LinkageGroup.objects.filter(
        members__user=account.owner_id, members__until__isnull=True
    ).first()
    if group is not None:
        _alone(group)
    linked = LinkageMember.objects.filter(group=group, until__isnull=True)
    both = set(linked.values_list("user", flat=True)) if group else set()
    if group is None or not {user.pk, account.owner_id} <= both or not user.is_active:
        raise Refused(
            _(
                "%(person)s is not in the linkage group of the account manager. "
                "Pick a colleague of that group."
            )
            % {"person": user},
            field="user",
        )
    same = Deputy.objects.filter(account=account, user=user).exclude(until__lt=since)
    if (same.exclude(since__gt=until) if until else same).exists():
        raise Refused(
            _("%(person)s covers this account in that time already.") % {"person": user},
            field="user",
        )
    deputy = Deputy.objects.create(
        account=account, user=user, group=group, since=since, until=until
    )
    events.record(
        "deputy.named",
        account,
        by=by,
        about=deputy,
        user=(None, user),
        since=(None, since),
        until=(None, until),
    )
    return deputy


@transaction.atomic
def end_deputy(deputy: Deputy, *, by) -> None:
    """End a deputyship as of today. Raises Refused if it is over already."""
    if not _end(Deputy.objects.filter(pk=deputy.pk), by=by):
        raise Refused(_("%(person)s covers this account no longer.") % {"person": deputy.user})


def fit_deputies(accounts: list[int], to: User | None, *, by) -> None:
    """End the deputies who do not fit a new manager: himself, and who is in another group.

    An account without a manager keeps its deputies. Called inside the change of the manager.
    """
    if to is None:
        return
    groups = LinkageMember.objects.filter(user=to, until__isnull=True).values("group")
    for start in range(0, len(accounts), CHUNK):
        part = Deputy.objects.filter(account__in=accounts[start : start + CHUNK])
        _end(part.filter(Q(user=to) | ~Q(group__in=groups)), by=by)


def _end(deputies: QuerySet[Deputy], *, by) -> int:
    """End what is not over: yesterday, so that today's access is gone; what begins later goes."""
    today = business_today()
    rows = list(deputies.not_over(today))  # type: ignore[attr-defined]
    ids = [row.pk for row in rows]
    events.record_all(
        events.build("deputy.ended", row.account_id, by=by, about=row, user=(row.user_id, None))
        for row in rows
    )
    for start in range(0, len(ids), CHUNK):
        part = Deputy.objects.filter(pk__in=ids[start : start + CHUNK])
        part.filter(since__gte=today).delete()
        part.update(until=today - dt.timedelta(days=1))
    return len(ids)


@contextmanager
def _name_is_free() -> Iterator[None]:
    """Refuse a name that another group has."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Refused(
            _("There is a linkage group of that name. Choose another."), field="name"
        ) from None


def _linked(group: LinkageGroup) -> QuerySet[LinkageMember]:
    return LinkageMember.objects.filter(group=group, until__isnull=True)


def _alone(group: LinkageGroup) -> None:
    """Let one transaction at a time change who is in a group and who covers for whom."""
    LinkageGroup.objects.filter(pk=group.pk).update(version=F("version") + 1)
