"""The playbooks in the browser: read by all who look after accounts, written by directors."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from churn.models import Playbook
from churn.playbook_actions import change_playbook, make_playbook
from churn.playbook_forms import PlaybookForm
from churn.queries import with_success
from customers import access
from customers.errors import Refused

SHOWN = 200  # more than anybody chooses from


@require_safe
def playbooks(request):
    """What is done about each type of defection, and how often it helped."""
    if not access.may_see_dashboard(request.user):
        raise PermissionDenied(_("Playbooks are for those who look after accounts."))
    shown = with_success(Playbook.objects.visible_to(request.user))
    context = {
        "playbooks": shown.order_by("-active", "against", "name", "pk")[:SHOWN],
        "may_change": access.may_direct(request.user),
    }
    return render(request, "churn/playbooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def playbook_new(request):
    """Make a playbook."""
    _check_change(request.user)
    form = PlaybookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            playbook = make_playbook(by=request.user, **form.values())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, playbook)
    return _draw(request, form, _("New playbook"))


@require_http_methods(["GET", "HEAD", "POST"])
def playbook_edit(request, pk):
    """Change a playbook; who comes second sees both values."""
    _check_change(request.user)
    playbook = get_object_or_404(Playbook.objects.visible_to(request.user), pk=pk)
    form = PlaybookForm(request.POST if request.method == "POST" else None, instance=playbook)
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_playbook(playbook, by=request.user, version=version, **form.touched())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, playbook)
    return _draw(request, form, _("Edit playbook"))


def _check_change(user) -> None:
    if not access.may_direct(user):
        raise PermissionDenied(_("Playbooks are made by directors."))


def _saved(request, playbook):
    messages.success(request, _("The playbook “%(name)s” is saved.") % {"name": playbook})
    return redirect("churn:playbooks")


def _draw(request, form, title):
    context = {"form": form, "title": title}
    return render(request, "churn/playbook_form.html", context, status=form.answer)
