"""What the facts of an account support: its stage, what is missing for more, its observed tier.

The supported stage is the highest whose own gates and those of all lower stages hold; what is
unknown is a missing point, never a zero. Thresholds stand in StageGate and TierPolicy (the design,
§3 and §4). An earlier day is assessed by the gates of its end, which the history tells; the
marks of a tier have none.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from customers.calendar import end_of
from customers.models import Contact, Event, Tier
from lifecycle import facts as reading
from lifecycle.facts import Facts
from lifecycle.models import StageGate, TierPolicy
from lifecycle.stages import NEXT, TRACK
from teams.models.joint_groups import active_since

Kind = StageGate.Kind
DIRECTORS = (Contact.Level.DIRECTOR, Contact.Level.EXECUTIVE, Contact.Level.BOARD)
LADDER = (
    Contact.Level.STAFF,
    Contact.Level.MANAGER,
    Contact.Level.DIRECTOR,
    Contact.Level.EXECUTIVE,
)
PLACES: dict[str, int] = {stage: at for at, stage in enumerate(TRACK)}
TIER_DAYS = 180  # of an observed tier (the design, §3)


@dataclass(frozen=True)
class Policy:
    """The gates of each stage, and what a tier is observed by."""

    gates: dict[str, list[StageGate]]
    tiers: dict[str, TierPolicy]


@dataclass(frozen=True)
class Point:
    """A gate and what there is of it: `have` is None where that is unknown."""

    gate: StageGate
    have: int | None

    @property
    def held(self) -> bool:
        """Say whether the gate holds."""
        return self.have is not None and self.have >= self.gate.least


@dataclass(frozen=True)
class Finding:
    """What the facts of an account support, against the stage on record."""

    recorded: str
    supported: str
    observed_tier: str
    points: list[Point]  # of all stages, in their order
    unrated: int = 0  # order lines that the wallet share leaves out

    @property
    def place(self) -> str:
        """Return the stage that `missing` and `lost` are told from."""
        return self.recorded if self.recorded in TRACK else self.supported

    @property
    def next(self) -> str:
        """Return the stage above, "" at the top."""
        above = [stage for stage in NEXT[self.place] if _rank(stage) > _rank(self.place)]
        return above[0] if above else ""

    @property
    def missing(self) -> list[Point]:
        """Return the points that lack for the next stage."""
        above = self.next
        return [one for one in self.points if one.gate.stage == above and not one.held]

    @property
    def lost(self) -> list[Point]:
        """Return the points of the recorded stage, and of those below, that do not hold."""
        if self.recorded not in TRACK:
            return []
        return self.lacking(self.recorded)

    def lacking(self, stage: str) -> list[Point]:
        """Return the points that do not hold up to a stage, its own included."""
        top = _rank(stage)
        return [one for one in self.points if _rank(one.gate.stage) <= top and not one.held]


def policy(as_of: dt.date | None = None) -> Policy:
    """Return the policy as it is now, or with the gates as they were at the end of a day."""
    return Policy(gates(as_of), {row.tier: row for row in TierPolicy.objects.all()})


def gates(as_of: dt.date | None = None) -> dict[str, list[StageGate]]:
    """Return the gates that are asked for, by stage: now, or as they were at the end of a day."""
    rows = {gate.pk: gate for gate in StageGate.objects.all()}
    if as_of is not None:
        later = Event.objects.filter(kind="stage_gate.changed", at__gte=end_of(as_of))
        for subject, changes in later.order_by("-at", "-pk").values_list("subject", "changes"):
            for name, (was, _now) in changes.items():
                setattr(rows[subject["stagegate"]], name, was)
    found: dict[str, list[StageGate]] = {stage: [] for stage in TRACK}
    for gate in rows.values():
        if gate.least:
            found[gate.stage].append(gate)
    return found


def assess(account, as_of: dt.date, rules: Policy | None = None) -> Finding:
    """Return what is supported for one account as of a day, from the facts as they are now."""
    found = reading.of_one(account.pk, as_of)
    return judge(found, account.stage, as_of, rules or policy(as_of))


def judge(found: Facts, recorded: str, as_of: dt.date, rules: Policy) -> Finding:
    """Return what facts support. Pure: the same facts and rules give the same finding."""
    points = [
        Point(gate, have(gate, found, as_of)) for stage in TRACK for gate in rules.gates[stage]
    ]
    supported = TRACK[0]
    for stage in TRACK:
        if not all(one.held for one in points if one.gate.stage == stage):
            break
        supported = stage
    return Finding(recorded, supported, _observed(found, as_of, rules), points, found.unrated)


def have(gate: StageGate, found: Facts, as_of: dt.date) -> int | None:
    """Return how many of a gate there are within its days, None where unknown."""
    since = as_of - dt.timedelta(days=(gate.days or reading.REACH) - 1)
    match gate.kind:
        case Kind.TRADE:
            return int(found.purchase_on is not None)
        case Kind.SHARE:
            return None if found.share_permille is None else found.share_permille // 10
        case Kind.FUNCTIONS:
            return _recent(found.functions.values(), since)
        case Kind.LEVELS:
            return _recent(found.levels.values(), since)
        case Kind.PAIRS:
            return _recent(found.pairs.values(), since)
        case Kind.DIRECTOR:
            return _recent((found.levels.get(level) for level in DIRECTORS), since)
        case Kind.GROUPS:
            return _recent(found.groups.values(), since)
        case Kind.TOP:
            return _recent(found.top, since)
        case Kind.OPEN_BOOK:
            return int(found.open_book is not None)
    raise ValueError(f"have got the gate {gate.kind!r}, expected one of {list(Kind)}")


def _observed(found: Facts, as_of: dt.date, rules: Policy) -> str:
    """Return the highest tier whose marks are all seen."""
    since = as_of - dt.timedelta(days=TIER_DAYS - 1)
    active = active_since(as_of)
    functions = _recent(found.functions.values(), since)
    ours = _recent(found.ours.values(), since)
    levels = _recent((found.levels.get(level) for level in LADDER), since)
    groups = _recent(found.groups.values(), active)
    for tier in (Tier.STRATEGIC, Tier.PARTNER):
        row = rules.tiers.get(tier)
        if row and (
            functions >= row.seen_functions
            and ours >= row.seen_ours
            and levels >= row.seen_levels
            and groups >= row.seen_groups
        ):
            return tier
    return Tier.ORDINARY


def _recent(days: Iterable[dt.date | None], since: dt.date) -> int:
    return sum(day is not None and day >= since for day in days)


def _rank(stage: str) -> int:
    return PLACES[stage]
