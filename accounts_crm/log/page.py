"""Logging a contact: as a page, and as a dialog everywhere."""

import uuid
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max, Q
from django.http import JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from accounts_crm.log.forms import LogForm
from accounts_crm.log.line import read_line
from accounts_crm.log.once import store_once
from customers import account_choice, actions
from customers.access import Change, may_log
from customers.calendar import business_today
from customers.colleagues import colleagues_of
from customers.due import Due, due_day
from customers.errors import Refused
from customers.models import Account, Contact, Interaction
from teams.models import User

OFFERED = 6  # accounts in the list that opens below the field
OFFERED_WITHOUT_SCRIPT = 50  # accounts in the plain select
DRAWN_AGAIN = {"draft", "find", "forget", "read", "pick"}  # buttons that save nothing


@require_http_methods(["GET", "HEAD", "POST"])
def log(request):
    """The form of a new entry; a POST that says so only draws it again.

    That is how an account is found and chosen without JavaScript, and how the people of the
    chosen account come in with it; what was typed stays.
    """
    check_may_log(request.user)
    typed = request.POST if request.method == "POST" else QueryDict()
    account = _chosen(request, typed)
    if {"read", "pick"} & set(typed) and typed.get("line", "").strip():
        return _read(request, account, typed)
    saving = request.method == "POST" and not DRAWN_AGAIN & set(typed)
    form = _form(request, account, typed, bound=saving)
    if saving and form.is_valid():
        try:
            entry = store_once(typed, request.user, partial(_store, account, request.user, form))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _logged(request, account, entry, another="another" in typed)
    if saving and _is_outbox(request):
        return JsonResponse({"faults": [fault for _field, fault in form.faults()]}, status=422)
    return _draw(request, form, status=422 if saving else 200)


@require_safe
def accounts(request):
    """The list of accounts that match what is typed, for the field's list box."""
    check_may_log(request.user)
    text = request.GET.get("q", "").strip()
    context = {"matches": _matches(request.user, text, OFFERED), "q": text}
    return render(request, "accounts_crm/_log_accounts.html", context)


def contacts_of(account: Account, *, also=None):
    """Return the people at an account, last met first; who left only if named in `also`."""
    here = Q(left_on__isnull=True) | Q(left_on__gt=business_today())
    if also is not None:
        here |= Q(pk__in=also)
    return (
        Contact.objects.filter(here, account=account)
        .annotate(met_on=Max("interactions__date"))
        .order_by(F("met_on").desc(nulls_last=True), "name", "pk")
    )


def faults_title(faults: list) -> str:
    """Return the heading over a list of faults."""
    return ngettext(
        "One thing is to be put right", "%(count)s things are to be put right", len(faults)
    ) % {"count": len(faults)}


def whole(text: str | None) -> int | None:
    """Return a whole number as typed, None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def check_may_log(user) -> None:
    """Raise PermissionDenied unless a user may log a contact at all."""
    if not may_log(user):
        raise PermissionDenied(_("Contacts are logged by account managers and directors."))


def _chosen(request, typed) -> Account | None:
    """Return the account picked, or None; raise as get_for does."""
    if "forget" in typed:
        return None
    # The form may hold the field twice: picked with scripts, or from the plain select.
    picked = [pk for pk in typed.getlist("account") if pk] or [request.GET.get("account")]
    pk = whole(picked[-1])
    if pk is None:
        return None
    return Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)


def _form(request, account: Account | None, typed: QueryDict, *, bound: bool) -> LogForm:
    make = partial(
        LogForm,
        account=account,
        contacts=contacts_of(account) if account else (),
        colleagues=colleagues_of(account, request.user),
    )
    if bound:
        return make(typed)
    initial = {"kind": Interaction.Kind.CALL, "when": "now", "ours": [request.user.pk]}
    if typed:
        initial |= typed.dict() | {name: typed.getlist(name) for name in ("ours", "theirs")}
    return make(initial=initial)


def _read(request, account: Account | None, typed: QueryDict):
    """Answer a line by the form filled with what it was read as, to be confirmed."""
    line = read_line(
        str(typed["line"]), request.user, account=account, picked=whole(typed.get("pick"))
    )
    filled = typed.copy()
    for name, value in line.typed().items():
        filled.setlist(name, value if isinstance(value, list) else [value])
    if "ours" not in filled:
        filled.setlist("ours", [str(request.user.pk)])
    context = {"line": line, "line_text": typed["line"]}
    return _draw(request, _form(request, line.account, filled, bound=False), said=context)


def _store(account: Account, author: User, form: LogForm) -> Interaction:
    """Log the contact, with the person first met in it, as one act."""
    values = form.values()
    with transaction.atomic():
        if newcomer := form.newcomer():
            values["theirs"] = [
                *values["theirs"],
                actions.add_contact(account, by=author, **newcomer),
            ]
        return actions.log_contact(account, by=author, **values)


def _logged(request, account: Account, entry: Interaction | None, *, another: bool):
    """Answer a stored entry: the next page, or for the dialog its end and a toast."""
    if _is_outbox(request):
        return JsonResponse({"entry": entry and entry.pk})
    said = _("Contact with %(account)s logged.") % {"account": account}
    if not request.htmx:
        messages.success(request, said)
        return redirect(reverse("log") if another else account)
    context = {"said": said, "entry": entry}
    if another:
        # Said in the dialog itself: it stays open, and what lies behind it is out of reach.
        response = _draw(request, _form(request, None, QueryDict(), bound=False), said=context)
    else:
        response = render(request, "accounts_crm/_logged.html", context)
    return trigger_client_event(response, "contact-logged", {"account": account.pk})


def _is_outbox(request) -> bool:
    """Say whether a script sends an entry that waited for the line."""
    return request.headers.get("Accept") == "application/json"


def _draw(request, form: LogForm, *, status: int = 200, said: dict | None = None):
    typed = form.data if form.is_bound else form.initial
    text = str(typed.get("q", "")).strip()
    limit = OFFERED if request.htmx else OFFERED_WITHOUT_SCRIPT
    faults = form.faults() if form.is_bound else []
    context = {
        "form": form,
        "account": form.met,
        "matches": [] if form.met else _matches(request.user, text, limit),
        "q": text,
        # A new one with each answer: the one typed goes on only while nothing was stored under it.
        "key": typed.get("key") if form.is_bound and not form.non_field_errors() else uuid.uuid4(),
        "faults": faults,
        "faults_title": faults_title(faults),
        "due_days": {due: due_day(due) for due in (Due.TOMORROW, Due.FRIDAY, Due.WEEK)},
    }
    template = "accounts_crm/_log_form.html" if request.htmx else "accounts_crm/log.html"
    return render(request, template, context | (said or {}), status=status)


def _matches(user, text: str, limit: int) -> list[Account]:
    mine = Account.objects.editable_by(user)
    if not text:
        return account_choice.recent(mine, user, limit)
    return list(account_choice.matching(mine, text)[:limit])
