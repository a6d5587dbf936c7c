"""Events in, notices out: who should hear of what.

The account manager and the editing members of the team hear what happens to their account; who is
given an account or a next step hears of that. Nobody hears of his own doing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F

from accounts_crm.models import Notice
from customers.access import EDITING_TEAM_ROLES
from customers.calendar import business_today
from customers.models import Account, Event, NextStep
from teams.models import TeamMember, User

TEAM_HEARS = frozenset(
    {"flag.opened", "stage.moved", "stage.interrupted", "stage.resumed", "complaint.recorded"}
)
GIVEN = frozenset({"step.planned", "step.changed"})
HEARD_OF = TEAM_HEARS | GIVEN | {"owner.changed"}
# Up to so many of one kind at once are told one by one; a change of many rows is told as one.
ONE_BY_ONE = 5


def make(events: Iterable[Event]) -> int:
    """Write the notices of these events; return how many people and events were matched.

    Done twice for the same events it writes nothing more.
    """
    told: defaultdict[tuple[int, str], list[Event]] = defaultdict(list)
    for event, person in _heard([event for event in events if event.kind in HEARD_OF]):
        told[person, event.kind].append(event)
    here = set(
        User.objects.filter(pk__in={person for person, _kind in told}, is_active=True).values_list(
            "pk", flat=True
        )
    )
    rows = []
    for (person, _kind), some in told.items():
        if person not in here:
            continue
        if len(some) <= ONE_BY_ONE:
            rows += [Notice(user_id=person, event=event) for event in some]
        else:
            rows.append(Notice(user_id=person, event=some[-1], count=len(some)))
    Notice.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def _heard(events: list[Event]) -> Iterator[tuple[Event, int]]:
    """Yield each event with each person who should hear of it."""
    circle = _circle({event.account_id for event in events if event.kind in TEAM_HEARS})
    doers = _doers([event.subject.get("nextstep") for event in events if event.kind in GIVEN])
    for event in events:
        if event.kind in TEAM_HEARS:
            people = circle[event.account_id]
        elif event.kind == "owner.changed":
            people = {event.changes["owner"][1]}
        elif event.kind == "step.changed":
            people = {event.changes["who"][1]} if "who" in event.changes else set()
        else:
            people = {doers.get(event.subject.get("nextstep"))}
        for person in people - {event.actor_id}:
            if person is not None:
                yield event, person


def _circle(accounts: set[Any]) -> defaultdict[int | None, set[int | None]]:
    """Return the account manager and the editing members of each account's team today."""
    today = business_today()
    members = (
        TeamMember.objects.filter(
            account__in=accounts, role__in=EDITING_TEAM_ROLES, since__lte=today
        )
        .exclude(until__lt=today)
        .values_list("account", "user")
    )
    owners = Account.objects.filter(pk__in=accounts).values_list("pk", F("owner"))
    circle: defaultdict[int | None, set[int | None]] = defaultdict(set)
    for account, person in [*owners.order_by(), *members.order_by()]:
        circle[account].add(person)
    return circle


def _doers(steps: list[Any]) -> dict[int | None, int]:
    return dict(NextStep.objects.filter(pk__in=steps).order_by().values_list("pk", "who"))
