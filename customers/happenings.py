"""Events as the timeline tells them, in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy as _

from customers.models import Account, Complaint, Contact, Event, NextStep

# Kinds of event that stand in the timeline -> icon, words. What has an entry of its own there (the
# contact log, a complaint) is not told twice. The kinds of higher floors are told too.
SHOWN = {
    "account.opened": ("plus", _("Account added")),
    "account.changed": ("edit", _("Account changed")),
    "owner.changed": ("user", _("Account manager changed")),
    "member.joined": ("team", _("Joined the account team")),
    "member.left": ("team", _("Left the account team")),
    "contact.added": ("contact", _("Contact added")),
    "contact.changed": ("contact", _("Contact changed")),
    "complaint.changed": ("alert", _("Complaint changed")),
    "satisfaction.recorded": ("smile", _("Satisfaction recorded")),
    "potential.recorded": ("box", _("Purchase potential recorded")),
    "step.done": ("done", _("Next step done")),
    "step.dropped": ("x", _("Next step dropped")),
    "flag.opened": ("flag", _("Flag opened")),
    "flag.acknowledged": ("flag", _("Flag acknowledged")),
    "flag.recovery": ("flag", _("Recovery started")),
    "flag.closed": ("flag", _("Flag closed")),
    "flag.noted": ("flag", _("Note on a flag")),
}
MODELS = {
    "account": Account,
    "contact": Contact,
    "complaint": Complaint,
    "step": NextStep,
}
PEOPLE = ("owner", "user", "who")
# Rows named by id, whose names the reader might not be allowed to know; and what goes without
# saying.
NAMELESS = ("parent", "region")
SILENT = ("closed_at", "closed_on", "state", "closed_as_of", "kind", "code")


@dataclass(frozen=True)
class Change:
    """A field and its values before and after, in words; both empty where only the fact counts."""

    label: str
    was: str
    now: str


@dataclass(frozen=True)
class Told:
    """An event in words."""

    event: Event
    icon: str
    title: str
    changes: list[Change]


def told(events: list[Event]) -> list[Told]:
    """Return events in words; people are named in one query."""
    ids = {
        pk
        for event in events
        for name, pair in event.changes.items()
        if name in PEOPLE
        for pk in pair
        if isinstance(pk, int)
    }
    names = dict(get_user_model().objects.filter(pk__in=ids).values_list("pk", "name"))
    return [_tell(event, names) for event in events]


def _tell(event: Event, names: dict[int, str]) -> Told:
    icon, title = SHOWN[event.kind]
    model = MODELS.get(event.kind.split(".")[0])
    changes = [
        _change(model, name, was, now, names)
        for name, (was, now) in event.changes.items()
        if name not in SILENT and (was or now or was == 0 or now == 0)
    ]
    return Told(event, icon, str(title), changes)


def _change(model, name: str, was: Any, now: Any, names: dict[int, str]) -> Change:
    label, choices = name, {}
    try:
        field = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        field = None
    if field is not None:
        label = str(getattr(field, "verbose_name", name))
        choices = dict(getattr(field, "flatchoices", ()) or ())
    if name in NAMELESS:
        return Change(label, "", "")
    if name in PEOPLE:
        return Change("", names.get(was, ""), names.get(now, ""))
    return Change(label if was is not None else "", _word(choices, was), _word(choices, now))


def _word(choices: dict, value: Any) -> str:
    return "" if value is None else str(choices.get(value, value))
