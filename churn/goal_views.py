"""The goals in the browser: goal against actual, night by night."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from churn.goal_actions import change_goal, check_covers, set_goal
from churn.goal_forms import GoalForm
from churn.goal_panels import lines
from churn.models import Goal
from churn.queries import newest_run
from customers import access
from customers.calendar import business_today
from customers.errors import Refused

PAGE = 20


@require_safe
def goals(request):
    """Where each goal stands, those due first on top."""
    if not access.may_see_dashboard(request.user):
        raise PermissionDenied(_("Goals are for those who look after accounts."))
    standing = Goal.objects.visible_to(request.user).standing().select_related("region")
    page = Paginator(standing.order_by("due", "pk"), PAGE).get_page(request.GET.get("page"))
    run = newest_run()
    context = {
        "page": page,
        "lines": lines(page.object_list),
        "run": run,
        "churn": run.facts.get("churn") if run and access.sees_all(request.user) else None,
        "may_change": access.may_direct(request.user),
    }
    if facts := context["churn"]:
        rate, by_value = facts["active"], facts["value"]
        context["rate"] = facts["lost"] / rate if rate else None
        context["rate_by_value"] = facts["value_lost"] / by_value if by_value else None
    return render(request, "churn/goals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def goal_new(request):
    """Set a goal."""
    if not access.may_direct(request.user):
        raise PermissionDenied(_("Goals are set by directors."))
    form = GoalForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        try:
            set_goal(by=request.user, **form.values())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The goal is set. The next night reads it."))
            return redirect("churn:goals")
    return _draw(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def goal_edit(request, pk):
    """Change a goal; who comes second sees both values."""
    goal = _goal(request.user, pk)
    typed = request.POST if request.method == "POST" else None
    form = GoalForm(typed, instance=goal, user=request.user)
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_goal(goal, by=request.user, version=version, **form.touched())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The goal is saved."))
            return redirect("churn:goals")
    return _draw(request, form, goal)


@require_POST
def goal_end(request, pk):
    """End a goal: it is read no longer."""
    goal = _goal(request.user, pk)
    change_goal(goal, by=request.user, version=None, ended_on=business_today())
    messages.success(request, _("The goal is ended."))
    return redirect("churn:goals")


def _goal(user, pk: int) -> Goal:
    goal = get_object_or_404(Goal.objects.visible_to(user).select_related("region"), pk=pk)
    check_covers(user, goal.region)
    return goal


def _draw(request, form, goal):
    context = {"form": form, "goal": goal}
    return render(request, "churn/goal_form.html", context, status=form.answer)
