"""Competence in the browser: seen by the rated, the rater and the directors above alone."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import access
from customers.errors import Refused
from teams import competence as actions
from teams.competence_forms import AssessmentForm, CorrectionForm

ROWS = 50


@require_safe
def competences(request):
    """The assessments that the viewer may see, and whom he may assess."""
    if not access.may_see_teams(request.user):
        raise PermissionDenied
    rows = actions.seen_by(request.user).select_related("user", "rater")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "people": actions.rated_by(request.user)}
    return render(request, "teams/competences.html", context)


@require_safe
def competence(request, pk):
    """One assessment: both views, the evidence, the training goals."""
    rows = actions.seen_by(request.user).select_related("user", "rater")
    row = get_object_or_404(rows.prefetch_related("answers__goal"), pk=pk)
    context = {
        "competence": row,
        "views": actions.views_of(row),
        "gap": actions.GAP,
        "corrections": actions.corrections_of(row),
    }
    return render(request, "teams/competence.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def competence_new(request, pk):
    """Assess a person for a year."""
    person = get_object_or_404(actions.rated_by(request.user), pk=pk)
    form = AssessmentForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            row = actions.assess(
                person, by=request.user, year=form.cleaned_data["year"], answers=form.answers
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, _("The assessment of %(person)s is kept.") % {"person": person}
            )
            return redirect("people:competence", row.pk)
    context = {"form": form, "person": person}
    status = 422 if form.errors else 200
    return render(request, "teams/competence_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def competence_correct(request, pk):
    """Correct an assessment; of two windows that do so at once, the second sees both values."""
    rows = actions.seen_by(request.user).select_related("user")
    row = get_object_or_404(rows.prefetch_related("answers"), pk=pk)
    if row.rater_id != request.user.pk:
        raise PermissionDenied(_("An assessment is corrected by who made it."))
    form = CorrectionForm(request.POST if request.method == "POST" else None, competence=row)
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.correct(row, by=request.user, version=version, answers=form.answers)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = _("The assessment of %(person)s is corrected.")
            messages.success(request, said % {"person": row.user})
            return redirect("people:competence", row.pk)
    context = {"form": form, "person": row.user, "competence": row}
    return render(request, "teams/competence_form.html", context, status=form.answer)


@require_POST
def training_goal(request, pk):
    """Mark a training goal as reached, or as open again: the rater or a director above."""
    goals = actions.goals_under(request.user).select_related("answer")
    goal = get_object_or_404(goals, pk=pk)
    actions.reach_goal(goal, by=request.user, done=bool(request.POST.get("done")))
    return redirect("people:competence", goal.answer.competence_id)
