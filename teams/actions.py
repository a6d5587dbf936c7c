"""Writes about our people: who leads an account, who is in its team."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers import events
from customers.access import TeamRole
from customers.calendar import business_today
from customers.editing import change
from customers.errors import Refused
from customers.models import Account
from teams.models import TeamMember, User


@transaction.atomic
def set_owner(account: Account, *, to: User | None, by, version: int | None = None) -> bool:
    """Make a person the account manager: owner of the account and leader of its team.

    Return whether anything changed. Raises Refused if the person has left the company.
    """
    if to is not None and not to.is_active:
        raise Refused(
            _("%(person)s has left the company. Pick an account manager who is still here.")
            % {"person": to},
            field="owner",
        )
    if not change(account, "owner.changed", by=by, version=version, owner=to):
        return False
    today = business_today()
    _end(account.team.filter(role=TeamRole.LEAD, until__isnull=True), today)
    if to is not None:
        _end(account.team.filter(user=to, until__isnull=True), today)
        TeamMember.objects.create(
            account=account,
            user=to,
            role=TeamRole.LEAD,
            layer=TeamMember.Layer.CORE,
            function=to.function,
            since=today,
        )
    return True


@transaction.atomic
def join(
    account: Account, user: User, *, by, role: str, layer: str, function: str = "", since=None
) -> TeamMember:
    """Take a person into the team of an account. Raises Refused if already in, or gone."""
    if not user.is_active:
        raise Refused(_("%(person)s has left the company.") % {"person": user}, field="user")
    if role == TeamRole.LEAD:
        raise Refused(_("Make the person account manager instead."), field="role")
    try:
        with transaction.atomic():
            member = TeamMember.objects.create(
                account=account,
                user=user,
                role=role,
                layer=layer,
                function=function or user.function,
                since=since or business_today(),
            )
    except IntegrityError:
        raise Refused(
            _("%(person)s is in this team already.") % {"person": user}, field="user"
        ) from None
    events.record("member.joined", account, by=by, about=member, user=(None, user))
    return member


@transaction.atomic
def leave(member: TeamMember, *, by) -> None:
    """End a membership as of today. Raises Refused for the leader."""
    if member.role == TeamRole.LEAD:
        raise Refused(_("Name a new account manager first; the old one then leaves by itself."))
    _end(TeamMember.objects.filter(pk=member.pk), business_today())
    events.record("member.left", member.account, by=by, about=member, user=(member.user, None))


def _end(members, today: dt.date) -> None:
    """End memberships yesterday, so that two leaders never share a day; one begun today goes."""
    members.filter(since__gte=today).delete()
    members.filter(until__isnull=True).update(until=today - dt.timedelta(days=1))
