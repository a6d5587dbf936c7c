"""The accounts a person opened lately and those pinned: read by search and my day.

Both are habits of one person, not facts about an account: they write no event.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import structlog
from django.contrib import messages
from django.db import DatabaseError, transaction
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts_crm.models import Visit
from customers.errors import Refused
from customers.models import Account

AGAIN = dt.timedelta(minutes=5)  # within it a second look writes nothing
MOST_PINNED = 20
logger = structlog.get_logger(__name__)


def recent(user, limit: int = 8) -> list[Account]:
    """Return the accounts a person opened last and may still see, each with `visited_at`."""
    return _accounts(user, Visit.objects.filter(user=user).order_by("-at", "pk"), limit)


def recent_ids(user, limit: int = 50) -> list[int]:
    """Return the ids of the accounts a person opened last; not yet passed by the access rule."""
    visits = Visit.objects.filter(user=user).order_by("-at", "pk")
    return list(visits.values_list("account", flat=True)[:limit])


def pinned(user) -> list[Account]:
    """Return the accounts a person has pinned and may still see, each with `visited_at`."""
    visits = Visit.objects.filter(user=user, pinned_at__isnull=False).order_by("pinned_at", "pk")
    return _accounts(user, visits, MOST_PINNED)


def at_hand(user, limit: int = 6) -> dict[str, list[Any]]:
    """Return the accounts pinned, and those opened last besides, in one query."""
    visits = Visit.objects.filter(user=user).order_by(
        F("pinned_at").asc(nulls_last=True), "-at", "pk"
    )
    accounts: list[Any] = _accounts(user, visits, MOST_PINNED + limit)
    held = [account for account in accounts if account.is_pinned]
    return {"pinned": held, "recent": [one for one in accounts if not one.is_pinned][:limit]}


def with_visit(accounts: QuerySet, user) -> QuerySet:
    """Annotate accounts with `visited_at` and `pinned_at` of a person; None where never."""
    return accounts.annotate(
        visit=FilteredRelation("visits", condition=Q(visits__user=user))
    ).annotate(visited_at=F("visit__at"), pinned_at=F("visit__pinned_at"))


@transaction.atomic
def pin(account: Account, *, by) -> None:
    """Keep an account at hand for a person. Raises Refused if too many are."""
    now = timezone.now()
    if Visit.objects.filter(user=by, account=account, pinned_at__isnull=False).exists():
        return
    if Visit.objects.filter(user=by, pinned_at__isnull=False).count() >= MOST_PINNED:
        raise Refused(
            _("You have pinned %(most)s accounts already. Unpin one before you pin %(account)s.")
            % {"most": MOST_PINNED, "account": account}
        )
    Visit.objects.update_or_create(
        user=by, account=account, defaults={"pinned_at": now}, create_defaults=_both(now)
    )


def unpin(account: Account, *, by) -> None:
    """Let a pinned account go."""
    Visit.objects.filter(user=by, account=account).update(pinned_at=None)


def note(user, account_id: int) -> None:
    """Write down that a person opened an account just now."""
    Visit.objects.bulk_create(
        [Visit(user=user, account_id=account_id, at=timezone.now())],
        update_conflicts=True,
        unique_fields=["user", "account"],
        update_fields=["at"],
    )


def noted(view: Callable) -> Callable:
    """Note the visit of an account's page once it was answered.

    The page leaves the time of the last visit in `request.visited_at`, None where there was none.
    The one thing a GET writes: it changes nothing that anybody else sees, a HEAD or a page fetched
    ahead does not count, and where it cannot be written the page stands all the same.
    """

    @wraps(view)
    def noting(request, pk):
        response = view(request, pk)
        ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
        if request.method == "GET" and response.status_code == 200 and not ahead:
            last = request.visited_at
            if last is None or last < timezone.now() - AGAIN:
                response._resource_closers.append(partial(_note_safely, request.user, pk))
        return response

    return noting


@require_POST
def account_pin(request, pk):
    """Pin or unpin an account for the person who asks."""
    account = Account.objects.get_for(request.user, pk)
    wanted = request.POST.get("pinned")
    if wanted not in ("yes", "no"):
        return HttpResponseBadRequest()
    try:
        pin(account, by=request.user) if wanted == "yes" else unpin(account, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        wanted = "no"
    if not request.htmx:
        return redirect(account)
    return render(
        request, "accounts_crm/_account_pin.html", {"account": account, "pinned": wanted == "yes"}
    )


def _note_safely(user, pk: int) -> None:
    try:
        note(user, pk)
    except DatabaseError as error:
        logger.warning("visit_not_noted", account=pk, error=str(error))


def _both(now: dt.datetime) -> dict:
    return {"at": now, "pinned_at": now}


def _accounts(user, visits, limit: int) -> list[Account]:
    seen = Account.objects.visible_to(user).order_by()
    rows = visits.filter(account__in=seen.values("pk")).select_related("account__owner")[:limit]
    accounts = []
    for visit in rows:
        visit.account.visited_at = visit.at
        visit.account.is_pinned = visit.pinned_at is not None
        accounts.append(visit.account)
    return accounts
