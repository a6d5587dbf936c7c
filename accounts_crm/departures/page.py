"""What breaks if somebody leaves, for directors and administrators: as far as they see accounts."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts_crm.departures.findings import departure, leaders
from accounts_crm.models import NightlyRun
from customers import access
from customers.models import Account
from teams.models import User


@require_safe
def departures(request):
    """Whose departure can be looked at: who leads an account that the viewer sees."""
    _check(request.user)
    run = NightlyRun.objects.latest_published()
    context = {"leaders": leaders(Account.objects.visible_to(request.user), run), "run": run}
    return render(request, "accounts_crm/departures.html", context)


@require_safe
def departure_of(request, pk):
    """What breaks if this person leaves. Looking at it changes nothing."""
    _check(request.user)
    person = get_object_or_404(User, pk=pk)
    run = NightlyRun.objects.latest_published()
    found = departure(
        person,
        Account.objects.visible_to(request.user),
        run,
        whole=access.sees_all(request.user),
    )
    context = {"departure": found, "person": person, "run": run}
    return render(request, "accounts_crm/departure.html", context)


def _check(user) -> None:
    if not access.may_see_departures(user):
        raise PermissionDenied
