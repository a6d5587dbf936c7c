"""Changing many accounts of the list at once: choose, look at what would change, change, undo."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts_crm.models import BulkEdit, NightlyRun
from accounts_crm.portfolio import bulk_actions
from accounts_crm.portfolio.address import tidy
from accounts_crm.portfolio.bulk_form import FACTS, BulkForm, PickedForm
from accounts_crm.portfolio.picked import ids_of
from accounts_crm.portfolio.undo import offer
from accounts_crm.portfolio.vocabulary import vocabulary
from customers.access import Change
from customers.errors import Refused
from customers.models import Account, Stage
from lifecycle.against import is_against
from lifecycle.queries import with_supported
from lifecycle.stages import NEXT
from lifecycle.tier_actions import askable

SHOWN = 200  # accounts told one by one


@dataclass
class Line:
    """One account of the preview: what would change, or why nothing does.

    against  it would be moved against the evidence
    """

    account: Any
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    reason: str = ""
    against: bool = False


@require_POST
def bulk(request):
    """Choose what to change, see it told account by account, then change it."""
    picked = PickedForm(request.POST)
    if not picked.is_valid():
        messages.error(request, _("The page was not sent whole. Open it again."))
        return redirect("accounts")
    back = f"{reverse('accounts')}{tidy(QueryDict(picked.cleaned_data['query']))}"
    versions = picked.versions() or _chosen(request, picked.cleaned_data)
    if not versions:
        messages.warning(request, _("Select the accounts to change first."))
        return redirect(back)
    if len(versions) > bulk_actions.MOST:
        messages.error(request, str(bulk_actions.too_many(len(versions))))
        return redirect(back)
    step = request.POST.get("step", "")
    words = vocabulary(request.user)
    form = BulkForm(request.POST if step else None, industries=words.industries)
    context = {
        "form": form,
        "count": len(versions),
        "accounts": ",".join(f"{pk}:{version}" for pk, version in versions.items()),
        "query": picked.cleaned_data["query"],
        "back": back,
    }
    status = 200
    if step and form.is_valid():
        lines = _lines(request.user, versions, form)
        ready = {line.account.pk: line.account.version for line in lines if not line.reason}
        if step == "apply" and ready:
            try:
                edit = bulk_actions.change_accounts(
                    ready, by=request.user, reason=form.cleaned_data["reason"], **form.values()
                )
            except Refused as refusal:
                form.add_error(refusal.field or None, str(refusal))
            else:
                return _changed(request, edit, back)
        context |= {
            "lines": lines[:SHOWN],
            "more": len(lines) - SHOWN,
            "ready": len(ready),
            "against": sum(line.against for line in lines),
        }
    if form.is_bound and form.errors:
        status = 422
    return render(request, "accounts_crm/bulk.html", context, status=status)


@require_POST
def bulk_undo(request, pk):
    """Put back what a change of many accounts did, within its minute."""
    edit = get_object_or_404(BulkEdit, pk=pk, by=request.user)
    try:
        count = bulk_actions.undo(edit, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext(
            "%(count)s account is as it was.", "%(count)s accounts are as they were.", count
        )
        messages.success(request, said % {"count": f"{count:,}"})
    return redirect(f"{reverse('accounts')}?view=all")


def _chosen(request, typed: dict[str, Any]) -> dict[int, int]:
    """Return the versions of the accounts picked on the list, or of all on it."""
    accounts = Account.objects.visible_to(request.user)
    if typed["everything"]:
        ids = ids_of(request.user, QueryDict(typed["query"]), most=bulk_actions.MOST + 1)
    else:
        numbers = request.POST.getlist("pick")
        ids = [int(pk) for pk in numbers if pk.isdecimal() and len(pk) < 16]
    versions: dict[int, int] = {}
    for start in range(0, len(ids), 1000):
        part = accounts.filter(pk__in=ids[start : start + 1000])
        versions |= dict(part.order_by("name", "pk").values_list("pk", "version"))
    return versions


def _lines(user, versions: dict[int, int], form: BulkForm) -> list[Line]:
    """Return what would happen to each account, those that would change first."""
    values, said = form.values(), form.said()
    labels = {name: str(form.fields[name].label) for name in values}
    wanted = set(values)
    ids = list(versions)
    run = NightlyRun.objects.latest_published() if "stage" in wanted else None
    lines = []
    for start in range(0, len(ids), 1000):
        accounts = Account.objects.visible_to(user).filter(pk__in=ids[start : start + 1000])
        rows = accounts.with_permissions(user).select_related("owner", "region")
        free = set(askable(accounts, values.get("tier", "")).values_list("pk", flat=True))
        rows = with_supported(rows, run)
        for account in rows.order_by("name", "pk"):
            line = Line(account)
            if account.version != versions[account.pk]:
                line.reason = _("was changed by someone else meanwhile")
            elif wanted & set(FACTS) and not account.may_be_changed_by(user, Change.FACTS):
                line.reason = _("is not yours to change")
            elif "owner" in wanted and not account.may_be_changed_by(user, Change.RELATIONSHIP):
                line.reason = _("is not yours to give away")
            elif "tier" in wanted and not account.may_be_changed_by(user, Change.RELATIONSHIP):
                line.reason = _("is not yours to change")
            elif wanted == {"tier"} and account.tier != values["tier"] and account.pk not in free:
                line.reason = _("has an open request for another tier")
            elif "stage" in wanted and not account.may_be_changed_by(user, Change.RELATIONSHIP):
                line.reason = _("is not yours to move")
            elif "stage" in wanted and (stays := _stays(account, values["stage"])):
                line.reason = stays
            else:
                line.changes = [
                    (labels[name], _told(account, name), said[name])
                    for name, value in values.items()
                    if getattr(account, name) != value and (name != "tier" or account.pk in free)
                ]
                if not line.changes:
                    line.reason = _("is so already")
                line.against = "stage" in wanted and is_against(
                    account.supported or "", account.stage, values["stage"]
                )
            lines.append(line)
    return sorted(lines, key=lambda line: bool(line.reason))


def _stays(account: Account, to: str) -> str:
    """Return why an account cannot be moved to a stage, "" if it can or is there."""
    if account.stage == Stage.INTERRUPTED:
        return _("is interrupted: resume it first")
    if account.stage == to or to in NEXT[account.stage]:
        return ""
    return _("is in “%(stage)s”, more than one step away") % {"stage": account.get_stage_display()}


def _told(account: Account, name: str) -> str:
    """Return an account's value as a person reads it."""
    value = getattr(account, name)
    if value in (None, ""):
        return "–"
    shown = getattr(account, f"get_{name}_display", None)
    return str(shown() if shown else value)


def _changed(request, edit: BulkEdit, back: str):
    count = len({*edit.was["facts"], *edit.was["owner"], *edit.was["asked"], *edit.was["stage"]})
    said = ngettext("%(count)s account changed.", "%(count)s accounts changed.", count)
    url = reverse("bulk-undo", args=[edit.pk])
    offer(request, said % {"count": f"{count:,}"}, url, {}, seconds=BulkEdit.SECONDS)
    return redirect(back)
