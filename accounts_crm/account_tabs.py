"""The other tabs of an account: people, timeline, value, team, lifecycle, plan, history."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from accounts_crm import visits
from accounts_crm.account_page import account_with_head, head
from accounts_crm.models import NightlyRun
from customers import fact_panels, happenings, panels, relations
from customers import timeline as timelines
from customers.calendar import business_today
from customers.cut import Cut
from customers.models import Account, Event, Function
from customers.org_chart import org_chart
from customers.trade import by_category, trade
from lifecycle import panels as lifecycle_panels
from lifecycle import tier_panels
from lifecycle.evidence_panel import evidence_panel
from lifecycle.open_books import open_books
from teams import panels as teams_panels
from teams.coverage import needed_by
from teams.joint_work import joint_work

HISTORY = 50  # changes on a page
CATEGORIES = 50  # shown, the most valuable
MOVES = 50  # of the stage, and of the tier, shown
LONGEST = 200  # of a text that the timeline is searched for


@require_safe
@visits.noted
def account_people(request, pk):
    """The people at the customer: who reports to whom, who decides, who knows them."""
    frame = _frame(request, pk, "people")
    contacts = panels.contacts(frame["account"], request.user)
    context = {**frame, "contacts": contacts, "chart": org_chart(contacts.rows)}
    return render(request, "accounts_crm/account_people.html", context)


@require_safe
@visits.noted
def account_team(request, pk):
    """Our people around the account: by layer and function, with what is missing."""
    frame = _frame(request, pk, "team")
    account = frame["account"]
    team = teams_panels.team(account, request.user, needed=needed_by(account.needed))
    context = {**frame, "team": team, "joint": joint_work(account, request.user)}
    context["deputies"] = teams_panels.deputies(account)
    context["open_books"] = open_books(account, request.user)
    return render(request, "accounts_crm/account_team.html", context)


@require_safe
@visits.noted
def account_value(request, pk):
    """What the account trades: by month and category, what it could buy, how it pays."""
    frame = _frame(request, pk, "value")
    account, run = frame["account"], frame["run"]
    as_of = run.as_of if run else business_today()
    measure = run.measure if run else "revenue"
    traded = trade(account, as_of, measure)
    context = {
        **frame,
        "value": panels.value(account, traded, currency=frame["currency"], measure=measure),
        "categories": Cut(by_category(account, as_of, measure), CATEGORIES),
        "potential": fact_panels.potential(account, request.user),
        "receivables": fact_panels.receivables(account, request.user),
        "sightings": fact_panels.sightings(account, request.user),
    }
    return render(request, "accounts_crm/account_value.html", context)


@require_safe
@visits.noted
def account_lifecycle(request, pk):
    """How far the relationship has come: stage, evidence and tier, and how it came there."""
    frame = _frame(request, pk, "lifecycle")
    account = frame["account"]
    context = {
        **frame,
        "stage": lifecycle_panels.stage(account, request.user),
        "evidence": evidence_panel(account, frame["run"]),
        "tier": tier_panels.tier(account, request.user),
        "moves": Cut(account.stage_moves.select_related("by"), MOVES),
        "requests": Cut(
            account.tier_requests.decided().select_related("asked_by", "decided_by"), MOVES
        ),
    }
    return render(request, "accounts_crm/account_lifecycle.html", context)


@require_safe
@visits.noted
def account_plan(request, pk):
    """What is to be done, what was done lately, and what is missing for the next stage."""
    frame = _frame(request, pk, "plan")
    account = frame["account"]
    context = {
        **frame,
        "next_steps": panels.next_steps(account, request.user),
        "closed": panels.closed_steps(account),
        "days": panels.CLOSED_DAYS,
        "evidence": evidence_panel(account, frame["run"]),
    }
    return render(request, "accounts_crm/account_plan.html", context)


@require_safe
def account_met(request, pk):
    """The log entries behind a cell of the relationship map."""
    ours, theirs = request.GET.get("ours", ""), request.GET.get("theirs", "")
    if ours not in Function.values or theirs not in Function.values:
        raise Http404
    frame = _frame(request, pk, "people")
    account = frame["account"]
    context = {
        **frame,
        "entries": timelines.between(account, ours, theirs, since=relations.first_day()),
        "most": timelines.BETWEEN,
        "panel": {"may_change": frame["may_relate"], "account": account},
        "ours": Function(ours).label,
        "theirs": Function(theirs).label,
    }
    return render(request, "accounts_crm/account_met.html", context)


@require_safe
def account_timeline(request, pk):
    """The timeline: as a tab, or alone, anew after a contact was logged, or its older entries."""
    if request.htmx:
        seen = Account.objects.visible_to(request.user).with_permissions(request.user)
        run = NightlyRun.objects.latest_published()
        frame: dict[str, Any] = {"account": get_object_or_404(seen, pk=pk)}
    else:
        frame = _frame(request, pk, "timeline")
        run = frame["run"]
    panel = panels.timeline(
        frame["account"],
        request.user,
        currency=run.currency if run else settings.REPORTING_CURRENCY,
        measure=run.measure if run else "revenue",
        before=_moment(request.GET.get("before", "")),
        only=only if (only := request.GET.get("kind", "")) in timelines.KINDS else "",
        q=request.GET.get("q", "").replace("\0", "").strip()[:LONGEST],
        # On the account page older entries wait for a press: there is something below them.
        scrolls=not request.htmx or "/timeline/" in (request.htmx.current_url or ""),
    )
    name = "accounts_crm/account_timeline.html"
    if request.htmx:
        name = "customers/_timeline.html" if panel.newest else "customers/_entries.html"
    return render(request, name, {**frame, "panel": panel})


@require_safe
def account_history(request, pk):
    """Every change of every field: who, when, from what to what."""
    frame = _frame(request, pk, "history")
    events = Event.objects.filter(account=frame["account"], kind__in=happenings.SHOWN)
    field = request.GET.get("field", "")
    fields = happenings.fields_of(events)
    if field in fields:
        events = events.filter(changes__has_key=field)
    else:
        field = ""
    ordered = events.select_related("actor").order_by("-at", "-pk")
    page = Paginator(ordered, HISTORY).get_page(request.GET.get("page"))
    context = {
        **frame,
        "field": field,
        "fields": fields,
        "page": page,
        "told": happenings.told(list(page.object_list), only=field),
    }
    return render(request, "accounts_crm/account_history.html", context)


def _frame(request, pk: int, tab: str) -> dict[str, Any]:
    """Return what the head and the tabs draw, as of the latest night."""
    run = NightlyRun.objects.latest_published()
    return head(request.user, account_with_head(request, pk, run), run, tab)


def _moment(typed: str) -> dt.datetime | None:
    if not typed:
        return None
    try:
        moment = parse_datetime(typed)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Http404
    return moment
