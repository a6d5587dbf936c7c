"""The risk of an account: each finding of a night, and the receipt of the one that is open."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts_crm import visits
from accounts_crm.account_page import account_with_head, head
from accounts_crm.as_of import night
from accounts_crm.models import NightlyRun
from churn import panels, receipts
from customers.panels import complaints


@require_safe
@visits.noted
def account_risk(request, pk):
    """What speaks for a loss, with the rows behind one finding, and complaints."""
    asked = night(request.GET.get("as_of", ""))
    run = asked.run or (NightlyRun.objects.latest_published() if asked.missing else None)
    account = account_with_head(request, pk, run)
    panel = panels.risk(account, request.user, run)
    wanted = request.GET.get("signal", "")
    reason = next((one for one in panel.reasons if one.signal == wanted), None)
    if reason is None and panel.reasons:
        reason = panel.reasons[0]
    context = {
        **head(request.user, account, run, "risk"),
        "risk": panel,
        "night": asked,
        "reason": reason,
        "groups": receipts.rows_behind(account, reason.found, run.as_of, run.currency)
        if reason
        else [],
        "complaints": complaints(account, request.user),
    }
    return render(request, "accounts_crm/account_risk.html", context)
