"""What stands behind a point of an account's evidence: the entries, orders, groups, agreements."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts_crm.account_page import account_with_head, head
from accounts_crm.as_of import night
from accounts_crm.models import NightlyRun
from customers import timeline as timelines
from customers.calendar import business_today
from customers.rest.fields import parse_id
from lifecycle import evidence, gate_words
from lifecycle.behind import behind
from lifecycle.facts import Facts

SHOWN = 50  # entries on a page


@require_safe
def account_evidence(request, pk):
    """Show what a gate counts as of a night, and say where that is no longer what it counted."""
    asked = night(request.GET.get("as_of", ""))
    run = asked.run or NightlyRun.objects.latest_published()
    account: Any = account_with_head(request, pk, run)
    as_of = run.as_of if run else business_today()
    gates = evidence.gates(as_of if asked.past else None)
    wanted = parse_id(request.GET.get("gate", ""))
    gate = next((one for rows in gates.values() for one in rows if one.pk == wanted), None)
    if gate is None:
        raise Http404
    found = behind(account, gate, as_of)
    figures = account.evidence
    then = evidence.have(gate, Facts.of_figures(figures), as_of) if figures else None
    page = None
    if found.contacts is not None:
        rows = found.contacts.select_related("author", "next_step__who").order_by("-at", "-pk")
        page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    frame = head(request.user, account, run, "overview")
    context = {
        **frame,
        "gate": gate,
        "words": gate_words.asked(gate),
        "found": found,
        "there": gate_words.there(evidence.Point(gate, found.have)),
        "then": gate_words.there(evidence.Point(gate, then)),
        # A night before the first, or one whose figures were dropped, says nothing to compare.
        "differs": bool(figures) and then != found.have,
        "as_of": as_of,
        "page": page,
        "entries": timelines.contacts(page.object_list) if page else [],
        "panel": {"may_change": frame["may_relate"], "account": account},
    }
    return render(request, "accounts_crm/account_evidence.html", context)
