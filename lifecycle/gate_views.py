"""The gates of the stages in the browser."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers import access
from customers.errors import Refused
from customers.models import Event
from lifecycle import gate_words
from lifecycle.gate_actions import change_gate
from lifecycle.gate_forms import GateForm
from lifecycle.gate_panels import gate_history, in_order
from lifecycle.models import StageGate

HISTORY = 50  # changes shown


@require_safe
def gates(request):
    """What each stage must rest on, and who changed it when."""
    if not access.may_see_policies(request.user):
        raise PermissionDenied(_("Stage gates are for those who look after accounts."))
    rows = in_order(StageGate.objects.all())
    changes = Event.objects.filter(kind="stage_gate.changed").select_related("actor")
    context = {
        "asked": [gate for gate in rows if gate.least],
        "others": [gate for gate in rows if not gate.least],
        "met": gate_words.met(),
        "history": gate_history(changes.order_by("-at", "-pk")[:HISTORY]),
        "may_change": access.may_direct(request.user),
    }
    return render(request, "lifecycle/stage_gates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def gate_edit(request, pk):
    """Change a gate; of two directors who do so at once, the second sees both values."""
    if not access.may_direct(request.user):
        raise PermissionDenied(_("Stage gates are changed by directors."))
    gate = get_object_or_404(StageGate, pk=pk)
    form = GateForm(request.POST if request.method == "POST" else None, gate=gate)
    if form.is_bound and form.is_valid():
        try:
            change_gate(gate, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The gate “%(gate)s” is saved.") % {"gate": gate})
            return redirect("lifecycle:stage-gates")
    context = {"gate": gate, "form": form}
    return render(request, "lifecycle/stage_gate_form.html", context, status=form.answer)
