"""The dashboard's page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts_crm.as_of import Night, night
from accounts_crm.dashboard.cells import add_up
from accounts_crm.dashboard.curve import chart_curve
from accounts_crm.dashboard.figures import figures
from accounts_crm.dashboard.filters import Filters
from accounts_crm.dashboard.matrix import levels, matrix, stages, told_moves
from accounts_crm.dashboard.named import chart_points
from accounts_crm.dashboard.scope import Scope, earlier_run
from accounts_crm.dashboard.summary import distribution, summary
from accounts_crm.models import NightlyRun
from accounts_crm.portfolio.vocabulary import Vocabulary, vocabulary
from churn.goal_panels import told as goals_told
from customers.access import Role, may_see_dashboard, roles_of, sees_all
from customers.models import Account
from lifecycle.queries import Evidence


@require_safe
def dashboard(request):
    """What the accounts seen are worth, who they are, and where they stand."""
    if not may_see_dashboard(request.user):
        raise PermissionDenied(_("The dashboard is for those who look after accounts."))
    return render(request, "accounts_crm/dashboard.html", context(request))


def context(request) -> dict[str, Any]:
    """Return what the page shows, or what keeps it from showing figures."""
    user = request.user
    words = vocabulary(user)
    filters = Filters(request.GET, words=words)
    asked = night(request.GET.get("as_of", ""))
    page: dict[str, Any] = {"filters": filters, "night": asked}
    if not asked.typed:
        page["latest_run"] = asked.run  # what the frame of the page would ask for again
    if asked.run and filters.is_valid():
        scope = _scope(asked.run, filters, user, words, live=_is_latest(asked))
        page |= {"run": scope.run, "scope": scope, **_figures(scope)}
        page["goals"] = [] if scope.chosen else goals_told(scope.run, user)
    return page


def _is_latest(asked: Night) -> bool:
    return (
        not asked.typed or not NightlyRun.objects.published().filter(as_of__gt=asked.typed).exists()
    )


def _scope(run: NightlyRun, filters: Filters, user, words: Vocabulary, *, live: bool) -> Scope:
    chosen = filters.chosen()
    return Scope(
        run=run,
        accounts=filters.narrow(Account.objects.visible_to(user)),
        cadences=words.cadences,
        owners={int(pk): name for pk, name in words.owners},
        lasting=Role.MANAGER not in roles_of(user),
        chosen=chosen,
        whole=sees_all(user) and not chosen,
        live=live,
        period=filters.reach,
        earlier=earlier_run(run, filters.reach),
    )


def _figures(scope: Scope) -> dict[str, Any]:
    """Return the parts of the page; nothing where no account is meant."""
    read = figures(scope)
    if not read.cells:
        return {}
    currency, counts = scope.run.currency, levels(read.cells)
    return {
        "summary": summary(scope, read.cells, read.before, read.coverage["total"]),
        "curve": read.curve,
        "curve_data": chart_curve(read.curve, currency),
        "matrix": matrix(scope, read.cells),
        "stages": stages(scope, read.cells, read.moves),
        "moves": told_moves(read.moves),
        "apart": add_up(read.cells).apart,
        "apart_url": scope.accounts_url(evidence=Evidence.DISAGREES),
        "levels": counts,
        "points": read.named["points"],
        "points_data": chart_points(read.named["points"], counts, currency),
        "movers": read.named["movers"],
        "coverage": read.coverage,
        "distribution": distribution(scope, read.cells, read.curve),
    }
