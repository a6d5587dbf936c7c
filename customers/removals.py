"""Deleting an entry of the contact log, and putting it back as it was."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from customers import events, last_contact
from customers.editing import touch
from customers.errors import Refused
from customers.models import Account, Contact, Interaction, NextStep, RemovedInteraction
from customers.search import texts

PLAIN = ("kind", "author_id", "subject", "note", "tone")
MOMENTS = ("at", "created_at")


@transaction.atomic
def remove_interaction(entry: Interaction, *, by) -> RemovedInteraction:
    """Delete a contact log entry; its next step stays. Raises Refused if it changed meanwhile."""
    touch(entry)  # two who delete at once, or one who corrects meanwhile: the second is refused
    step = NextStep.objects.filter(interaction=entry).values_list("pk", flat=True).first()
    removed = RemovedInteraction.objects.create(
        entry=entry.pk,
        account=entry.account,
        by=by,
        values={
            **{name: getattr(entry, name) for name in PLAIN},
            **{name: getattr(entry, name).isoformat() for name in MOMENTS},
            "date": entry.date.isoformat(),
            "version": entry.version,
            "ours": list(entry.ours.values_list("pk", flat=True)),
            "theirs": list(entry.theirs.values_list("pk", flat=True)),
            "step": step,
        },
    )
    events.record(
        "interaction.removed", entry.account, by=by, about=entry, subject=(entry.subject, None)
    )
    Interaction.objects.filter(pk=entry.pk).delete()
    last_contact.recount(Account.objects.filter(pk=entry.account_id))
    return removed


@transaction.atomic
def restore_interaction(removed: RemovedInteraction, *, by) -> Interaction:
    """Put a deleted entry back under its id. Raises Refused if somebody did so already."""
    deleted, _rows = RemovedInteraction.objects.filter(pk=removed.pk).delete()
    if not deleted:
        raise Refused(_("The entry is back already."))
    values = removed.values
    entry = Interaction(
        pk=removed.entry,
        account_id=removed.account_id,
        date=dt.date.fromisoformat(values["date"]),
        version=values["version"] + 1,
        **{name: values[name] for name in PLAIN},
        **{name: dt.datetime.fromisoformat(values[name]) for name in MOMENTS},
    )
    entry.save(force_insert=True)
    Interaction.objects.filter(pk=entry.pk).update(
        created_at=dt.datetime.fromisoformat(values["created_at"])  # which insertion set to now
    )
    entry.ours.set(values["ours"])
    # A person may have been merged or deleted meanwhile.
    entry.theirs.set(Contact.objects.filter(pk__in=values["theirs"], account=removed.account_id))
    NextStep.objects.filter(pk=values["step"], interaction=None).update(interaction=entry)
    texts.add(entry)
    last_contact.recount(Account.objects.filter(pk=removed.account_id))
    events.record(
        "interaction.restored",
        removed.account,
        by=by,
        about=entry,
        subject=(None, entry.subject),
    )
    return entry
