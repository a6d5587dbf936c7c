"""Writes of the churn floor: flags raised, answered and closed, each with its event."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from churn.defection_actions import record_defection
from churn.models import Defection, Flag, Playbook, Risk
from customers import events
from customers.access import Change
from customers.actions import close_step, plan_step
from customers.calendar import business_today
from customers.editing import change
from customers.errors import Refused
from customers.models import Account, NextStep

State = Flag.State
# What a person says by an answer, beside the state; anything else follows from it.
SAID = ("outcome", "playbook", "snoozed_until")


def raise_flag(account: Account, *, by, reason: str) -> Flag:
    """Raise a flag by hand, with the findings of the newest published run.

    Raises Refused without a reason, or while another flag raised by hand is open.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why you raise the flag."), field="reason")
    risk = _newest_risks().filter(account=account).first()
    try:
        with transaction.atomic():
            flag = Flag.objects.create(
                account=account,
                kind=Flag.Kind.MANUAL,
                reason=reason,
                opened_by=by,
                findings=risk.findings if risk else [],
                score=risk.score if risk else None,
                as_of=risk.run.as_of if risk else None,
            )
            events.record(
                "flag.opened",
                account,
                by=by,
                about=flag,
                kind=(None, flag.kind),
                reason=(None, reason),
            )
    except IntegrityError:
        raise Refused(
            _("%(account)s has an open flag raised by hand. Answer or close that one first.")
            % {"account": account}
        ) from None
    return flag


@transaction.atomic
def acknowledge_flag(flag: Flag, *, by, version: int | None = None) -> Flag:
    """Say that somebody has seen the warning. Doing it again changes nothing.

    Raises Refused if the flag is in recovery or closed, or the version is stale.
    """
    _move(flag, State.ACKNOWLEDGED, since=(State.OPEN,), by=by, version=version)
    return flag


@transaction.atomic
def snooze_flag(flag: Flag, *, until: dt.date, by, version: int | None = None) -> Flag:
    """Let a flag rest until a day, on which it asks for an answer anew.

    Raises Refused for a day that is not within FLAG_SNOOZE_DAYS from today, for a flag in recovery
    or closed, or if the version is stale.
    """
    today = business_today()
    last = today + dt.timedelta(days=settings.FLAG_SNOOZE_DAYS)
    if not today < until <= last:
        raise Refused(
            _("Choose a day after today, at the latest %(last)s.") % {"last": last},
            field="snoozed_until",
        )
    since = (State.OPEN, State.ACKNOWLEDGED)
    to = State.ACKNOWLEDGED
    _move(flag, to, "flag.snoozed", since=since, by=by, version=version, snoozed_until=until)
    return flag


@transaction.atomic
def assign_flag(flag: Flag, *, by, version: int | None = None, **values: Any) -> Flag:
    """Say who answers a flag, or until when.

    owner  None: the account manager
    due    within FLAG_SNOOZE_DAYS from today
    Raises Refused for somebody who may not change the account, for a day out of reach, for a
    closed flag, or if the version is stale.
    """
    owner = values.get("owner")
    if owner is not None:
        account = Account.objects.with_permissions(owner).get(pk=flag.account_id)
        if not owner.is_active or not account.may_be_changed_by(owner, Change.RELATIONSHIP):
            raise Refused(
                _("%(person)s cannot answer for %(account)s. Choose somebody of its team.")
                % {"person": owner, "account": account},
                field="owner",
            )
    if "due" in values:
        today = business_today()
        last = today + dt.timedelta(days=settings.FLAG_SNOOZE_DAYS)
        if not today <= values["due"] <= last:
            raise Refused(
                _("Choose a day from today on, at the latest %(last)s.") % {"last": last},
                field="due",
            )
        values["told_on"] = flag.told_on or today  # a flag with a due day has been asked about
    current = Flag.objects.get(pk=flag.pk)
    if current.state == State.CLOSED and version in (None, current.version):
        raise _past(current, current.state)
    change(flag, "flag.assigned", by=by, version=version, **values)
    return flag


@transaction.atomic
def start_recovery(
    flag: Flag, *, by, version: int | None = None, playbook: Playbook | None = None
) -> Flag:
    """Say that something is being done about it. Doing it again changes nothing.

    playbook  its actions become next steps of who answers the flag, dated from today
    Raises Refused if the flag is closed, has another playbook already, the playbook is no longer
    in use, or the version is stale.
    """
    values: dict[str, Any] = {"snoozed_until": None}
    since: tuple = (State.OPEN, State.ACKNOWLEDGED)
    if playbook is not None:
        current = Flag.objects.get(pk=flag.pk)
        if current.playbook_id == playbook.pk:
            return flag
        if current.playbook_id is not None and version in (None, current.version):
            raise Refused(
                _("This flag follows “%(playbook)s” already.") % {"playbook": current.playbook},
                field="playbook",
            )
        if not playbook.active:
            raise Refused(
                _("“%(playbook)s” is no longer in use. Choose another.") % {"playbook": playbook},
                field="playbook",
            )
        values["playbook"] = playbook
        since = (*since, State.RECOVERY)
    moved = _move(flag, State.RECOVERY, since=since, by=by, version=version, **values)
    if moved and playbook is not None:
        _plan(flag, playbook, by=by)
    return flag


@transaction.atomic
def close_flag(
    flag: Flag,
    *,
    by,
    outcome: str,
    version: int | None = None,
    reason: str = "",
    defection: dict[str, Any] | None = None,
) -> Flag:
    """Close a flag; an account that is lost gets that status. Doing it again changes nothing.

    reason     kept in the event
    defection  why the customer left: what record_defection takes; needed for one that is lost and
               not yet recorded so
    Raises Refused if the flag was closed with another outcome, for a loss without its type, or if
    the version is stale.
    """
    if outcome not in Flag.Outcome:
        raise Refused(_("Say how it ended: recovered, false alarm or lost."), field="outcome")
    newest = _newest_risks().first()
    moved = _move(
        flag,
        State.CLOSED,
        since=(State.OPEN, State.ACKNOWLEDGED, State.RECOVERY),
        by=by,
        version=version,
        outcome=outcome,
        closed_at=timezone.now(),
        closed_as_of=newest.run.as_of if newest else None,
    )
    if moved and reason.strip():
        events.record("flag.noted", flag.account, by=by, about=flag, reason=(None, reason.strip()))
    known = Defection.objects.filter(account=flag.account_id, winback=Defection.WinBack.OPEN)
    if moved and outcome == Flag.Outcome.LOST and not known.exists():
        record_defection(flag.account, by=by, flag=flag, **{"type": "", **(defection or {})})
    if moved and outcome != Flag.Outcome.RECOVERED:
        # What a playbook had planned has lost its aim.
        for step in flag.steps.filter(state=NextStep.State.OPEN):
            close_step(step, by=by, state=NextStep.State.DROPPED)
    return flag


def _plan(flag: Flag, playbook: Playbook, *, by) -> None:
    """Make next steps of a playbook's actions, for who answers the flag."""
    today, who = business_today(), flag.answerer
    steps = [
        plan_step(
            flag.account,
            by=by,
            what=action["what"],
            due=today + dt.timedelta(days=action["after_days"]),
            who=who if who and who.is_active else by,
        )
        for action in playbook.plan
    ]
    flag.steps.set(steps)


def _move(
    flag: Flag,
    to: str,
    kind: str = "",
    /,
    *,
    since: tuple,
    by,
    version: int | None,
    **values,
) -> bool:
    """Bring a flag into another state; return whether anything was not so already."""
    current = Flag.objects.get(pk=flag.pk)
    said = {name: values[name] for name in SAID if name in values}
    if current.state == to and all(getattr(current, name) == new for name, new in said.items()):
        return False
    # A stale version is refused with both values; a state that is past only says so.
    if current.state not in since and version in (None, current.version):
        raise _past(current, to)
    return bool(change(flag, kind or f"flag.{to}", by=by, version=version, state=to, **values))


def _past(current: Flag, to: str) -> Refused:
    return Refused(
        _("This flag is “%(state)s” and cannot become “%(to)s”.")
        % {"state": current.get_state_display(), "to": State(to).label}
    )


def _newest_risks():
    """Return the risks of published runs, newest run first."""
    return Risk.objects.filter(run__state="published").select_related("run").order_by("-run__as_of")
