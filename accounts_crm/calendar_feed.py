"""A person's open next steps as a calendar, at a private address that needs no log-in."""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from accounts_crm.models import CalendarAddress
from customers.models import NextStep

MOST = 500  # steps, the soonest first
SHOWN_ONCE = "calendar-address"


@require_POST
def own_calendar(request):
    """Make a new address, which ends the old one, or end it for good."""
    CalendarAddress.objects.filter(user=request.user).delete()
    if request.POST.get("address") == "none":
        messages.success(request, _("Your calendar address is ended."))
    else:
        key = secrets.token_urlsafe(32)
        CalendarAddress.objects.create(user=request.user, key_hash=_hash(key))
        url = request.build_absolute_uri(reverse("calendar", args=[key]))
        request.session[SHOWN_ONCE] = url
    return redirect(f"{reverse('settings-me')}#calendar")


@login_not_required
@require_safe
def calendar(request, key):
    """Answer with the steps of whose key this is, as far as that person sees their accounts."""
    address = CalendarAddress.objects.select_related("user").filter(key_hash=_hash(key)).first()
    if address is None or not address.user.is_active:
        raise Http404
    user = address.user
    steps = (
        NextStep.objects.visible_to(user)
        .filter(who=user, state=NextStep.State.OPEN)
        .select_related("account")
        .order_by("due", "pk")[:MOST]
    )
    with override(user.language or settings.LANGUAGE_CODE):
        body = written(list(steps), request)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=900"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)


def written(steps: list[NextStep], request) -> bytes:
    """Return the steps as iCalendar: one event of a whole day each, the same bytes for the same."""
    from icalendar import Calendar, Event

    found = Calendar()
    found.add("prodid", "-//Keel//Next steps//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", _("Keel: next steps"))
    for step in steps:
        event = Event()
        event.add("uid", f"step-{step.pk}@{request.get_host()}")
        # A moment that the same step always has, so that nothing new means nothing sent.
        event.add("dtstamp", dt.datetime.combine(step.created_on, dt.time(), dt.UTC))
        event.add("dtstart", step.due)
        event.add("dtend", step.due + dt.timedelta(days=1))
        event.add("summary", f"{step.what} · {step.account.name}")
        event.add("url", request.build_absolute_uri(step.account.get_absolute_url()))
        event.add("sequence", step.version)
        event.add("transp", "TRANSPARENT")
        found.add_component(event)
    return found.to_ical()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
