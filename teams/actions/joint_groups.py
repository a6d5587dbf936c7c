"""Joint groups and offices: opened, changed, ended; meetings added and taken out again."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers import events
from customers.calendar import business_today
from customers.editing import change, touch
from customers.errors import Refused
from customers.figures import short_date
from customers.models import Account, Contact
from teams.models import JointGroup, JointMeeting, JointOffice, User

SIDES = ("ours", "theirs")


@transaction.atomic
def open_joint_group(
    account: Account,
    *,
    by,
    subject: str,
    name: str,
    ours: Iterable[User] = (),
    theirs: Iterable[Contact] = (),
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> JointGroup:
    """Put ours and theirs together on a subject.

    Raises Refused for a name that an open group of the account has, for people of another account
    or who have left, and for days the wrong way round.
    """
    since = since or business_today()
    _check_days(since, until)
    people: dict[str, list[Any]] = {"ours": list(ours), "theirs": list(theirs)}
    _check_people(account, people, {side: set() for side in SIDES})
    try:
        with transaction.atomic():
            group = JointGroup.objects.create(
                account=account, subject=subject, name=name.strip(), since=since, until=until
            )
    except IntegrityError:
        raise _name_taken(account, name) from None
    for side in SIDES:
        getattr(group, side).set(people[side])
    events.record("jointgroup.opened", account, by=by, about=group, name=(None, group.name))
    return group


@transaction.atomic
def change_joint_group(
    group: JointGroup, *, by, version: int | None, ours=None, theirs=None, **values
) -> list[str]:
    """Change a joint group and who is in it. Raises Refused as open_joint_group does, and stale."""
    account = group.account
    _check_days(values.get("since", group.since), values.get("until", group.until))
    given = {"ours": ours, "theirs": theirs}
    people = {side: list(members) for side, members in given.items() if members is not None}
    was = {side: set(getattr(group, side).values_list("pk", flat=True)) for side in SIDES}
    _check_people(account, people, was)
    try:
        with transaction.atomic():
            fields = change(group, "jointgroup.changed", by=by, version=version, **values)
    except IntegrityError:
        raise _name_taken(account, values.get("name", group.name)) from None
    moved = []
    for side, members in people.items():
        now = {person.pk for person in members}
        if now == was[side]:
            continue
        getattr(group, side).set(members)
        pair = (sorted(was[side]), sorted(now))
        events.record("jointgroup.changed", account, by=by, about=group, **{side: pair})
        moved.append(side)
    if moved and not fields:
        touch(group)
    return [*fields, *moved]


@transaction.atomic
def end_joint_group(group: JointGroup, *, by) -> None:
    """End a joint group; today is its last day. Raises Refused for one that has ended."""
    today = business_today()
    if group.until and group.until <= today:
        raise Refused(
            _("“%(group)s” ended on %(day)s.") % {"group": group, "day": short_date(group.until)}
        )
    change(group, "jointgroup.ended", by=by, version=None, until=max(today, group.since))


@transaction.atomic
def hold_joint_meeting(group: JointGroup, *, by, date: dt.date, note: str = "") -> JointMeeting:
    """Note that a joint group met. Raises Refused for a day ahead, outside its days, or noted."""
    if date > business_today():
        raise Refused(_("This date lies in the future."), field="date")
    if date < group.since:
        raise Refused(
            _("“%(group)s” began on %(day)s. Pick a later day, or let it begin earlier.")
            % {"group": group, "day": short_date(group.since)},
            field="date",
        )
    if group.until and date > group.until:
        raise Refused(
            _("“%(group)s” ended on %(day)s.") % {"group": group, "day": short_date(group.until)},
            field="date",
        )
    try:
        with transaction.atomic():
            meeting = JointMeeting.objects.create(
                group=group, account=group.account, date=date, note=note.strip(), by=by
            )
    except IntegrityError:
        raise Refused(
            _("The meeting of %(day)s is noted already.") % {"day": short_date(date)}, field="date"
        ) from None
    events.record("jointmeeting.held", group.account, by=by, about=meeting, date=(None, date))
    return meeting


@transaction.atomic
def remove_joint_meeting(meeting: JointMeeting, *, by) -> None:
    """Take out a meeting that was noted by mistake. Raises Refused if somebody did so already."""
    deleted, _rows = JointMeeting.objects.filter(pk=meeting.pk).delete()
    if not deleted:
        raise Refused(_("The meeting is taken out already."))
    events.record(
        "jointmeeting.removed",
        meeting.account,
        by=by,
        about=meeting,
        date=(meeting.date, None),
        note=(meeting.note, None),
    )


@transaction.atomic
def open_joint_office(
    account: Account, *, by, place: str, since: dt.date | None = None, until: dt.date | None = None
) -> JointOffice:
    """Note a joint office. Raises Refused for days the wrong way round."""
    since = since or business_today()
    _check_days(since, until)
    office = JointOffice.objects.create(
        account=account, place=place.strip(), since=since, until=until
    )
    events.record("jointoffice.opened", account, by=by, about=office, place=(None, office.place))
    return office


@transaction.atomic
def change_joint_office(office: JointOffice, *, by, version: int | None, **values) -> list[str]:
    """Change a joint office, its last day included. Raises Refused as open_joint_office does."""
    _check_days(values.get("since", office.since), values.get("until", office.until))
    return change(office, "jointoffice.changed", by=by, version=version, **values)


def _check_days(since: dt.date, until: dt.date | None) -> None:
    if until and until < since:
        raise Refused(_("The last day lies before the first."), field="until")


def _check_people(account: Account, people: dict[str, list[Any]], was: dict[str, set]) -> None:
    """Refuse people of another account, and those who have left unless they were in before."""
    for contact in people.get("theirs", ()):
        if contact.account_id != account.pk:
            raise Refused(
                _("%(person)s does not work at %(account)s.")
                % {"person": contact, "account": account},
                field="theirs",
            )
        gone = contact.left_on and contact.left_on <= business_today()
        if gone and contact.pk not in was["theirs"]:
            raise Refused(_("%(person)s has left.") % {"person": contact}, field="theirs")
    for person in people.get("ours", ()):
        if not person.is_active and person.pk not in was["ours"]:
            raise Refused(_("%(person)s has left the company.") % {"person": person}, field="ours")


def _name_taken(account: Account, name: str) -> Refused:
    return Refused(
        _("%(account)s has a joint group “%(name)s” already. Change that one.")
        % {"account": account, "name": name},
        field="name",
    )
