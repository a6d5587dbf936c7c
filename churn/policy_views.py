"""The rules of the signals in the browser: what counts for how much, who changed it and why."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from churn import laboratory, policies
from churn.findings import defection_of
from churn.models import SignalPolicy
from churn.policy_forms import TYPED, RuleForm
from churn.queries import newest_run
from churn.rules import RULES
from customers import access
from customers.errors import Refused
from customers.models import Event

HISTORY = 50  # changes shown


@dataclass(frozen=True)
class PolicyChange:
    """One field that a director changed, with the reason of the whole change."""

    at: Any
    by: Any
    signal: str
    label: str
    was: Any
    now: Any
    reason: str


@require_safe
def signal_policies(request):
    """What each signal measures and weighs, and who changed it when."""
    if not access.may_see_dashboard(request.user):
        raise PermissionDenied(_("The rules are for those who look after accounts."))
    rules = [(signal, rule, defection_of(signal)) for signal, rule in policies.current().items()]
    context = {
        "rules": rules,
        "history": _history(),
        "may_change": access.may_direct(request.user),
    }
    return render(request, "churn/signal_policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def signal_policy(request, key):
    """Change a rule; of two directors who do so at once, the second sees both values."""
    if not access.may_direct(request.user):
        raise PermissionDenied(_("The rules are changed by directors."))
    if key not in RULES:
        raise Http404
    policy = policies.of(key)
    form = RuleForm(request.POST if request.method == "POST" else None, policy=policy)
    context = {"rule": RULES[key], "signal": key}
    if "try" in request.POST:
        # Nothing is saved: the reason may come later.
        form.fields["reason"].required = False
        if form.is_valid():
            try:
                context |= _tried(request.user, key, form)
            except Refused as refusal:
                form.refuse(refusal)
        status = 422 if form.errors else 200
        form.fields["reason"].required = True  # to save it
    else:
        if form.is_bound and form.is_valid():
            try:
                policies.change_rule(key, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                said = _("The rule “%(signal)s” is saved. It holds from the next night on.")
                messages.success(request, said % {"signal": RULES[key].name})
                return redirect("churn:signal-policies")
        status = form.answer
    context["form"] = form
    return render(request, "churn/signal_policy_form.html", context, status=status)


def _tried(viewer, signal: str, form: RuleForm) -> dict[str, Any]:
    """Return what the typed rule would have done, where there is a night to tell the past from."""
    rule = policies.proposed(signal, **{name: form.cleaned_data[name] for name in TYPED})
    run = newest_run()
    trial = laboratory.try_rule(signal, rule, viewer, run) if run else None
    return {"tried": True, "trial": trial, "horizon": settings.RISK_HORIZON_DAYS}


def _history() -> list[PolicyChange]:
    """Return the newest changes of rules, a line for each field."""
    signals = dict(SignalPolicy.objects.values_list("pk", "signal"))
    events = Event.objects.filter(kind="signal_policy.changed").select_related("actor")
    return [
        PolicyChange(
            at=event.at,
            by=event.actor,
            signal=str(RULES[signals[event.subject["signalpolicy"]]].name),
            label=str(SignalPolicy._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            was=_word(was),
            now=_word(now),
            reason=event.changes.get("reason", ["", ""])[1],
        )
        for event in events.order_by("-at", "-pk")[:HISTORY]
        for name, (was, now) in event.changes.items()
        if name != "reason"
    ]


def _word(value: Any) -> Any:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value
