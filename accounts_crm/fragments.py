"""What answers to htmx need besides their HTML: the log-in page as a page, messages as toasts."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import LEVEL_TAGS
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event


class LoginRedirectMiddleware:
    """Send a browser whose session ended to the log-in page, not the page into a panel."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.htmx and response.status_code == 302:
            login = resolve_url(settings.LOGIN_URL)
            if urlsplit(response["Location"]).path == login:
                return HttpResponseClientRedirect(f"{login}?{urlencode({'next': _page(request)})}")
        patch_vary_headers(response, ["HX-Request"])
        return response


class ToastMiddleware:
    """Carry messages to an open page as the event `toast`, unless the answer is a redirect."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        moves_on = 300 <= response.status_code < 400 or "HX-Redirect" in response
        if not request.htmx or moves_on or "HX-Refresh" in response:
            return response
        if toasts := [
            {"text": str(message), "level": LEVEL_TAGS.get(message.level, "")}
            for message in get_messages(request)
        ]:
            trigger_client_event(response, "toast", {"toasts": toasts})
        return response


def _page(request) -> str:
    """Return the page that the fragment belongs to: there the person wants to be again."""
    page = request.htmx.current_url_abs_path or ""
    return page if url_has_allowed_host_and_scheme(page, None) else "/"
