"""Who leads an account, and who is in its team from when until when.

The members of one account are changed one after the other, so that no two changes made at once
give an account two leaders, or a person two places on one day.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from customers import events
from customers.access import TeamRole
from customers.calendar import business_today
from customers.editing import CHUNK, change, change_many
from customers.errors import Refused
from customers.figures import short_date
from customers.models import Account
from teams.handover import open_handovers
from teams.linkage import fit_deputies
from teams.models import TeamMember, User


@transaction.atomic
def set_owner(account: Account, *, to: User | None, by, version: int | None = None) -> bool:
    """Make a person the account manager: owner of the account and leader of its team.

    Return whether anything changed. Raises Refused if the person has left the company, or if it is
    nobody while somebody leads.
    """
    if to is None and account.owner_id is not None:
        raise Refused(
            _(
                "%(account)s is led by %(person)s. A team has exactly one leader: "
                "name the successor, and %(person)s leaves by that."
            )
            % {"account": account, "person": account.owner},
            field="owner",
        )
    if to is not None and not to.is_active:
        raise Refused(
            _("%(person)s has left the company. Pick an account manager who is still here.")
            % {"person": to},
            field="owner",
        )
    # Locked, so that the handover names who really managed the account until now.
    was = Account.objects.select_for_update().values_list("owner", flat=True).get(pk=account.pk)
    if not change(account, "owner.changed", by=by, version=version, owner=to):
        return False
    _lead([account.pk], to)
    fit_deputies([account.pk], to, by=by)
    open_handovers({account.pk: was}, to, by=by)
    return True


@transaction.atomic
def set_owners(new: dict[int, tuple[int, User | None]], *, by) -> dict[int, dict]:
    """Give many accounts each to its person; return what was, as customers.editing.change_many.

    new   by account: the version that was read, and the new account manager
    Raises Refused if one of the people has left the company.
    """
    people = {to.pk: to for _version, to in new.values() if to is not None}
    if gone := next((to for to in people.values() if not to.is_active), None):
        raise Refused(
            _("%(person)s has left the company. Pick an account manager who is still here.")
            % {"person": gone},
            field="owner",
        )
    wanted = {pk: {"version": version, "owner": to} for pk, (version, to) in new.items()}
    before = change_many(Account, "owner.changed", by=by, new=wanted)
    for to in {None, *people.values()}:
        accounts = [pk for pk in before if new[pk][1] == to]
        _lead(accounts, to)
        fit_deputies(accounts, to, by=by)
        former = {pk: before[pk]["owner"] for pk in accounts}
        open_handovers({pk: was and was.pk for pk, was in former.items()}, to, by=by)
    return before


@transaction.atomic
def join(
    account: Account,
    user: User,
    *,
    by,
    role: str,
    layer: str,
    function: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    share: int | None = None,
) -> TeamMember:
    """Take a person into the team of an account, from a day on, today if none is given.

    share  of the person's time, in percent; None is unknown
    Raises Refused if the person has left, leads, or is in the team on one of these days.
    """
    if not user.is_active:
        raise Refused(_("%(person)s has left the company.") % {"person": user}, field="user")
    _check_role(role)
    member = TeamMember(
        account=account,
        user=user,
        role=role,
        layer=layer,
        function=function or user.function,
        since=since or business_today(),
        until=until,
        share=share,
    )
    _lock_team(account.pk)
    _check_days(member, member.since, until)
    member.save(force_insert=True)
    events.record(
        "member.joined",
        account,
        by=by,
        about=member,
        user=(None, user),
        function=(None, member.function),
        layer=(None, layer),
        since=(None, member.since),
    )
    return member


@transaction.atomic
def change_member(member: TeamMember, *, by, version: int | None, **values) -> list[str]:
    """Change a place in a team: function, layer, role, since, until, share.

    Raises Refused for a place that has ended, for more than function and share of the leader, for
    days on which the person has another place in the team, and for a stale version.
    """
    _lock_team(member.account_id)
    stored = TeamMember.objects.select_related("user").get(pk=member.pk)
    _check_current(stored)
    differing = {name for name, value in values.items() if getattr(stored, name) != value}
    if stored.role == TeamRole.LEAD and (fixed := sorted(differing - {"function", "share"})):
        raise Refused(
            _("%(person)s leads this team, in its core, until a successor is named.")
            % {"person": stored.user},
            field=fixed[0],
        )
    if "role" in differing:
        _check_role(values["role"])
    if differing & {"since", "until"}:
        since = values.get("since", stored.since)
        _check_days(stored, since, values.get("until", stored.until))
    return change(member, "member.changed", by=by, version=version, **values)


@transaction.atomic
def leave(member: TeamMember, *, by) -> None:
    """End a membership as of today. Raises Refused for the leader, and for who has left already."""
    _lock_team(member.account_id)
    stored = TeamMember.objects.select_related("user").filter(pk=member.pk).first()
    if stored is None:
        raise Refused(_("%(person)s is no longer in this team.") % {"person": member.user})
    _check_current(stored)
    if stored.role == TeamRole.LEAD:
        raise Refused(_("Name a new account manager first; the old one then leaves by itself."))
    events.record("member.left", member.account, by=by, about=member, user=(member.user, None))
    _end(TeamMember.objects.filter(pk=member.pk), business_today())


def _check_role(role: str) -> None:
    if role == TeamRole.LEAD:
        raise Refused(_("Make the person account manager instead."), field="role")


def _check_current(member: TeamMember) -> None:
    if member.until and member.until < business_today():
        raise Refused(
            _("%(person)s left this team on %(day)s. Take the person in anew.")
            % {"person": member.user, "day": short_date(member.until)}
        )


def _check_days(member: TeamMember, since: dt.date, until: dt.date | None) -> None:
    """Refuse days the wrong way round, or on which the person has another place in the team."""
    if until and until < since:
        raise Refused(_("The last day lies before the first."), field="until")
    others = TeamMember.objects.filter(account=member.account_id, user=member.user_id)
    others = others.exclude(pk=member.pk).filter(Q(until=None) | Q(until__gte=since))
    if until:
        others = others.filter(since__lte=until)
    if other := others.order_by("since").first():
        text = (
            _("%(person)s is in this team already, from %(since)s to %(until)s. Pick other days.")
            if other.until
            else _("%(person)s is in this team already, since %(since)s. Change that place.")
        )
        raise Refused(
            text
            % {
                "person": member.user,
                "since": short_date(other.since),
                "until": short_date(other.until) if other.until else "",
            },
            field="user" if member.pk is None else "since",
        )


def _lock_team(account: int) -> None:
    """Hold off other changes of an account's team until the transaction ends.

    SQLite needs nothing: its write transactions are one at a time.
    """
    list(Account.objects.select_for_update(no_key=True).filter(pk=account).values_list("pk"))


def _lead(accounts: list[int], to: User | None) -> None:
    """End who led these accounts, and let a person lead them from today on."""
    today = business_today()
    for start in range(0, len(accounts), CHUNK):
        part = accounts[start : start + CHUNK]
        current = TeamMember.objects.filter(account__in=part).exclude(until__lt=today)
        _end(current.filter(role=TeamRole.LEAD), today)
        if to is None:
            continue
        _end(current.filter(user=to), today)
        TeamMember.objects.bulk_create(
            TeamMember(
                account_id=pk,
                user=to,
                role=TeamRole.LEAD,
                layer=TeamMember.Layer.CORE,
                function=to.function,
                since=today,
            )
            for pk in part
        )


def _end(members, today: dt.date) -> None:
    """End memberships yesterday, so that two leaders never share a day; one begun today goes."""
    members.filter(since__gte=today).delete()
    members.update(until=today - dt.timedelta(days=1), version=F("version") + 1)
