"""The page of notices: what is new, what was read."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts_crm.models import Notice
from accounts_crm.notices.telling import told

A_PAGE = 50


@require_safe
def notices(request):
    """Show the newest notices; `?show=all` those that were read, too."""
    show = "all" if request.GET.get("show") == "all" else "unread"
    mine = Notice.objects.visible_to(request.user)
    if show == "unread":
        mine = mine.unread()
    rows = mine.select_related("event__account", "event__actor").order_by("-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"show": show, "page": page, "rows": told(page.object_list)}
    return render(request, "accounts_crm/notices.html", context)


@require_POST
def notices_read(request):
    """Mark notices as read or as new again; without `notice` all that are unread."""
    mine = Notice.objects.filter(user=request.user)
    wanted = request.POST.get("read", "yes")
    ids = request.POST.getlist("notice")
    if wanted not in ("yes", "no") or not all(_is_id(one) for one in ids):
        return HttpResponseBadRequest()
    if ids:
        mine = mine.filter(pk__in=ids[: 10 * A_PAGE])
    if wanted == "no":
        if not ids:
            return HttpResponseBadRequest()
        mine.update(read_at=None)
    else:
        number = mine.unread().update(read_at=timezone.now())
        if not ids:
            said = ngettext("%d notice is read.", "%d notices are read.", number) % number
            messages.success(request, said if number else _("There was nothing new."))
    show = "?show=all" if request.POST.get("show") == "all" else ""
    return redirect(reverse("notices") + show)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
