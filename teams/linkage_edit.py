"""Another name for a linkage group, and its end, in the browser."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.errors import Refused
from teams import linkage as actions
from teams.linkage_forms import NameForm
from teams.linkage_views import check_lead
from teams.models import LinkageGroup


@require_http_methods(["GET", "HEAD", "POST"])
def name(request, pk):
    """Give a group another name; of two windows that do so at once, the second sees both."""
    check_lead(request.user)
    group = get_object_or_404(LinkageGroup, pk=pk)
    form = NameForm(
        request.POST if request.method == "POST" else None,
        initial={"name": group.name, "version": group.version},
    )
    if form.is_bound and form.is_valid():
        try:
            actions.change_group(group, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The group is called %(group)s.") % {"group": group})
            return redirect("people:linkage-group", group.pk)
    return render(
        request, "teams/linkage_name.html", {"form": form, "group": group}, status=form.answer
    )


@require_POST
def end(request, pk):
    """End a group: everybody leaves it, and what hung on it ends."""
    check_lead(request.user)
    group = get_object_or_404(LinkageGroup, pk=pk)
    try:
        actions.end_group(group, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("%(group)s has ended. Its deputies cover no longer.")
        messages.success(request, said % {"group": group})
    return redirect("people:linkage")
