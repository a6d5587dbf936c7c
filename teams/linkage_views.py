"""Linkage groups and deputies in the browser."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import access
from customers.errors import Refused
from customers.models import Account
from teams import cover
from teams import linkage as actions
from teams.linkage_forms import DeputyForm, GroupForm, MemberForm
from teams.models import Deputy, LinkageGroup, LinkageMember

ROWS = 50
READ_AND_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_AND_SEND)
def linkage(request):
    """All linkage groups, how far each is covered, and where nobody covers; forms a group."""
    _check_sight(request.user)
    may_form = access.may_lead_people(request.user)
    form = None
    if request.method == "POST":
        check_lead(request.user)
        form = GroupForm(request.POST)
        if form.is_valid():
            try:
                group = actions.form_group(**form.cleaned_data, by=request.user)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("%(group)s is formed.") % {"group": group})
                return redirect("people:linkage-group", group.pk)
    gaps = cover.with_cover(cover.grouped(request.user)).filter(met=False)
    page = _page(request, gaps.order_by("covered", "owner__name", "name", "pk"))
    context = {
        "groups": [group for group in cover.groups(request.user) if group.members],
        "page": page,
        "rows": _rows(request.user, page),
        "alone": cover.alone(request.user).count(),
        "form": (form or GroupForm()) if may_form else None,
        "days": cover.CONTACT_DAYS,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "teams/linkage.html", context, status=status)


@require_safe
def linkage_group(request, pk):
    """One linkage group: its members and every account of theirs with its deputies."""
    return _draw_group(request, pk)


@require_POST
def linkage_members(request, pk):
    """Take a manager into a group."""
    check_lead(request.user)
    group = get_object_or_404(LinkageGroup, pk=pk)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            member = actions.join_group(group, form.cleaned_data["user"], by=request.user)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request,
                _("%(person)s is in %(group)s.") % {"person": member.user, "group": group},
            )
            return redirect("people:linkage-group", group.pk)
    return _draw_group(request, pk, form)


@require_POST
def linkage_member_end(request, pk):
    """End a manager's place in a group."""
    check_lead(request.user)
    member = get_object_or_404(LinkageMember.objects.select_related("group", "user"), pk=pk)
    try:
        actions.leave_group(member, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("%(person)s has left %(group)s. What hung on it has ended.")
        messages.success(request, said % {"person": member.user, "group": member.group})
    return redirect("people:linkage-group", member.group_id)


@require_http_methods(READ_AND_SEND)
def deputies(request, pk):
    """Who covers an account; names a deputy, for good or for a period."""
    account = Account.objects.get_for(request.user, pk)
    may_name = may_appoint(request.user, account)
    if request.method == "POST" and not may_name:
        raise PermissionDenied(
            _("Deputies are named by the account manager and the directors above.")
        )
    form = DeputyForm(request.POST if request.method == "POST" else None, owner=account.owner)
    if form.is_bound and form.is_valid():
        try:
            deputy = actions.name_deputy(account, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = _("%(person)s covers %(account)s.")
            messages.success(request, said % {"person": deputy.user, "account": account})
            return redirect("people:deputies", account.pk)
    context = {
        "account": account,
        "deputies": cover.deputies_of([account.pk])[account.pk],
        "colleagues": form.fields["user"].queryset,
        "form": form if may_name else None,
        "may_name": may_name,
        "days": cover.CONTACT_DAYS,
    }
    status = 422 if form.errors else 200
    return render(request, "teams/deputies.html", context, status=status)


@require_POST
def deputy_end(request, pk):
    """End a deputyship as of today."""
    deputy = get_object_or_404(
        Deputy.objects.visible_to(request.user).select_related("account", "user"), pk=pk
    )
    if not may_appoint(request.user, deputy.account):
        raise PermissionDenied(
            _("Deputies are named by the account manager and the directors above.")
        )
    try:
        actions.end_deputy(deputy, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("%(person)s covers %(account)s no longer.")
        messages.success(request, said % {"person": deputy.user, "account": deputy.account})
    return redirect("people:deputies", deputy.account_id)


def may_appoint(user, account: Account) -> bool:
    """Say whether a user may name deputies of an account."""
    return Account.objects.filter(access.appointed_by(user), pk=account.pk).exists()


def _draw_group(request, pk: int, form: MemberForm | None = None):
    _check_sight(request.user)
    group = next(iter(cover.groups(request.user, pk)), None)
    if group is None:
        raise Http404
    people = [member.user_id for member in group.members]
    accounts = cover.with_cover(cover.grouped(request.user).filter(owner__in=people))
    page = _page(request, accounts.order_by("met", "covered", "owner__name", "name", "pk"))
    may_form = access.may_lead_people(request.user)
    context = {
        "group": group,
        "page": page,
        "rows": _rows(request.user, page),
        "form": (form or MemberForm()) if may_form and len(people) < actions.MOST else None,
        "may_form": may_form,
        "small": len(people) < actions.LEAST,
        "days": cover.CONTACT_DAYS,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "teams/linkage_group.html", context, status=status)


def _page(request, accounts):
    return Paginator(accounts.select_related("owner"), ROWS).get_page(request.GET.get("page"))


def _rows(user, page) -> list[dict]:
    """Return the accounts of a page, each with its deputies and whether the user may name one."""
    accounts = list(page.object_list)
    ids = [account.pk for account in accounts]
    found = cover.deputies_of(ids)
    mine = set(
        Account.objects.filter(access.appointed_by(user), pk__in=ids).values_list("pk", flat=True)
    )
    return [
        {
            "account": account,
            "deputies": found.get(account.pk, []),
            "may_name": account.pk in mine,
        }
        for account in accounts
    ]


def _check_sight(user) -> None:
    if not access.may_see_teams(user):
        raise PermissionDenied


def check_lead(user) -> None:
    if not access.may_lead_people(user):
        raise PermissionDenied(_("Linkage groups are formed by directors."))
