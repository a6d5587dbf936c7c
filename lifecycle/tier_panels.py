"""Context of the tier panel, and of the lists about tiers."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from customers.access import Change
from customers.calendar import business_today
from customers.figures import listed
from customers.models import Account, Contact, Event, Function
from customers.participation import QUADRANTS, goods_of, quadrant
from lifecycle.models import SupplierStance, TierPolicy, TierRequest
from lifecycle.stances import Stance, stance
from lifecycle.tier_points import Point, State, overall, points


@dataclass
class TierPanel:
    """What templates/lifecycle/_tier.html draws; no points for a lost account."""

    account: Account
    points: list[Point]
    state: State | None
    observed: str  # "" where the night has none
    may_change: bool
    asked: TierRequest | None  # the open request
    advised: int | None  # days between contacts where all is complex
    goods: str  # typical of the quadrant, "" where it is unknown
    quadrant: str  # in words, "" where it is unknown
    stance: SupplierStance | None  # the latest

    @property
    def missing(self) -> list[Point]:
        """Return the points that are not kept, or of which nothing is known."""
        return [point for point in self.points if point.state != State.KEPT]

    @property
    def kept(self) -> list[Point]:
        """Return the points that are kept."""
        return [point for point in self.points if point.state == State.KEPT]

    @property
    def stance_name(self) -> str:
        """Return the supplier stance in words, "" where it is unknown."""
        return str(Stance(stance(self.stance.readiness)).label) if self.stance else ""

    @property
    def differs(self) -> bool:
        """Say whether the contacts show another tier than the declared one."""
        return bool(self.observed) and self.observed != self.account.tier


@dataclass(frozen=True)
class PolicyChange:
    """One field of a policy that somebody changed, in words."""

    at: dt.datetime
    by: Any
    tier: str
    label: str
    was: str
    now: str


def tier(account: Any, viewer) -> TierPanel:
    """Return the tier panel of an account, against a night's assessment and today's team.

    account  with `evidence` and `observed_tier`, both of the assessment, None where there is none
    """
    figures = account.evidence
    found: list[Point] = []
    advised = None
    where = quadrant(account)
    if account.status != Account.Status.LOST:
        today = business_today()
        policy = TierPolicy.objects.get(tier=account.tier)
        if where == "complex-complex" and policy.complex_days < policy.contact_every_days:
            advised = policy.complex_days
        found = points(
            policy,
            figures or None,  # an old night keeps none
            staffed(account, today),
            account.last_contact_on,
            today=today,
        )
    return TierPanel(
        account=account,
        points=found,
        state=overall(found) if found else None,
        observed=account.observed_tier or "",
        may_change=account.may_be_changed_by(viewer, Change.RELATIONSHIP),
        asked=TierRequest.objects.open().filter(account=account).select_related("asked_by").first(),
        advised=advised,
        goods=str(goods_of(account)),
        quadrant=str(dict(QUADRANTS).get(where, "")),
        stance=SupplierStance.objects.filter(account=account).order_by("-date", "-pk").first(),
    )


def staffed(account: Account, today: dt.date) -> set[str]:
    """Return the functions of ours in the account's team on a day."""
    team = account.team.filter(since__lte=today, user__is_active=True).exclude(until__lt=today)
    return {own or person for own, person in team.values_list("function", "user__function")} - {""}


def policy_history(changes: Iterable[Event]) -> list[PolicyChange]:
    """Return the changes of policies, a line for each field."""
    tiers = {policy.pk: str(policy) for policy in TierPolicy.objects.all()}
    return [
        PolicyChange(
            at=event.at,
            by=event.actor,
            tier=tiers.get(event.subject.get("tierpolicy"), ""),
            label=str(getattr(TierPolicy._meta.get_field(name), "verbose_name", name)),
            was=_word(name, was),
            now=_word(name, now),
        )
        for event in changes
        for name, (was, now) in event.changes.items()
    ]


def _word(name: str, value: Any) -> str:
    if name == "functions":
        return listed(one.label for one in Function if one in value) or "–"
    if name == "levels":
        return listed(one.label for one in Contact.Level if one in value) or "–"
    return str(value)
