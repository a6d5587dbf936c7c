"""Writes of the lifecycle floor: moves between stages, breaks and resumptions."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import events
from customers.actions import close_step, plan_step, reopen_step
from customers.errors import Refused
from customers.models import Account, NextStep, Stage
from lifecycle import against
from lifecycle.models import Interruption, InterruptionCause, Remedy, StageMove
from lifecycle.remedies import Proposal
from lifecycle.stages import NEXT, TRACK, Cause

# As long as one may take back the own move without being asked for a reason.
SECOND_THOUGHTS = dt.timedelta(minutes=10)


def change_stage(
    account: Account,
    *,
    to: str,
    by,
    reason: str = "",
    causes: Iterable[str] = (),
    remedies: Iterable[Proposal] = (),
    was: str = "",
    undoes: int | None = None,
) -> StageMove:
    """Bring an account to a stage, by the one action that leads there: move, break or resume.

    causes    of a break, as `remedies`
    was       the stage that the person saw, "" for that of `account`
    undoes    the move that this one takes back
    Raises Refused as those actions do.
    """
    if to == Stage.INTERRUPTED:
        return interrupt(
            account, by=by, causes=causes, remedies=remedies, note=reason, was=was, undoes=undoes
        )
    held = was or account.stage
    if held == Stage.INTERRUPTED or account.stage == Stage.INTERRUPTED:
        return resume(account, by=by, to=to, reason=reason, was=was, undoes=undoes)
    return move_stage(account, to=to, by=by, reason=reason, was=was, undoes=undoes)


@transaction.atomic
def move_stage(
    account: Account, *, to: str, by, reason: str = "", was: str = "", undoes: int | None = None
) -> StageMove:
    """Move an account one stage up or down.

    was     the stage that the person saw, "" for that of `account`
    undoes  the move that this one takes back; it needs no reason
    Raises Refused for more than one step, for an interrupted account, for a move against the
    evidence without a reason, and where the stage changed meanwhile.
    """
    held = _held(account, was, to)
    if held == Stage.INTERRUPTED:
        raise Refused(
            _("%(account)s is interrupted. Resume the relationship first.") % {"account": account},
            field="to",
        )
    if to == held:
        raise Refused(
            _("%(account)s is in “%(stage)s” already.")
            % {"account": account, "stage": Stage(held).label},
            field="to",
        )
    if to not in NEXT[held]:
        raise Refused(
            _(
                "%(account)s is in “%(stage)s” and goes one step at a time: to %(next)s, "
                "not to “%(to)s”."
            )
            % {
                "account": account,
                "stage": Stage(held).label,
                "next": _(" or ").join(f"“{stage.label}”" for stage in NEXT[held]),
                "to": Stage(to).label if to in Stage else to,
            },
            field="to",
        )
    if not reason.strip() and not _takes_back(account, undoes, was=held, to=to, by=by):
        _ask_reason(account, was=held, to=to)
    return _move(account, "stage.moved", was=held, to=to, by=by, reason=reason)


@transaction.atomic
def interrupt(
    account: Account,
    *,
    by,
    causes: Iterable[str],
    remedies: Iterable[Proposal] = (),
    note: str = "",
    was: str = "",
    undoes: int | None = None,
) -> StageMove:
    """Say that the relationship broke, why, and what is done about it; possible from every stage.

    causes    codes of lifecycle.stages.Cause, at least one
    remedies  next steps for the account manager, at most one for each of these causes
    undoes    the resumption that this takes back: the old break goes on, with its causes and day
    Raises Refused without a cause, where it is interrupted already, or the stage changed meanwhile.
    """
    known = [cause for cause in Cause if cause in set(causes)]
    if strangers := set(causes) - set(known):
        raise ValueError(f"interrupt got the causes {sorted(strangers)}, expected codes of Cause")
    held = _held(account, was, Stage.INTERRUPTED)
    if held == Stage.INTERRUPTED:
        raise Refused(_("%(account)s is interrupted already.") % {"account": account}, field="to")
    if _takes_back(account, undoes, was=held, to=Stage.INTERRUPTED, by=by):
        ended = Interruption.objects.filter(account=account, ended_at__isnull=False)
        if last := ended.order_by("-ended_at", "-pk").first():
            return _break_on(last, account, was=held, by=by)
    if not known:
        raise Refused(_("Say why it broke: choose at least one cause."), field="causes")
    move = _move(
        account,
        "stage.interrupted",
        was=held,
        to=Stage.INTERRUPTED,
        by=by,
        reason=note,
        causes=(None, known),
    )
    broken = Interruption.objects.create(
        account=account, stage=held, note=move.reason, started_at=move.at, started_by=by
    )
    InterruptionCause.objects.bulk_create(
        InterruptionCause(interruption=broken, cause=cause) for cause in known
    )
    _plan(broken, {one.cause: one for one in remedies if one.cause in known}.values(), by=by)
    return move


@transaction.atomic
def resume(
    account: Account,
    *,
    by,
    to: str = "",
    reason: str = "",
    was: str = "",
    undoes: int | None = None,
) -> StageMove:
    """Take the relationship up again, at the stage that its evidence supports.

    to      the stage that the person chose, if one was chosen
    undoes  the break that this takes back: it goes to where it broke, and counts no more
    Raises Refused where it is not interrupted, for another stage, or if it changed meanwhile.
    """
    held = _held(account, was, to)
    if held != Stage.INTERRUPTED:
        raise Refused(
            _("%(account)s is not interrupted; it is in “%(stage)s”.")
            % {"account": account, "stage": Stage(held).label},
            field="to",
        )
    broken = Interruption.objects.filter(account=account, ended_at__isnull=True).first()
    undone = _takes_back(account, undoes, was=held, to=to, by=by)
    night = None if undone else against.latest(account)
    back = (
        to
        if undone
        else resumes_to(broken.stage if broken else None, night.supported if night else None)
    )
    if to and to != back:
        said = (
            _("%(account)s resumes in “%(stage)s”, as its evidence supports. Move it from there.")
            if night
            else _("%(account)s resumes in “%(stage)s”, where it broke. Move it from there.")
        )
        raise Refused(said % {"account": account, "stage": Stage(back).label}, field="to")
    move = _move(account, "stage.resumed", was=held, to=back, by=by, reason=reason)
    if broken is not None:
        Interruption.objects.filter(pk=broken.pk).update(
            ended_at=move.at, ended_by=by, resumed_to=back, undone=undone
        )
        if undone:
            _drop_remedies(broken, by=by)
    return move


def resumes_to(broke_at: str | None, supported: str | None) -> str:
    """Return the stage at which a relationship resumes: what its evidence supports, else where it
    broke, or the first if that is unknown too.
    """
    return supported or broke_at or TRACK[0]


def _break_on(broken: Interruption, account: Account, *, was: str, by) -> StageMove:
    """Let a break that was taken for over go on, and what was planned against it."""
    causes = [one.cause for one in broken.causes.all()]
    move = _move(
        account,
        "stage.interrupted",
        was=was,
        to=Stage.INTERRUPTED,
        by=by,
        reason="",
        causes=(None, causes),
    )
    if broken.undone:  # by the same act its steps were dropped
        dropped = NextStep.objects.filter(
            remedy__interruption=broken,
            state=NextStep.State.DROPPED,
            closed_at__gte=broken.ended_at,
        )
        for step in dropped:  # one per cause at most
            reopen_step(step, by=by)
    Interruption.objects.filter(pk=broken.pk).update(
        ended_at=None, ended_by=None, resumed_to="", undone=False
    )
    return move


def _plan(broken: Interruption, remedies: Iterable[Proposal], *, by) -> None:
    """Plan next steps against the causes of a break, for the account manager where there is one."""
    owner = broken.account.owner
    who = owner if owner is not None and owner.is_active else by
    for one in remedies:
        step = plan_step(broken.account, by=by, what=one.what, due=one.due, who=who)
        Remedy.objects.create(interruption=broken, cause=one.cause, step=step)


def _drop_remedies(broken: Interruption, *, by) -> None:
    steps = NextStep.objects.filter(remedy__interruption=broken, state=NextStep.State.OPEN)
    for step in steps:  # one per cause at most
        close_step(step, by=by, state=NextStep.State.DROPPED)


def _ask_reason(account: Account, *, was: str, to: str) -> None:
    """Refuse a move without a reason if the evidence speaks against it."""
    if said := against.objection(against.latest(account), was, to):
        raise Refused(
            _("%(objection)s Say why you move it all the same.") % {"objection": said},
            field="reason",
        )


def _takes_back(account: Account, undoes: int | None, *, was: str, to: str, by) -> bool:
    """Say whether a move is the inverse of the account's last one, just made by the same person."""
    if undoes is None:
        return False
    last = StageMove.objects.filter(account=account).order_by("-at", "-pk").first()
    return (
        last is not None
        and (last.pk, last.by_id) == (undoes, by.pk)
        and (last.to, last.was) == (was, to)
        and last.at > timezone.now() - SECOND_THOUGHTS
    )


def _held(account: Account, was: str, to: str) -> str:
    """Return the stage an account has; refuse if it is not the one that the person saw."""
    if was and was != account.stage:
        raise _conflict(account, was, account.stage, to)
    return account.stage


def _move(account: Account, kind: str, *, was: str, to: str, by, reason: str, **more) -> StageMove:
    # A conditional UPDATE instead of SELECT FOR UPDATE, which SQLite ignores.
    moved = Account.objects.filter(pk=account.pk, stage=was).update(
        stage=to, version=F("version") + 1
    )
    if not moved:
        now = Account.objects.values_list("stage", flat=True).get(pk=account.pk)
        raise _conflict(account, was, now, to)
    account.stage = to
    account.version += 1
    reason = reason.strip()
    move = StageMove.objects.create(
        account=account, was=was, to=to, by=by, reason=reason, at=timezone.now()
    )
    said = {"reason": (None, reason)} if reason else {}
    events.record(kind, account, by=by, about=move, stage=(was, to), **said, **more)
    return move


def _conflict(account: Account, was: str, now: str, to: str) -> Refused:
    return Refused(
        _(
            "%(account)s was moved by someone else meanwhile: it is in “%(now)s”, no longer in "
            "“%(was)s”. Look again before you move it."
        )
        % {
            "account": account,
            "now": Stage(now).label,
            "was": Stage(was).label if was in Stage else was,
        },
        field="to",
        conflict={"version": account.version, "fields": {"stage": {"yours": to, "theirs": now}}},
    )
