"""Writes of the ground floor. Each is one transaction, its event included."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import events, last_contact, rates
from customers.calendar import business_date, business_today
from customers.editing import change, touch
from customers.errors import Refused
from customers.figures import listed
from customers.models import (
    Account,
    Complaint,
    Contact,
    Interaction,
    NextStep,
    PurchasePotential,
    Region,
    SatisfactionScore,
)
from customers.search import texts
from customers.tree import place_under


def open_account(*, by, code: str, name: str, parent: Account | None = None, **values) -> Account:
    """Add an account. Raises Refused if the code is taken."""
    code = code.strip()
    try:
        with transaction.atomic():
            account = Account.objects.create(code=code, name=name, parent=parent, **values)
            texts.add(account)
            events.record("account.opened", account, by=by, code=(None, code), name=(None, name))
    except IntegrityError:
        raise Refused(
            _("The code “%(code)s” belongs to another account. Choose another code.")
            % {"code": code},
            field="code",
        ) from None
    return account


@transaction.atomic
def change_account(account: Account, *, by, version: int | None, **values) -> list[str]:
    """Change master data of an account, its place in the group included.

    Tier and stage belong to lifecycle, the owner to teams.
    Raises Refused if the code is taken, the parent would close a circle, or the version is stale.
    """
    if forbidden := {"tier", "stage", "owner", "version"} & set(values):
        raise ValueError(f"change_account got {sorted(forbidden)}, which other actions write")
    if "parent" in values and values["parent"] != account.parent:
        # Checks and writes; the change below then only records it and moves the version.
        was = account.parent
        place_under(account, values["parent"])
        Account.objects.filter(pk=account.pk).update(parent=was)
    try:
        with transaction.atomic():
            return change(account, "account.changed", by=by, version=version, **values)
    except IntegrityError:
        raise Refused(
            _("The code “%(code)s” belongs to another account. Choose another code.")
            % {"code": values.get("code")},
            field="code",
        ) from None


def add_region(name: str, parent: Region | None = None) -> Region:
    """Find or make a region by name below a parent."""
    region, _made = Region.objects.get_or_create(name=name.strip(), parent=parent)
    return region


@transaction.atomic
def add_contact(account: Account, *, by, name: str, **values) -> Contact:
    """Add a person at a customer. Raises Refused if the superior is of another account."""
    _check_superior(account, values.get("parent"))
    contact = Contact.objects.create(account=account, name=name, **values)
    texts.add(contact)
    events.record("contact.added", account, by=by, about=contact, name=(None, name))
    return contact


@transaction.atomic
def change_contact(contact: Contact, *, by, version: int | None, **values) -> list[str]:
    """Change a person. Raises Refused for a stale version or a circle in the org chart."""
    if "parent" in values and values["parent"] != contact.parent:
        _check_superior(contact.account, values["parent"])
        was = contact.parent
        place_under(contact, values["parent"])
        Contact.objects.filter(pk=contact.pk).update(parent=was)
    return change(contact, "contact.changed", by=by, version=version, **values)


@transaction.atomic
def log_contact(
    account: Account,
    *,
    by,
    kind: str,
    at: dt.datetime | None = None,
    ours: Iterable[Any] = (),
    theirs: Iterable[Contact] = (),
    subject: str = "",
    note: str = "",
    tone: int | None = None,
    step: dict | None = None,
) -> Interaction:
    """Log a contact, with at most one next step.

    at    when it happened, now if not given; never in the future
    ours  our people present, the author if not given
    step  {"what": str, "due": date, "who": user or None}
    Raises Refused naming the field at fault.
    """
    at = at or timezone.now()
    _check_past(at)
    theirs = list(theirs)
    _check_people(account, theirs)
    entry = Interaction.objects.create(
        account=account,
        kind=kind,
        at=at,
        date=business_date(at),
        author=by,
        subject=subject.strip(),
        note=note.strip(),
        tone=tone,
    )
    entry.ours.set(list(ours) or [by])
    entry.theirs.set(theirs)
    last_contact.note(account, entry.date)
    texts.add(entry)
    events.record("interaction.logged", account, by=by, about=entry, kind=(None, kind))
    if step:
        plan_step(account, by=by, interaction=entry, **step)
    return entry


@transaction.atomic
def change_interaction(
    entry: Interaction, *, by, version: int | None, theirs=None, ours=None, **values
) -> list[str]:
    """Correct a contact log entry. Raises Refused as log_contact does, and for a stale version."""
    if "at" in values:
        _check_past(values["at"])
        values["date"] = business_date(values["at"])
    fields = change(entry, "interaction.changed", by=by, version=version, **values)
    if "date" in fields:
        last_contact.recount(Account.objects.filter(pk=entry.account_id))
    changed = [*fields]
    for name, people in (("theirs", theirs), ("ours", ours)):
        if people is None:
            continue
        people = list(people)
        if name == "theirs":
            _check_people(entry.account, people)
        was = sorted(getattr(entry, name).values_list("pk", flat=True))
        now = sorted(person.pk for person in people)
        if was != now:
            getattr(entry, name).set(people)
            events.record(
                "interaction.changed", entry.account, by=by, about=entry, **{name: (was, now)}
            )
            changed.append(name)
    if changed and not fields:
        touch(entry)
    return changed


@transaction.atomic
def plan_step(
    account: Account,
    *,
    by,
    what: str,
    due: dt.date,
    who=None,
    interaction: Interaction | None = None,
) -> NextStep:
    """Plan a next step; without `who` it is the planner's own.

    Raises Refused if the person has left or the log entry has a step already.
    """
    who = who or by
    if not who.is_active:
        raise Refused(
            _("%(person)s has left the company. Give the step to somebody else.") % {"person": who},
            field="who",
        )
    if interaction and NextStep.objects.filter(interaction=interaction).exists():
        raise Refused(
            _("This entry has a next step already. Change that one."), field="interaction"
        )
    step = NextStep.objects.create(
        account=account,
        interaction=interaction,
        what=what.strip(),
        due=due,
        who=who,
        created_on=business_today(),
    )
    texts.add(step)
    events.record("step.planned", account, by=by, about=step, what=(None, what), due=(None, due))
    return step


@transaction.atomic
def change_step(step: NextStep, *, by, version: int | None, **values) -> list[str]:
    """Move, rename or hand on a next step. Raises Refused for a stale version."""
    who = values.get("who")
    if who is not None and not who.is_active:
        raise Refused(
            _("%(person)s has left the company. Give the step to somebody else.") % {"person": who},
            field="who",
        )
    return change(step, "step.changed", by=by, version=version, **values)


@transaction.atomic
def close_step(
    step: NextStep, *, by, version: int | None = None, state: str = NextStep.State.DONE
) -> list[str]:
    """Mark a step done or dropped. Closing it again changes nothing."""
    now = timezone.now()
    if step.state == state:
        return []
    return change(
        step,
        f"step.{state}",
        by=by,
        version=version,
        state=state,
        closed_at=now,
        closed_on=business_date(now),
    )


@transaction.atomic
def reopen_step(step: NextStep, *, by, version: int | None = None) -> list[str]:
    """Open a closed step again: the undo of closing."""
    return change(
        step,
        "step.reopened",
        by=by,
        version=version,
        state=NextStep.State.OPEN,
        closed_at=None,
        closed_on=None,
    )


@transaction.atomic
def record_complaint(account: Account, *, by, **values) -> Complaint:
    """Record a complaint. Raises Refused for a date in the future or resolved before opened."""
    check_day(values["opened_on"], "opened_on")
    _check_resolved(values["opened_on"], values.get("resolved_on"))
    complaint = Complaint.objects.create(account=account, **values)
    events.record(
        "complaint.recorded", account, by=by, about=complaint, category=(None, complaint.category)
    )
    return complaint


@transaction.atomic
def change_complaint(complaint: Complaint, *, by, version: int | None, **values) -> list[str]:
    """Correct or resolve a complaint. Raises Refused as record_complaint does."""
    opened = values.get("opened_on", complaint.opened_on)
    check_day(opened, "opened_on")
    _check_resolved(opened, values.get("resolved_on", complaint.resolved_on))
    return change(complaint, "complaint.changed", by=by, version=version, **values)


@transaction.atomic
def record_satisfaction(
    account: Account, *, by, score: int, date: dt.date, source: str = ""
) -> SatisfactionScore:
    """Record how likely a customer is to recommend us. Raises Refused for a future date."""
    check_day(date, "date")
    row = SatisfactionScore.objects.create(account=account, score=score, date=date, source=source)
    events.record("satisfaction.recorded", account, by=by, about=row, score=(None, score))
    return row


@transaction.atomic
def record_potential(
    account: Account, *, by, date: dt.date, amount_minor: int, currency: str, **values
) -> PurchasePotential:
    """Record what a customer could buy per year. Raises Refused for a future date."""
    check_day(date, "date")
    row = PurchasePotential.objects.create(
        account=account,
        date=date,
        amount_minor=amount_minor,
        currency=currency,
        amount=rates.Book().convert(amount_minor, currency, date),
        **values,
    )
    events.record(
        "potential.recorded",
        account,
        by=by,
        about=row,
        amount_minor=(None, amount_minor),
        currency=(None, currency),
    )
    return row


def _check_past(at: dt.datetime) -> None:
    if at > timezone.now():
        raise Refused(
            _("This lies in the future. Log what has happened; plan the rest as a next step."),
            field="at",
        )


def check_day(day: dt.date, field: str) -> None:
    """Raise Refused at a field whose day lies in the future."""
    if day > business_today():
        raise Refused(_("This date lies in the future."), field=field)


def _check_resolved(opened: dt.date, resolved: dt.date | None) -> None:
    if resolved and resolved < opened:
        raise Refused(_("It cannot be resolved before it was opened."), field="resolved_on")
    if resolved:
        check_day(resolved, "resolved_on")


def _check_people(account: Account, theirs: list[Contact]) -> None:
    if strangers := [person for person in theirs if person.account_id != account.pk]:
        raise Refused(
            _("%(people)s: not at %(account)s. Pick people of this account.")
            % {"people": listed(strangers), "account": account},
            field="theirs",
        )


def _check_superior(account: Account, superior: Contact | None) -> None:
    if superior and superior.account_id != account.pk:
        raise Refused(
            _("%(person)s works at another account. Pick a superior of this account.")
            % {"person": superior},
            field="parent",
        )
