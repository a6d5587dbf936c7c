"""Correcting an entry of the contact log."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts_crm.log.forms import EntryForm
from accounts_crm.log.page import contacts_of, faults_title, whole
from accounts_crm.log.state import removed_page
from customers import actions
from customers.access import Change
from customers.colleagues import colleagues_of
from customers.errors import Refused
from customers.figures import listed
from customers.models import Interaction


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """The entry as a form; of two people who correct it at once, the second sees both values."""
    try:
        entry = Interaction.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    except Http404:
        return removed_page(request, pk)
    typed = request.POST if request.method == "POST" else None
    form, version, conflict = _form(entry, typed), entry.version, []
    if form.is_bound:
        version = whole(typed.get("version")) or 0
        if form.is_valid():
            try:
                actions.change_interaction(
                    entry, by=request.user, version=version, **form.cleaned_data
                )
            except Refused as refusal:
                form.refuse(refusal)
                if refusal.conflict:
                    version, conflict = refusal.conflict["version"], _both_values(pk, form)
            else:
                messages.success(request, _("The entry is corrected."))
                return redirect(entry.account)
    faults = form.faults() if form.is_bound else []
    context = {
        "form": form,
        "entry": entry,
        "version": version,
        "conflict": conflict,
        "faults": faults,
        "faults_title": faults_title(faults),
    }
    status = 409 if conflict else 422 if faults else 200
    return render(request, "accounts_crm/interaction_edit.html", context, status=status)


def _form(entry: Interaction, typed) -> EntryForm:
    ours = list(entry.ours.all())
    form = EntryForm(
        typed,
        initial={
            "kind": entry.kind,
            "at": entry.at,
            "subject": entry.subject,
            "note": entry.note,
            "tone": entry.tone,
            "theirs": [person.pk for person in entry.theirs.all()],
            "ours": [person.pk for person in ours],
        },
        contacts=contacts_of(entry.account, also=entry.theirs.values("pk")),
        colleagues=colleagues_of(entry.account, *ours),
    )
    form.fields["at"].required = True
    form.fields["at"].error_messages["required"] = _("Say when it was: give the day and the time.")
    return form


def _both_values(pk: int, form: EntryForm) -> list[dict]:
    """Return the fields where what is stored now differs from what was typed, both in words."""
    entry = Interaction.objects.get(pk=pk)
    typed = form.cleaned_data
    pairs = [
        (_("Kind"), entry.get_kind_display(), Interaction.Kind(typed["kind"]).label),
        (_("When"), _moment(entry.at), _moment(typed["at"])),
        (_("Subject"), entry.subject, typed["subject"]),
        (_("What was said"), entry.note, typed["note"]),
        (_("Tone"), _tone(entry.tone), _tone(typed["tone"])),
        (_("People"), _names(entry.theirs.all()), _names(typed["theirs"])),
        (_("Our people present"), _names(entry.ours.all()), _names(typed["ours"])),
    ]
    return [
        {"label": label, "theirs": theirs, "yours": yours}
        for label, theirs, yours in pairs
        if theirs != yours
    ]


def _moment(at) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _tone(tone: int | None) -> str:
    return "" if tone is None else str(Interaction.Tone(tone).label)


def _names(people) -> str:
    return listed(sorted(person.name for person in people))
