"""Context of the account team's panel and of its own page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from customers.access import Change, TeamRole
from customers.calendar import business_today
from customers.models import Account, Function
from customers.parts import Named
from teams import cover, coverage
from teams.models import Deputy, TeamMember, User


@dataclass
class Place:
    """A person's place in the team."""

    member: TeamMember

    @property
    def person(self) -> Named:
        """Return the person as an avatar shows one."""
        return Named(self.member.user.pk, self.member.user.name)

    @property
    def function(self) -> str:
        """Return the function in this team, or else in the company."""
        member = self.member
        return member.get_function_display() or member.user.get_function_display()

    @property
    def leads(self) -> bool:
        """Say whether the person is the account manager."""
        return self.member.role == TeamRole.LEAD

    @property
    def expires(self) -> bool:
        """Say whether the place ends within the days of coverage.EXPIRING_DAYS."""
        return coverage.is_expiring(self.member.until, business_today())


@dataclass
class Layer:
    """A layer of the team and who is in it today."""

    name: str
    label: str
    places: list[Place]


@dataclass
class RosterPanel:
    """The team of an account; `gaps` are the functions nobody in it has."""

    account: Account
    layers: list[Layer]
    gaps: list[str]

    @property
    def count(self) -> int:
        """Return how many people are in the team."""
        return sum(len(layer.places) for layer in self.layers)

    @property
    def people(self) -> list[User]:
        """Return who is in the team."""
        return [place.member.user for layer in self.layers for place in layer.places]


@dataclass
class Covering:
    """A deputy of an account.

    met_on  the last contact at which the deputy was present; near: it lies within CONTACT_DAYS
    """

    deputy: Deputy
    met_on: dt.date | None
    near: bool
    coming: bool

    @property
    def person(self) -> Named:
        """Return the deputy as an avatar shows one."""
        return Named(self.deputy.user.pk, self.deputy.user.name)


@dataclass
class DeputiesPanel:
    """Who covers an account; `days` within which a deputy has to have been in contact."""

    account: Account
    rows: list[Covering]
    days: int = cover.CONTACT_DAYS


@dataclass
class Line:
    """A function of a team: who has it in each layer; `missing` where it is needed and nobody."""

    label: str
    missing: bool
    cells: list[tuple[str, list[Place]]]


@dataclass
class TeamPanel:
    """The whole team of an account: today's by function and layer, who comes, who went.

    needed  in words: the functions that such a team must have
    """

    account: Account
    may_change: bool
    layers: list[str]
    lines: list[Line]
    places: list[Place]
    coming: list[Place] = field(default_factory=list)
    former: list[Place] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def expiring(self) -> list[Place]:
        """Return who leaves within the days of coverage.EXPIRING_DAYS."""
        return [place for place in self.places if place.expires]

    @property
    def leaderless(self) -> bool:
        """Say whether nobody leads the team: so come accounts that were imported."""
        return self.account.owner_id is None


def roster(account: Account, *, needed: Sequence[str]) -> RosterPanel:
    """Return the team as it is today, the account manager first.

    needed  the functions that the team must have
    """
    today = business_today()
    members = list(
        account.team.filter(since__lte=today).exclude(until__lt=today).select_related("user")
    )
    members.sort(key=_by_lead_and_name)
    layers = [
        Layer(name, str(label), [Place(member) for member in members if member.layer == name])
        for name, label in TeamMember.Layer.choices
    ]
    missing = _labels(coverage.gaps(needed, _staffed(members)))
    return RosterPanel(account, [layer for layer in layers if layer.places], missing)


def deputies(account: Account) -> DeputiesPanel:
    """Return who covers an account today or will; one query."""
    today = business_today()
    found: list[Any] = cover.deputies_of([account.pk]).get(account.pk, [])
    rows = [
        Covering(row, row.met_on, cover.is_near(row.met_on), row.since > today) for row in found
    ]
    return DeputiesPanel(account, rows)


def team(account: Account, viewer, *, needed: Sequence[str]) -> TeamPanel:
    """Return the whole team: those of today by function and layer, those to come, those of before.

    needed  the functions that the team must have
    """
    today = business_today()
    members = sorted(account.team.select_related("user"), key=_by_lead_and_name)
    now = [m for m in members if m.since <= today and not (m.until and m.until < today)]
    coming = sorted((m for m in members if m.since > today), key=lambda m: m.since)
    former = [m for m in members if m.until and m.until < today]
    former.sort(key=lambda m: m.until or today, reverse=True)
    missing = coverage.gaps(needed, _staffed(now))
    return TeamPanel(
        account=account,
        may_change=account.may_be_changed_by(viewer, Change.RELATIONSHIP),
        layers=[str(label) for label in TeamMember.Layer.labels],
        lines=_lines(now, missing),
        places=[Place(member) for member in now],
        coming=[Place(member) for member in coming],
        former=[Place(member) for member in former],
        gaps=_labels(missing),
    )


def _lines(members: list[TeamMember], missing: list[str]) -> list[Line]:
    """Return the functions that are there or missing, each with its people by layer."""
    there = {_function(member) for member in members}
    words = {**dict(Function.choices), "": _("No function")}
    return [
        Line(
            str(label),
            function in missing,
            [
                (
                    str(layer_label),
                    [
                        Place(member)
                        for member in members
                        if member.layer == layer and _function(member) == function
                    ],
                )
                for layer, layer_label in TeamMember.Layer.choices
            ],
        )
        for function, label in words.items()
        if function in there or function in missing
    ]


def _by_lead_and_name(member: TeamMember) -> tuple[bool, str]:
    return member.role != TeamRole.LEAD, member.user.name.casefold()


def _function(member: TeamMember) -> str:
    return member.function or member.user.function


def _staffed(members: list[TeamMember]) -> set[str]:
    """Return the functions of those in a team who are still with us."""
    return {_function(member) for member in members if member.user.is_active}


def _labels(functions: list[str]) -> list[str]:
    return [str(Function(function).label) for function in functions]
