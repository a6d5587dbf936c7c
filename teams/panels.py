"""Context of the account team's panel."""

from dataclasses import dataclass

from django.utils import timezone

from customers.models import Account, Function
from teams.models import TeamMember

# A cross-functional team has somebody from each of these.
CROSS_FUNCTIONAL = (
    Function.RND,
    Function.COMMERCIAL,
    Function.FINANCE,
    Function.MARKETING,
    Function.SERVICE,
)


@dataclass
class Layer:
    """A layer of the team and who is in it today."""

    name: str
    label: str
    members: list[TeamMember]


@dataclass
class RosterPanel:
    """The team of an account; `gaps` are the functions nobody in it has."""

    account: Account
    layers: list[Layer]
    gaps: list[str]

    @property
    def count(self) -> int:
        """Return how many people are in the team."""
        return sum(len(layer.members) for layer in self.layers)


def roster(account: Account, viewer) -> RosterPanel:
    """Return the team as it is today, the account manager first."""
    today = timezone.localdate()
    members = list(
        account.team.filter(since__lte=today).exclude(until__lt=today).select_related("user")
    )
    members.sort(key=lambda member: (member.role != "lead", member.user.name.casefold()))
    layers = [
        Layer(name, str(label), [member for member in members if member.layer == name])
        for name, label in TeamMember.Layer.choices
    ]
    there = {member.function or member.user.function for member in members}
    gaps = [str(function.label) for function in CROSS_FUNCTIONAL if function not in there]
    return RosterPanel(account, [layer for layer in layers if layer.members], gaps)
