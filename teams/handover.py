"""Writes about handovers: opened with a new manager, ticked point by point, fragile until done."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import events
from customers.calendar import business_today
from customers.editing import CHUNK, change_many
from customers.errors import Refused
from customers.models import NextStep
from teams.models import Handover, HandoverTick, User

FRAGILE_DAYS = 180
MOST_SHOWN = 5


def open_handovers(was: dict[int, int | None], to: User | None, *, by) -> None:
    """Open a handover for each account that went from one person to another.

    was  the manager before, by account
    Called inside the change of the manager. A handover under way ends with it; one that is taken
    back on its day, before anything was ticked, leaves nothing behind.
    """
    accounts = list(was)
    today = business_today()
    for start in range(0, len(accounts), CHUNK):
        part = accounts[start : start + CHUNK]
        under_way = Handover.objects.filter(account__in=part, closed_at__isnull=True)
        back = (
            under_way.filter(was=to, opened_on=today, ticks__isnull=True, account__in=part)
            if to
            else under_way.none()
        )
        taken_back = set(back.values_list("account", flat=True))
        Handover.objects.filter(account__in=taken_back, closed_at__isnull=True).delete()
        under_way.update(closed_at=timezone.now())
        if to is None:
            continue
        rows = Handover.objects.bulk_create(
            Handover(account_id=pk, was_id=former, to=to, opened_on=today)
            for pk in part
            if pk not in taken_back and (former := was[pk]) is not None and former != to.pk
        )
        events.record_all(
            _event("handover.opened", row, by=by, user=(row.was_id, row.to_id)) for row in rows
        )


@transaction.atomic
def tick(handover: Handover, item: str, *, by) -> None:
    """Tick a point of the checklist; the last one ends the handover. Ticked twice it stays so.

    Raises Refused if the account went on to somebody else meanwhile.
    """
    _locked(handover)
    if handover.closed_at is not None:
        if handover.ticks.filter(item=item).exists():
            return
        raise Refused(_("This handover has ended. The account went on to somebody else."))
    try:
        with transaction.atomic():
            HandoverTick.objects.create(handover=handover, item=item, by=by)
    except IntegrityError:
        return
    events.record_all([_event("handover.ticked", handover, by=by, item=(None, item))])
    if _all_ticked(handover):
        handover.closed_at = timezone.now()
        Handover.objects.filter(pk=handover.pk).update(closed_at=handover.closed_at)
        events.record_all([_event("handover.done", handover, by=by)])


@transaction.atomic
def untick(handover: Handover, item: str, *, by) -> None:
    """Take a tick back; a handover that was done is open again.

    Raises Refused if the account went on to somebody else meanwhile.
    """
    _locked(handover)
    if handover.closed_at is not None and not _all_ticked(handover):
        raise Refused(_("This handover has ended. The account went on to somebody else."))
    if not handover.ticks.filter(item=item).delete()[0]:
        return
    if handover.closed_at is not None:
        try:
            with transaction.atomic():
                Handover.objects.filter(pk=handover.pk).update(closed_at=None)
        except IntegrityError:
            raise Refused(_("Another handover of this account is under way.")) from None
        handover.closed_at = None
    events.record_all([_event("handover.unticked", handover, by=by, item=(item, None))])


@transaction.atomic
def take_over_steps(handover: Handover, *, by) -> int:
    """Give the open next steps of the former manager to the new one; return how many.

    Raises Refused if the handover has ended, or the new manager has left the company.
    """
    _locked(handover)
    if handover.closed_at is not None:
        raise Refused(_("This handover has ended."))
    if not handover.to.is_active:
        raise Refused(_("%(person)s has left the company.") % {"person": handover.to})
    steps = steps_left(handover).values_list("pk", "version")
    new = {pk: {"version": version, "who": handover.to} for pk, version in steps}
    return len(change_many(NextStep, "step.changed", by=by, new=new))


def steps_left(handover: Handover) -> QuerySet[NextStep]:
    """Return the open next steps that the former manager still has at the account."""
    return NextStep.objects.filter(
        account=handover.account_id, who=handover.was_id, state=NextStep.State.OPEN
    )


def under_way() -> QuerySet[Handover]:
    """Return the handovers that make their accounts fragile today."""
    first = business_today() - dt.timedelta(days=FRAGILE_DAYS)
    return Handover.objects.filter(closed_at__isnull=True, opened_on__gt=first)


def is_fragile() -> Exists:
    """Return whether an outer account is fragile: handed over lately, and not wholly."""
    return Exists(under_way().filter(account=OuterRef("pk")))


def with_fragile(accounts: QuerySet) -> QuerySet:
    """Annotate accounts with `handover`: the id of what makes them fragile, None without."""
    first = under_way().filter(account=OuterRef("pk")).order_by("pk")
    return accounts.annotate(handover=Subquery(first.values("pk")[:1]))


def with_done(handovers: QuerySet[Handover]) -> QuerySet[Handover]:
    """Annotate handovers with `done`, the number of points that are ticked."""
    return handovers.select_related("account", "was", "to").annotate(done=Count("ticks"))


def taken_over(user: User) -> list[Handover]:
    """Return what was handed over to a person and is not wholly done, the newest first."""
    rows = under_way().filter(to=user, account__owner=user)
    return list(with_done(rows).order_by("-opened_on", "-pk")[:MOST_SHOWN])


def _event(kind: str, handover: Handover, *, by, **changes):
    # By its id: the account itself would cost a query each.
    return events.build(kind, handover.account_id, by=by, about=handover, **changes)


def _all_ticked(handover: Handover) -> bool:
    # Counted anew: the caller may have read the ticks before.
    return HandoverTick.objects.filter(handover=handover).count() == len(HandoverTick.Item)


def _locked(handover: Handover) -> None:
    """Let one transaction at a time change a handover, and read what it is now."""
    # Locked where the database locks rows; on SQLite the transaction is the only writer.
    now = Handover.objects.select_for_update().get(pk=handover.pk)
    handover.closed_at = now.closed_at
