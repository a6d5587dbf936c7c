"""Writes of the churn floor: flags raised, answered and closed, each with its event."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from churn.models import Flag, Risk
from customers import events
from customers.actions import change_account
from customers.editing import change
from customers.errors import Refused
from customers.models import Account

State = Flag.State


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
def start_recovery(flag: Flag, *, by, version: int | None = None) -> Flag:
    """Say that something is being done about it. Doing it again changes nothing.

    Raises Refused if the flag is closed, or the version is stale.
    """
    _move(flag, State.RECOVERY, since=(State.OPEN, State.ACKNOWLEDGED), by=by, version=version)
    return flag


@transaction.atomic
def close_flag(
    flag: Flag, *, by, outcome: str, version: int | None = None, reason: str = ""
) -> Flag:
    """Close a flag; an account that is lost gets that status. Doing it again changes nothing.

    reason  kept in the event
    Raises Refused if the flag was closed with another outcome, or the version is stale.
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
    if moved and outcome == Flag.Outcome.LOST:
        change_account(flag.account, by=by, version=None, status=Account.Status.LOST)
    return flag


def _move(flag: Flag, to: str, *, since: tuple, by, version: int | None, **values) -> bool:
    """Bring a flag into another state; return whether it was not there already."""
    current = Flag.objects.get(pk=flag.pk)
    if current.state == to and values.get("outcome", current.outcome) == current.outcome:
        return False
    # A stale version is refused with both values; a state that is past only says so.
    if current.state not in since and version in (None, current.version):
        raise Refused(
            _("This flag is “%(state)s” and cannot become “%(to)s”.")
            % {"state": current.get_state_display(), "to": State(to).label}
        )
    return bool(change(flag, f"flag.{to}", by=by, version=version, state=to, **values))


def _newest_risks():
    """Return the risks of published runs, newest run first."""
    return Risk.objects.filter(run__state="published").select_related("run").order_by("-run__as_of")
