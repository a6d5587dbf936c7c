"""Saved views: made, renamed, overwritten, deleted, chosen to open by itself."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts_crm.models import DefaultView, SavedView
from accounts_crm.portfolio import address, columns, ordering, view_actions
from accounts_crm.portfolio.undo import offer
from accounts_crm.portfolio.view_forms import DefaultForm, KeptForm, QueryForm, ViewForm
from customers import access
from customers.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def view_new(request):
    """Save the list of the address under a name."""
    bound = request.method == "POST"
    query = normal(request.GET)
    form = ViewForm(request.POST if bound else None, user=request.user, initial={"query": query})
    if bound and form.is_valid():
        typed = form.cleaned_data
        try:
            with transaction.atomic():
                view = view_actions.save_view(
                    by=request.user,
                    name=typed["name"],
                    query=normal(QueryDict(typed["query"])),
                    shared=typed["shared"],
                )
                _set_defaults(view, request.user, typed, was_own=False)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("View “%(view)s” saved.") % {"view": view})
            return redirect(address_of(view))
    return _draw(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def view_edit(request, pk):
    """Rename a view of one's own, share it, let it open by itself."""
    view = _own(request.user, pk)
    was_own = DefaultView.objects.filter(user=request.user, view=view).exists()
    bound = request.method == "POST"
    form = ViewForm(
        request.POST if bound else None,
        user=request.user,
        initial={
            "name": view.name,
            "shared": view.shared,
            "own_default": was_own,
            "roles": list(view.defaults.exclude(role="").values_list("role", flat=True)),
            "query": view.query,
            "version": view.version,
        },
    )
    if bound and form.is_valid():
        typed = form.cleaned_data
        try:
            with transaction.atomic():
                view_actions.change_view(
                    view,
                    by=request.user,
                    version=typed["version"],
                    name=typed["name"],
                    shared=typed["shared"],
                )
                _set_defaults(view, request.user, typed, was_own=was_own)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("View “%(view)s” saved.") % {"view": view})
            return redirect(address_of(view))
    return _draw(request, form, view)


@require_POST
def view_query(request, pk):
    """Keep the list as it stands under a view of one's own."""
    view = _own(request.user, pk)
    form = QueryForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The page was not sent whole. Open it again."))
        return redirect(address_of(view))
    typed, was = form.cleaned_data, view.query
    query = normal(QueryDict(typed["query"]))
    try:
        view_actions.change_view(view, by=request.user, version=typed["version"], query=query)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(address_of(view))
    offer(
        request,
        _("View “%(view)s” now holds this list.") % {"view": view},
        reverse("view-query", args=[view.pk]),
        {"query": was},
    )
    return redirect(address_of(view))


@require_POST
def view_state(request, pk):
    """Delete a view of one's own, or take that back."""
    view = get_object_or_404(SavedView, pk=pk, owner=request.user)
    form = KeptForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The page was not sent whole. Open it again."))
    elif form.cleaned_data["state"] == "deleted":
        view_actions.delete_view(view, by=request.user)
        said = _("View “%(view)s” deleted.") % {"view": view}
        offer(request, said, reverse("view-state", args=[view.pk]), {"state": "kept"})
    else:
        try:
            view_actions.restore_view(view, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("View “%(view)s” is back.") % {"view": view})
            return redirect(address_of(view))
    return redirect(f"{reverse('accounts')}?view=all")


@require_POST
def view_default(request, pk):
    """Let a view that one sees open by itself, or no longer."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    form = DefaultForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The page was not sent whole. Open it again."))
        return redirect(address_of(view))
    on = form.cleaned_data["default"] == "on"
    view_actions.set_own_default(view, by=request.user, on=on)
    said = _("“%(view)s” opens by itself now.") if on else _("“%(view)s” opens only when chosen.")
    messages.success(request, said % {"view": view})
    return redirect(address_of(view))


def normal(data: QueryDict) -> str:
    """Return what a view keeps of an address, whatever way it was written."""
    # As if a night were there: what to sort by must not depend on the day of saving.
    terms = ",".join(ordering.read(data.get("sort", ""), run=True))
    shown = columns.written(columns.chosen(data.getlist("cols")))
    sort = "" if terms == "rank" else terms
    return address.normal(data, sort=sort, columns=shown).replace("\x00", "")[: address.LONGEST]


def address_of(view: SavedView) -> str:
    """Return the address that shows a view."""
    query = f"&{view.query}" if view.query else ""
    return f"{reverse('accounts')}?view={view.pk}{query}"


def views_of(user) -> list[Any]:
    """Return the views a user sees, the own ones first.

    Each says with `is_default` and `of_role` whether it opens by itself for the user or a role.
    """
    defaults = DefaultView.objects.filter(view=OuterRef("pk"))
    views = SavedView.objects.visible_to(user).annotate(
        is_default=Exists(defaults.filter(user=user)),
        of_role=Exists(defaults.filter(role__in=access.roles_of(user))),
    )
    return sorted(views.select_related("owner"), key=lambda view: view.owner_id != user.pk)


def opening(views: list[Any]) -> SavedView | None:
    """Return the view that opens by itself: the own choice before that of a role."""
    own = next((view for view in views if view.is_default), None)
    return own or next((view for view in views if view.of_role and view.shared), None)


def _own(user, pk) -> SavedView:
    """Return a view to change; of others' views only 404, even where they are shared."""
    return get_object_or_404(SavedView.objects.kept(), pk=pk, owner=user)


def _set_defaults(view: SavedView, user, typed: dict, *, was_own: bool) -> None:
    if typed["own_default"] != was_own:
        view_actions.set_own_default(view, by=user, on=typed["own_default"])
    if "roles" in typed:
        view_actions.set_role_defaults(view, by=user, roles=typed["roles"])


def _draw(request, form: ViewForm, view: SavedView | None = None):
    context = {"form": form, "view": view}
    status = 422 if form.is_bound else 200
    return render(request, "accounts_crm/view_form.html", context, status=status)
