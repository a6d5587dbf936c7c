"""Events as the timeline tells them, in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from customers import figures
from customers.models import (
    Account,
    CompetitorSighting,
    Complaint,
    Contact,
    Event,
    Interaction,
    NextStep,
    PurchasePotential,
    Receivable,
)

# Kinds of event that stand in the timeline -> icon, words. What has an entry of its own there (the
# contact log, a complaint) is not told twice. The kinds of higher floors are told too.
SHOWN = {
    "account.opened": ("plus", _("Account added")),
    "account.changed": ("edit", _("Account changed")),
    "owner.changed": ("user", _("Account manager changed")),
    "member.joined": ("team", _("Joined the account team")),
    "member.left": ("team", _("Left the account team")),
    "member.changed": ("team", _("Place in the account team changed")),
    "jointgroup.opened": ("group", _("Joint group opened")),
    "jointgroup.changed": ("group", _("Joint group changed")),
    "jointgroup.ended": ("group", _("Joint group ended")),
    "jointmeeting.held": ("meeting", _("Joint group met")),
    "jointmeeting.removed": ("x", _("Meeting of a joint group taken out")),
    "jointoffice.opened": ("accounts", _("Joint office opened")),
    "jointoffice.changed": ("accounts", _("Joint office changed")),
    "deputy.named": ("team", _("Deputy named")),
    "deputy.ended": ("team", _("Deputy ended")),
    "handover.opened": ("user", _("Handover opened")),
    "handover.done": ("done", _("Handover done")),
    "contact.added": ("contact", _("Contact added")),
    "contact.changed": ("contact", _("Contact changed")),
    "interaction.changed": ("edit", _("Entry corrected")),
    "interaction.removed": ("x", _("Entry deleted")),
    "interaction.restored": ("redo", _("Entry put back")),
    "complaint.changed": ("alert", _("Complaint changed")),
    "satisfaction.recorded": ("smile", _("Satisfaction recorded")),
    "potential.recorded": ("box", _("Purchase potential recorded")),
    "receivable.recorded": ("clock", _("Invoice or credit trouble recorded")),
    "receivable.changed": ("clock", _("Invoice or credit trouble changed")),
    "sighting.recorded": ("search", _("Competitor seen")),
    "sighting.changed": ("edit", _("Sighting of a competitor corrected")),
    "step.done": ("done", _("Next step done")),
    "step.dropped": ("x", _("Next step dropped")),
    "stage.moved": ("board", _("Stage moved")),
    "stage.interrupted": ("alert", _("Relationship interrupted")),
    "stage.resumed": ("redo", _("Relationship resumed")),
    "tier.asked": ("tag", _("Another tier asked for")),
    "tier.approved": ("tag", _("Tier changed")),
    "tier.declined": ("x", _("Another tier declined")),
    "tier.withdrawn": ("undo", _("Request for another tier withdrawn")),
    "stance.recorded": ("tag", _("Supplier stance rated")),
    "openbook.recorded": ("note", _("Open-book agreement recorded")),
    "openbook.changed": ("note", _("Open-book agreement corrected")),
    "openbook.ended": ("note", _("Open-book agreement ended")),
    "flag.opened": ("flag", _("Flag opened")),
    "flag.asked": ("flag", _("Flag to be answered")),
    "flag.acknowledged": ("flag", _("Flag acknowledged")),
    "flag.assigned": ("user", _("Flag handed on")),
    "flag.snoozed": ("flag", _("Flag snoozed")),
    "flag.woken": ("flag", _("Flag asks again")),
    "flag.escalated": ("alert", _("Flag without an answer, told to the director")),
    "flag.recovery": ("flag", _("Recovery started")),
    "flag.closed": ("flag", _("Flag closed")),
    "defection.recorded": ("alert", _("Customer lost")),
    "defection.changed": ("edit", _("Loss of the customer changed")),
    "flag.noted": ("flag", _("Note on a flag")),
}
MODELS = {
    "account": Account,
    "contact": Contact,
    "complaint": Complaint,
    "potential": PurchasePotential,
    "receivable": Receivable,
    "sighting": CompetitorSighting,
    "interaction": Interaction,
    "step": NextStep,
    "stage": Account,
    # By name: teams stands one floor above.
    "member": "teams.TeamMember",
    "jointgroup": "teams.JointGroup",
    "jointmeeting": "teams.JointMeeting",
    "jointoffice": "teams.JointOffice",
    "deputy": "teams.Deputy",
    "handover": "teams.Handover",
    "tier": Account,
    "flag": "churn.Flag",
    "openbook": "lifecycle.OpenBook",
    "defection": "churn.Defection",
}
# What events call a field that a model knows by another name.
ALIASES = {"asked_tier": "tier"}
LOOKED_THROUGH = 1000  # events, for the names of the fields they changed
PEOPLE = ("owner", "user", "who")
MONEY = ("amount_minor",)  # said with its currency, where the event names it
# Rows named by id, whose names the reader might not be allowed to know; and what goes without
# saying.
NAMELESS = (
    "parent", "region", "ours", "theirs", "at", "playbook", "value_lost", "keeping_cost"
)  # fmt: skip
SILENT = (
    "date",
    "closed_at",
    "closed_on",
    "state",
    "closed_as_of",
    "kind",
    "code",
    "causes",
    "told_on",
)


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


def fields_of(events) -> dict[str, str]:
    """Return the fields that the latest events changed, with their names, in the names' order."""
    found: dict[str, str] = {}
    latest = events.order_by("-at", "-pk")[:LOOKED_THROUGH]
    for kind, changes in latest.values_list("kind", "changes"):
        for name in changes:
            if name not in found and _is_told(name, changes):
                found[name] = _label(_model(kind), name)
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _is_told(name: str, changes: dict) -> bool:
    """Say whether a field is told by itself; the currency of an amount stands with that."""
    with_amount = name == "currency" and any(money in changes for money in MONEY)
    return name not in SILENT and not with_amount


def told(events: list[Event], only: str = "") -> list[Told]:
    """Return events in words; people are named in one query.

    only  a field: the changes of all others are left out
    """
    ids = {
        pk
        for event in events
        for name, pair in event.changes.items()
        if name in PEOPLE
        for pk in pair
        if isinstance(pk, int)
    }
    names = dict(get_user_model().objects.filter(pk__in=ids).values_list("pk", "name"))
    return [_tell(event, names, only) for event in events]


def _tell(event: Event, names: dict[int, str], only: str) -> Told:
    icon, title = SHOWN[event.kind]
    model = _model(event.kind)
    currencies = event.changes.get("currency", ("", ""))
    changes = [
        _amount(_label(model, name), (was, now), currencies)
        if name in MONEY
        else _change(model, name, was, now, names)
        for name, (was, now) in event.changes.items()
        if _is_told(name, event.changes)
        and (was or now or was == 0 or now == 0)
        and only in ("", name)
    ]
    return Told(event, icon, str(title), changes)


def _model(kind: str):
    """Return the model whose fields an event of this kind changes, None where it is none."""
    model = MODELS.get(kind.split(".")[0])
    return apps.get_model(model) if isinstance(model, str) else model


def _field(model, name: str):
    """Return a model's field, None for what events say besides."""
    try:
        return model._meta.get_field(ALIASES.get(name, name)) if model else None
    except FieldDoesNotExist:
        return None


def _label(model, name: str) -> str:
    """Return the name of a field in words."""
    return str(getattr(_field(model, name), "verbose_name", name))


def _change(model, name: str, was: Any, now: Any, names: dict[int, str]) -> Change:
    label, field = _label(model, name), _field(model, name)
    if name in NAMELESS:
        return Change(label, "", "")
    if name in PEOPLE:
        return Change("", names.get(was, ""), names.get(now, ""))
    # What came new needs its name where it is a day or a number, if we have one in words.
    speaks = field is None or (isinstance(now, str) and not isinstance(field, models.DateField))
    named = was is not None or not speaks
    return Change(label if named else "", _word(field, was), _word(field, now))


def _amount(label: str, amounts, currencies) -> Change:
    was, now = (
        figures.money(amount, currency) if amount is not None and currency else ""
        for amount, currency in zip(amounts, currencies, strict=True)
    )
    return Change(label, was, now)


def _word(field: Any, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(field, models.DateTimeField):
        at = parse_datetime(value)
        return figures.moment(at) if at else value
    if isinstance(field, models.DateField):
        day = parse_date(value)
        return figures.short_date(day) if day else value
    return str(dict(getattr(field, "flatchoices", ()) or ()).get(value, value))
