"""The page itself: its sentence, its parts."""

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import apnumber
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from accounts_crm.my_day.attention import attention
from accounts_crm.my_day.circle import circle, contact_plan, is_own, strip
from accounts_crm.my_day.news import news
from accounts_crm.my_day.nights import nights
from accounts_crm.my_day.todo import OVERDUE, TODAY, logged, todo
from accounts_crm.run_facts import elapsed
from accounts_crm.run_messages import duration
from accounts_crm.visits import at_hand
from customers.access import may_log
from customers.figures import in_chinese
from lifecycle.models import TierPolicy
from teams.handover import taken_over


@require_safe
def my_day(request):
    """What needs me now: flags, next steps due, silences, what the night changed."""
    user, found = request.user, nights()
    cadences = dict(TierPolicy.objects.values_list("tier", "contact_every_days"))
    rows = circle(user, found, cadences)
    needs, needing = attention(user, found, cadences) if rows else ([], 0)
    entries = logged(user) if may_log(user) else []
    steps = todo(user, rows, entries)
    return render(
        request,
        "accounts_crm/my_day.html",
        {
            "heading": date_format(timezone.localdate(), pgettext("date above my day", "l, j F")),
            "sentence": sentence(needing, steps.count(TODAY), steps.count(OVERDUE)),
            "own": is_own(user),
            "may_log": may_log(user),
            "nights": found,
            "run": found.latest,
            "took": duration(elapsed(found.latest)) if found.latest else "",
            "rows": rows,
            "horizon": settings.RISK_HORIZON_DAYS,
            "strip": strip(rows, found),
            "needs": needs,
            "needing": needing,
            "todo": steps,
            "news": news(rows),
            "plan": contact_plan(rows),
            "at_hand": at_hand(user),
            "handovers": taken_over(user),
            "logged": entries,
        },
    )


def sentence(needing: int, today: int, late: int) -> str:
    """Return what waits, in one sentence: needing attention, due today, late."""
    parts = []
    if needing:
        parts.append(
            ngettext(
                "%(count)s account needs attention", "%(count)s accounts need attention", needing
            )
            % {"count": _number(needing)}
        )
    if today:
        parts.append(
            ngettext("%(count)s step is due today", "%(count)s steps are due today", today)
            % {"count": _number(today)}
        )
    if late:
        parts.append(
            ngettext("%(count)s step is late", "%(count)s steps are late", late)
            % {"count": _number(late)}
        )
    if not parts:
        return _("Nothing is waiting for you today.")
    if len(parts) == 1:
        text = _("%(one)s.") % {"one": parts[0]}
    elif len(parts) == 2:
        text = _("%(one)s and %(two)s.") % {"one": parts[0], "two": parts[1]}
    else:
        text = _("%(one)s, %(two)s and %(three)s.") % dict(
            zip(("one", "two", "three"), parts, strict=True)
        )
    return capfirst(text)


def _number(count: int) -> str:
    """Return a number up to nine in words where that is the custom."""
    return str(count) if in_chinese() else str(apnumber(count))
