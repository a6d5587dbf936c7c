"""The account page: everything of one account, panel by panel."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from accounts_crm.as_of import night
from accounts_crm.models import NightlyRun
from accounts_crm.portfolio.listing import potential_of
from churn import panels as churn_panels
from churn.queries import with_risk
from customers import access, panels, ranking
from customers.access import Change
from customers.calendar import business_today
from customers.models import Account, NextStep, OrderLine, Stage
from customers.trade import Trade, trade
from customers.tree import ancestors
from lifecycle.models import TierPolicy
from teams import panels as teams_panels

STAGES = [stage for stage in Stage if stage != Stage.INTERRUPTED]


@dataclass(frozen=True)
class Facts:
    """The strip of figures below the name; None is unknown, and never shown as zero.

    share     of the value of the company, or of the accounts the user sees, as a fraction
    wallet    our part of what the customer buys, as a fraction
    late      longer without contact than the tier asks
    """

    trade: Trade
    move: int | None
    share: float | None
    cumulative: float | None
    whole: bool
    wallet: float | None
    late: bool
    step_late: bool


@dataclass(frozen=True)
class Step:
    """A stage on the track: passed, current or to come."""

    label: str
    filled: bool
    current: bool


@require_safe
def account_page(request, pk):
    """Everything we know of one account; panels in page order."""
    viewer = request.user
    asked = night(request.GET.get("as_of", ""))
    run = asked.run or (NightlyRun.objects.latest_published() if asked.missing else None)
    account = _account(viewer, pk, run)
    measure = run.measure if run else "revenue"
    currency = run.currency if run else settings.REPORTING_CURRENCY
    as_of = run.as_of if run else business_today()
    traded = trade(account, as_of, measure, since=account.first_order)
    roster = teams_panels.roster(account, viewer)
    # Who can be given a step, as customers.colleagues has it, without asking again.
    colleagues = {person.pk: person for person in (viewer, account.owner, *roster.people) if person}
    return render(
        request,
        "accounts_crm/account_page.html",
        {
            "account": account,
            "night": asked,
            "run": run,
            "latest_run": run if not asked.past else None,
            "currency": currency,
            "crumbs": _crumbs(viewer, account),
            "facts": _facts(viewer, account, run, traded),
            "stages": _stages(account),
            "may_edit": account.may_be_changed_by(viewer, Change.FACTS),
            "may_relate": account.may_be_changed_by(viewer, Change.RELATIONSHIP),
            "value": panels.value(account, traded, currency=currency, measure=measure),
            "contacts": panels.contacts(account, viewer),
            "timeline": panels.timeline(
                account,
                viewer,
                currency=currency,
                measure=measure,
                trade=None if asked.past else traded,
            ),
            "next_steps": panels.next_steps(account, viewer, colleagues=colleagues.values()),
            "risk": churn_panels.risk(account, viewer, run),
            "roster": roster,
            "complaints": panels.complaints(account, viewer),
        },
    )


@require_safe
def account_timeline(request, pk):
    """The timeline alone: anew after a contact was logged, or its older entries."""
    account = get_object_or_404(
        Account.objects.visible_to(request.user).with_permissions(request.user), pk=pk
    )
    run = NightlyRun.objects.latest_published()
    panel = panels.timeline(
        account,
        request.user,
        currency=run.currency if run else settings.REPORTING_CURRENCY,
        measure=run.measure if run else "revenue",
        before=_moment(request.GET.get("before", "")),
    )
    name = "timeline" if not request.htmx else "_timeline" if panel.newest else "_entries"
    return render(request, f"customers/{name}.html", {"panel": panel, "account": account})


@require_safe
def account_steps(request, pk):
    """The next steps alone, anew after one was planned or a contact was logged."""
    account = Account.objects.get_for(request.user, pk)
    panel = panels.next_steps(account, request.user)
    return render(request, "customers/_next_steps.html", {"panel": panel})


def _account(viewer, pk: int, run) -> Account:
    """Return the account with all that stands in its head, in one query."""
    potential = potential_of(run)
    step = NextStep.objects.filter(account=OuterRef("pk"), state=NextStep.State.OPEN)
    first_step = step.order_by("due", "pk")
    accounts = ranking.with_rank(Account.objects.visible_to(viewer), run)
    accounts = ranking.with_movement(accounts, ranking.comparable(run))
    accounts = with_risk(accounts, run).annotate(
        cumulative=F("ranking__cumulative"),
        potential=Subquery(potential.values("amount")[:1]),
        potential_on=Subquery(potential.values("date")[:1]),
        first_order=Subquery(
            OrderLine.objects.filter(account=OuterRef("pk")).order_by("date").values("date")[:1]
        ),
        step_what=Subquery(first_step.values("what")[:1]),
        step_due=Subquery(first_step.values("due")[:1]),
        cadence=Subquery(
            TierPolicy.objects.filter(tier=OuterRef("tier")).values("contact_every_days")[:1]
        ),
    )
    return get_object_or_404(
        accounts.with_permissions(viewer).select_related("owner", "region"), pk=pk
    )


def _crumbs(viewer, account: Account) -> list[Account]:
    """Return the group above the account, topmost first; hidden accounts are left out."""
    if account.parent_id is None:
        return []
    above = ancestors("customers.Account", account.parent_id)
    seen = Account.objects.visible_to(viewer).in_bulk(above)
    return [seen[pk] for pk in reversed(above) if pk in seen]


def _facts(viewer, account: Any, run, traded: Trade) -> Facts:
    whole = access.sees_all(viewer)
    base = 0
    if run and account.value is not None and account.value > 0:
        base = ranking.shown_total(run, viewer).base
    days = (business_today() - account.last_contact_on).days if account.last_contact_on else None
    revenue, potential = traded.year_revenue, account.potential
    return Facts(
        trade=traded,
        move=account.rank_before - account.rank
        if account.rank is not None and account.rank_before is not None
        else None,
        share=account.value / base if base else None,
        cumulative=account.cumulative / base if base and whole and account.cumulative else None,
        whole=whole,
        wallet=revenue / potential if potential and revenue is not None else None,
        late=bool(
            days is not None
            and account.cadence
            and days > account.cadence
            and account.status != Account.Status.LOST
        ),
        step_late=account.step_due is not None and account.step_due < business_today(),
    )


def _stages(account: Account) -> list[Step]:
    """Return the track; nothing on it is filled while the relation is interrupted."""
    at = next((place for place, stage in enumerate(STAGES) if stage == account.stage), -1)
    return [Step(str(stage.label), place <= at, place == at) for place, stage in enumerate(STAGES)]


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
