"""Events in, notices out: who should hear of what.

The account manager and the editing members of the team hear what happens to their account; who is
given an account, a flag or a next step hears of that. A flag that nobody answered goes to the
directors above. Nobody hears of his own doing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F

from accounts_crm.models import Notice
from customers.access import EDITING_TEAM_ROLES
from customers.calendar import business_today
from customers.models import Account, Event, NextStep
from teams.directing import directors_of
from teams.models import TeamMember, User

TEAM_HEARS = frozenset(
    {
        "flag.opened",
        "flag.asked",
        "flag.woken",
        "stage.moved",
        "stage.interrupted",
        "stage.resumed",
        "complaint.recorded",
    }
)
GIVEN = frozenset({"step.planned", "step.changed"})
HEARD_OF = TEAM_HEARS | GIVEN | {"owner.changed", "flag.assigned", "flag.escalated"}
# Up to so many of one kind at once are told one by one; a change of many rows is told as one.
ONE_BY_ONE = 5


def make(events: Iterable[Event]) -> int:
    """Write the notices of these events; return how many people and events were matched.

    Done twice for the same events it writes nothing more.
    """
    told: defaultdict[tuple[int, str, bool], list[Event]] = defaultdict(list)
    for event, person in _heard([event for event in events if event.kind in HEARD_OF]):
        told[person, event.kind, waits(event)].append(event)
    people = {person for person, _kind, _waits in told}
    here = set(User.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    rows = []
    for (person, _kind, summed), some in told.items():
        if person not in here:
            continue
        if len(some) <= ONE_BY_ONE and not summed:
            rows += [Notice(user_id=person, event=event) for event in some]
        else:
            rows.append(Notice(user_id=person, event=some[-1], count=len(some)))
    Notice.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def waits(event: Event) -> bool:
    """Say whether an event is a flag that does not fit into the manager's week: it is summed up."""
    return event.kind == "flag.opened" and event.changes.get("told_on") == [None, None]


def _heard(events: list[Event]) -> Iterator[tuple[Event, int]]:
    """Yield each event with each person who should hear of it."""
    circle = _circle({event.account_id for event in events if event.kind in TEAM_HEARS})
    directors = directors_of(event.account_id for event in events if event.kind == "flag.escalated")
    doers = _doers([event.subject.get("nextstep") for event in events if event.kind in GIVEN])
    for event in events:
        if event.kind in TEAM_HEARS:
            people = circle[event.account_id]
        elif event.kind == "flag.escalated":
            people = directors.get(event.account_id, set())
        elif event.kind in ("owner.changed", "flag.assigned"):
            people = {event.changes["owner"][1]} if "owner" in event.changes else set()
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
