"""What was understood of a day typed in words, shown beside its field."""

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts_crm.log.page import check_may_log
from customers.dates_in_words import Unclear, day_in, moment_in


@require_safe
def dates(request):
    """Say in plain text what `at` or `step_date` was understood as, or why it was not."""
    check_may_log(request.user)
    at, due = request.GET.get("at", "").strip(), request.GET.get("step_date", "").strip()
    try:
        said = said_moment(moment_in(at)) if at else said_day(day_in(due)) if due else ""
    except Unclear as fault:
        said = str(fault)
    else:
        said = f"{_('Understood as:')} {said}" if said else ""
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


def said_moment(at) -> str:
    """Return a moment with its weekday."""
    return f"{date_format(at, 'D')} {date_format(at, 'DATETIME_FORMAT')}"


def said_day(day) -> str:
    """Return a day with its weekday."""
    return f"{date_format(day, 'D')} {date_format(day, 'DATE_FORMAT')}"
