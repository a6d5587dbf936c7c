"""Context of the account team's panel."""

from dataclasses import dataclass

from django.utils import timezone

from customers.access import TeamRole
from customers.models import Account, Function
from customers.parts import Named
from teams.models import TeamMember, User

# A cross-functional team has somebody from each of these.
CROSS_FUNCTIONAL = (
    Function.RND,
    Function.COMMERCIAL,
    Function.FINANCE,
    Function.MARKETING,
    Function.SERVICE,
)


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


def roster(account: Account, viewer) -> RosterPanel:
    """Return the team as it is today, the account manager first."""
    today = timezone.localdate()
    members = list(
        account.team.filter(since__lte=today).exclude(until__lt=today).select_related("user")
    )
    members.sort(key=lambda member: (member.role != TeamRole.LEAD, member.user.name.casefold()))
    layers = [
        Layer(name, str(label), [Place(member) for member in members if member.layer == name])
        for name, label in TeamMember.Layer.choices
    ]
    there = {member.function or member.user.function for member in members}
    gaps = [str(function.label) for function in CROSS_FUNCTIONAL if function not in there]
    return RosterPanel(account, [layer for layer in layers if layer.places], gaps)
