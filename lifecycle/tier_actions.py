"""Writes about tiers: their policies, and requests for another tier with their decisions."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import events
from customers.editing import CHUNK, change
from customers.errors import Refused
from customers.models import Account, Contact, Function, Tier
from lifecycle.models import TierPolicy, TierRequest
from lifecycle.tier_judges import owes_standing

State = TierRequest.State
LONGEST_CADENCE = 366  # days
MOST_GROUPS = 6


@transaction.atomic
def change_policy(policy: TierPolicy, *, by, version: int, **values: Any) -> list[str]:
    """Change what a tier asks of us; return the changed fields.

    Raises Refused at its field for a value that means nothing, and with both values of what
    somebody else changed meanwhile.
    """
    _check_policy(values)
    return change(policy, "tier_policy.changed", by=by, version=version, **values)


def _check_policy(values: dict[str, Any]) -> None:
    days = values.get("contact_every_days", 1)
    if not 1 <= days <= LONGEST_CADENCE:
        raise Refused(
            _("Give a number of days from 1 to %(most)s.") % {"most": LONGEST_CADENCE},
            field="contact_every_days",
        )
    if not 0 <= values.get("joint_groups", 0) <= MOST_GROUPS:
        raise Refused(
            _("Give a number of groups from 0 to %(most)s.") % {"most": MOST_GROUPS},
            field="joint_groups",
        )
    if not 10 <= values.get("complex_percent", 100) <= 100:
        raise Refused(_("Give a percentage from 10 to 100."), field="complex_percent")
    for name, known in (("functions", Function), ("levels", Contact.Level)):
        if set(values.get(name, ())) - set(known.values):
            raise Refused(_("Choose from the list."), field=name)


def ask_tier(account: Account, *, to: str, by, reason: str) -> TierRequest:
    """Ask for another tier of an account; somebody else decides.

    Raises Refused without a reason, for the tier it has, and while another request is open.
    """
    reason = reason.strip()
    if to not in Tier:
        raise Refused(_("Choose the tier you ask for."), field="to")
    if not reason:
        raise Refused(_("Say why you ask for it."), field="reason")
    now = Account.objects.get(pk=account.pk)
    if to == now.tier:
        raise Refused(
            _("%(account)s is “%(tier)s” already.") % {"account": account, "tier": Tier(to).label},
            field="to",
        )
    try:
        with transaction.atomic():
            asked = TierRequest.objects.create(
                account=account, region=now.region, was=now.tier, to=to, reason=reason, asked_by=by
            )
            events.record(
                "tier.asked",
                account,
                by=by,
                about=asked,
                asked_tier=(now.tier, to),
                reason=(None, reason),
            )
    except IntegrityError:
        raise Refused(
            _("Another request for %(account)s is open. It is decided or withdrawn first.")
            % {"account": account}
        ) from None
    return asked


@transaction.atomic
def ask_tiers(accounts: Iterable[int], *, to: str, by, reason: str) -> dict[int, int]:
    """Ask for one tier of many accounts; return the requests by account, both by id.

    Accounts that have the tier, or an open request, are left as they are. Raises Refused without
    a reason, and if somebody asks for one of them at the same time.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why you ask for it."), field="reason")
    asked: list[TierRequest] = []
    ids = sorted(accounts)
    for start in range(0, len(ids), CHUNK):
        rows = askable(Account.objects.filter(pk__in=ids[start : start + CHUNK]), to)
        asked += [
            TierRequest(account_id=pk, region_id=region, was=was, to=to, reason=reason, asked_by=by)
            for pk, region, was in rows.order_by("pk").values_list("pk", "region", "tier")
        ]
    try:
        with transaction.atomic():
            TierRequest.objects.bulk_create(asked, batch_size=CHUNK)
    except IntegrityError:
        raise Refused(
            _("Somebody asked for a tier of one of these accounts just now. Look again.")
        ) from None
    events.record_all(
        events.build(
            "tier.asked",
            one.account_id,
            by=by,
            about=one,
            asked_tier=(one.was, to),
            reason=(None, reason),
        )
        for one in asked
    )
    return {one.account_id: one.pk for one in asked}


def askable(accounts: QuerySet[Account], to: str) -> QuerySet[Account]:
    """Return the accounts of which a tier can be asked for: another one, and none is open."""
    waiting = TierRequest.objects.open().filter(account=OuterRef("pk"))
    return accounts.exclude(tier=to).filter(~Exists(waiting))


@transaction.atomic
def withdraw_tiers(requests: Iterable[int], *, by) -> int:
    """Take back one's own requests that are still open; return how many were."""
    now, ids, count = timezone.now(), sorted(requests), 0
    for start in range(0, len(ids), CHUNK):
        own = TierRequest.objects.open().filter(pk__in=ids[start : start + CHUNK], asked_by=by)
        rows = list(own.select_for_update().order_by("pk"))
        count += own.filter(pk__in=[row.pk for row in rows]).update(
            state=State.WITHDRAWN, decided_by=by, decided_at=now, version=F("version") + 1
        )
        events.record_all(
            events.build(
                "tier.withdrawn", row.account_id, by=by, about=row, asked_tier=(row.was, row.to)
            )
            for row in rows
        )
    return count


@transaction.atomic
def decide_tier(
    asked: TierRequest, *, by, to: str, reason: str, version: int | None = None
) -> TierRequest:
    """Approve or decline a request; approving writes the tier.

    to       approved or declined
    version  of the request as the person read it; None for the latest
    Raises Refused without a reason, to the asker, to somebody whose post does not cover the
    account without what the asker changed, and with both values where it was decided or the tier
    changed meanwhile.
    """
    reason = reason.strip()
    if to not in (State.APPROVED, State.DECLINED):
        raise Refused(_("Approve the request or decline it."), field="state")
    if asked.asked_by_id == by.pk:
        raise Refused(_("You asked for it yourself: another director decides."))
    if not reason:
        raise Refused(_("Give the reason of your decision."), field="answer")
    held = TierRequest.objects.get(pk=asked.pk)
    if held.state != State.OPEN or version not in (None, held.version):
        raise _decided(held, to)
    if not TierRequest.objects.judged_by(by).filter(pk=asked.pk).exists():
        raise Refused(
            _(
                "Your post does not cover %(account)s now and where it was when the tier was "
                "asked for. Another director decides."
            )
            % {"account": held.account}
        )
    # After the judge's standing was read: a post given in between is seen here at the latest.
    if owes_standing(by, held):
        raise Refused(
            _(
                "That your post covers %(account)s rests on a change by %(person)s, who asked. "
                "A director whom the asker did not put in place decides."
            )
            % {"account": held.account, "person": held.asked_by}
        )
    _close(held, to, by=by, answer=reason)
    said: dict[str, Any] = {"reason": (None, reason)}
    if to == State.APPROVED:
        # Conditional as well: a decision rests on the tier that was read.
        written = Account.objects.filter(pk=held.account_id, tier=held.was).update(
            tier=held.to, version=F("version") + 1
        )
        if not written:
            raise _moved(held)
        said["tier"] = (held.was, held.to)
    else:
        said["asked_tier"] = (held.was, held.to)
    events.record(f"tier.{to}", held.account, by=by, about=held, **said)
    return held


@transaction.atomic
def withdraw_tier(asked: TierRequest, *, by, version: int | None = None) -> TierRequest:
    """Take a request back; its asker alone may. Doing it again changes nothing.

    Raises Refused to anybody else, and with both values where it was decided meanwhile.
    """
    if asked.asked_by_id != by.pk:
        raise Refused(_("Only who asked can withdraw the request."))
    held = TierRequest.objects.get(pk=asked.pk)
    if held.state == State.WITHDRAWN:
        return held
    if held.state != State.OPEN or version not in (None, held.version):
        raise _decided(held, State.WITHDRAWN)
    _close(held, State.WITHDRAWN, by=by, answer="")
    events.record("tier.withdrawn", held.account, by=by, about=held, asked_tier=(held.was, held.to))
    return held


def _close(held: TierRequest, to: str, *, by, answer: str) -> None:
    now = timezone.now()
    # A conditional UPDATE instead of SELECT FOR UPDATE, which SQLite ignores.
    won = TierRequest.objects.filter(pk=held.pk, state=State.OPEN, version=held.version).update(
        state=to, decided_by=by, decided_at=now, answer=answer, version=F("version") + 1
    )
    if not won:
        raise _decided(TierRequest.objects.get(pk=held.pk), to)
    held.state, held.decided_by, held.decided_at, held.answer = to, by, now, answer
    held.version += 1


def _decided(now: TierRequest, to: str) -> Refused:
    return Refused(
        _("This request is “%(state)s” already, by %(person)s.")
        % {"state": now.get_state_display(), "person": now.decided_by or "–"},
        field="state",
        conflict={
            "version": now.version,
            "fields": {"state": {"yours": str(to), "theirs": now.state}},
        },
    )


def _moved(asked: TierRequest) -> Refused:
    tier = Account.objects.values_list("tier", flat=True).get(pk=asked.account_id)
    return Refused(
        _(
            "%(account)s is “%(now)s” by now, no longer “%(was)s”. Decline it, or have it "
            "asked anew."
        )
        % {"account": asked.account, "now": Tier(tier).label, "was": Tier(asked.was).label},
        field="state",
        conflict={
            "version": asked.account.version,
            "fields": {"tier": {"yours": asked.to, "theirs": tier}},
        },
    )
