"""Language and theme: two switches on every page, before log-in too, without JavaScript."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from teams.models import User

YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def language(request):
    """Switch the language, for this browser and for the person if one is logged in."""
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    return _switched(request, settings.LANGUAGE_COOKIE_NAME, "language", wanted)


@login_not_required
@require_POST
def theme(request):
    """Switch between light, dark and as the system, for browser and person."""
    wanted = request.POST.get("theme", "")
    if wanted not in User.Theme:
        return HttpResponseBadRequest()
    return _switched(request, "theme", "theme", wanted)


def _switched(request, cookie: str, field: str, wanted: str):
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(**{field: wanted})
    if request.headers.get("X-Requested-With") == "fetch":  # a script has shown it already
        response = HttpResponse(status=204)
    else:
        response = redirect(_way_back(request))
    keep(response, cookie, wanted)
    return response


def keep(response, cookie: str, value: str) -> None:
    """Remember a choice in this browser for the pages before log-in."""
    response.set_cookie(
        cookie,
        value,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _way_back(request) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    return "/"
