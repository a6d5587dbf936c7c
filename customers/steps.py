"""Reading next steps for a page."""

from collections.abc import Iterable

from customers.models import Interaction, NextStep


def with_people(steps: Iterable[NextStep]) -> list[NextStep]:
    """Return steps, each with `people`: the names of whom the step came out of meeting."""
    steps = list(steps)
    met: dict[int | None, list[str]] = {}
    pairs = Interaction.theirs.through.objects.filter(
        interaction__in=[step.interaction_id for step in steps if step.interaction_id]
    )
    for entry, name in pairs.order_by("contact__name").values_list("interaction", "contact__name"):
        met.setdefault(entry, []).append(name)
    for step in steps:
        step.people = met.get(step.interaction_id, [])  # type: ignore[attr-defined]
    return steps
