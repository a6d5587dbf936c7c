"""What a person reads when something cannot be shown, and what a program gets instead."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts_crm.middleware import BROWSERLESS_ROLES
from customers.access import roles_of


def bad_request(request, exception=None):
    return answer(
        request,
        400,
        _("This request could not be understood"),
        _("Go back and try again. If you followed a link, it may be cut off."),
    )


def denied(request, exception=None):
    reason = str(exception) if exception and exception.args else ""
    advice = _("Ask the account manager or an administrator if you need it.")
    return answer(request, 403, _("You may not do this"), f"{reason} {advice}".strip())


def not_found(request, exception=None):
    return answer(
        request,
        404,
        _("There is no such page, or it is not yours to see"),
        _("Search for the account by name, or ask its account manager to add you to the team."),
    )


def csrf_failed(request, reason=""):
    return answer(
        request,
        403,
        _("This form is out of date"),
        _(
            "You logged in or out in another tab, or cookies are off. Go back, reload the page and "
            "send it again."
        ),
    )


def failed(request):
    """Answer after a fault of ours; touches neither database nor session, which may be at fault."""
    title = _("Something failed on our side")
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": title}, status=500)
    return render(None, "500.html", {"title": title}, status=500)


def answer(request, status: int, title: str, advice: str):
    """Say what cannot be shown and what to do: as a page, to a script, to a program."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": f"{title}. {advice}"}, status=status)
    if getattr(request, "htmx", False):  # static/js/toast.js shows it
        return HttpResponse(f"{title}. {advice}", status=status, content_type="text/plain")
    frame = "base.html" if _inside(request) else "door.html"
    context = {"frame": frame, "title": title, "advice": advice, "status": status}
    return render(request, "error.html", context, status=status)


def _inside(request) -> bool:
    """Say whether the side bar can be drawn: somebody is logged in who may use the pages."""
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and not roles_of(user) <= BROWSERLESS_ROLES)
