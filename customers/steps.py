"""Reading next steps for a page."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from customers.models import Account, Interaction, NextStep


def open_steps(account: Account) -> list[NextStep]:
    """Return an account's open steps, soonest first, each with `people`; one query."""
    rows = (
        account.next_steps.filter(state=NextStep.State.OPEN)
        .select_related("who", "interaction")
        .annotate(person=F("interaction__theirs__name"))  # a row for each
        .order_by("due", "pk", "person")
    )
    steps: dict[int, NextStep] = {}
    for row in rows:
        step: Any = steps.setdefault(row.pk, row)
        step.people = [*getattr(step, "people", ()), *filter(None, [row.person])]
    return list(steps.values())


def with_people(steps: Iterable[NextStep], beside: Iterable[Interaction] = ()) -> list[NextStep]:
    """Return steps, each with `people`: the names of whom the step came out of meeting.

    beside  log entries of the same page, which get `people` in the same query
    """
    steps, beside = list(steps), list(beside)
    met: dict[int | None, list[str]] = {}
    entries = {step.interaction_id for step in steps if step.interaction_id}
    pairs = Interaction.theirs.through.objects.filter(
        interaction__in=entries | {entry.pk for entry in beside}
    )
    for pk, name in pairs.order_by("contact__name").values_list("interaction", "contact__name"):
        met.setdefault(pk, []).append(name)
    for step in steps:
        step.people = met.get(step.interaction_id, [])  # type: ignore[attr-defined]
    for entry in beside:
        entry.people = met.get(entry.pk, [])  # type: ignore[attr-defined]
    return steps
