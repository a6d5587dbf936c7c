"""Notices in words, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts_crm.models import Notice
from accounts_crm.notices.making import waits
from customers import happenings
from customers.happenings import Change

# Kinds that the timeline tells otherwise, or not at all -> icon, words.
OWN = {
    "owner.changed": ("user", _("This account is yours now")),
    "complaint.recorded": ("alert", _("Complaint recorded")),
    "step.planned": ("cal", _("A next step for you")),
    "step.changed": ("cal", _("A next step for you")),
}
# Kind -> words for many at once, and the page that lists them.
MANY = {
    "flag.opened": (ngettext_lazy("%d flag opened", "%d flags opened"), "risk"),
    "flag.asked": (ngettext_lazy("%d flag to be answered", "%d flags to be answered"), "risk"),
    "flag.woken": (ngettext_lazy("%d flag asks again", "%d flags ask again"), "risk"),
    "flag.assigned": (ngettext_lazy("%d flag for you", "%d flags for you"), "risk"),
    "flag.escalated": (
        ngettext_lazy("%d flag without an answer", "%d flags without an answer"),
        "risk",
    ),
    "stage.moved": (ngettext_lazy("%d account moved", "%d accounts moved"), "stages"),
    "stage.interrupted": (
        ngettext_lazy("%d relationship interrupted", "%d relationships interrupted"),
        "stages",
    ),
    "stage.resumed": (
        ngettext_lazy("%d relationship resumed", "%d relationships resumed"),
        "stages",
    ),
    "owner.changed": (
        ngettext_lazy("%d account is yours now", "%d accounts are yours now"),
        "accounts",
    ),
    "complaint.recorded": (
        ngettext_lazy("%d complaint recorded", "%d complaints recorded"),
        "accounts",
    ),
    "step.planned": (ngettext_lazy("%d next step for you", "%d next steps for you"), "my-day"),
    "step.changed": (ngettext_lazy("%d next step for you", "%d next steps for you"), "my-day"),
}

WAITING = ngettext_lazy(
    "%d more flag, which waits until your week has room",
    "%d more flags, which wait until your week has room",
)


@dataclass(frozen=True)
class Told:
    """A notice in words; `text` is what a person typed, `changes` what became of fields."""

    notice: Notice
    icon: str
    title: str
    url: str
    text: str
    changes: list[Change]

    @property
    def account(self):
        """Return the account it speaks of, None where it stands for many."""
        return self.notice.event.account if self.notice.count == 1 else None


def told(notices: Iterable[Notice]) -> list[Told]:
    """Return notices in words; their events, accounts and actors must have been fetched."""
    notices = list(notices)
    shown = [one.event for one in notices if one.count == 1 and one.event.kind not in OWN]
    by_event = {found.event.pk: found for found in happenings.told(shown)}
    return [_tell(notice, by_event.get(notice.event_id)) for notice in notices]


def _tell(notice: Notice, found) -> Told:
    event = notice.event
    if waits(event):
        said = str(WAITING % notice.count)
        return Told(
            notice, _icon(event.kind), said, f"{reverse('risk')}?flag=waiting&level=all", "", []
        )
    if notice.count > 1:
        words, page = MANY[event.kind]
        return Told(notice, _icon(event.kind), words % notice.count, reverse(page), "", [])
    url = reverse("account", args=[event.account_id])
    if found is not None:
        changes = [] if event.kind.startswith("flag.") else found.changes
        return Told(notice, found.icon, found.title, url, "", changes)
    icon, title = OWN[event.kind]
    text = event.changes.get("what", ["", ""])[1] if event.kind == "step.planned" else ""
    return Told(notice, icon, str(title), url, text or "", [])


def _icon(kind: str) -> str:
    return (OWN.get(kind) or happenings.SHOWN[kind])[0]
