"""The account page: an account at a glance, panel by panel; the tabs hold the rest."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts_crm import visits
from accounts_crm.as_of import night
from accounts_crm.models import NightlyRun
from churn import panels as churn_panels
from churn.queries import for_risk_panel
from customers import access, panels, ranking
from customers.access import Change
from customers.calendar import business_today
from customers.meetings import meetings
from customers.models import Account, NextStep
from customers.relations import relations
from customers.trade import Trade, trade
from customers.tree import path
from customers.wallet import potential_of
from lifecycle import panels as lifecycle_panels
from lifecycle.evidence_panel import evidence_panel
from lifecycle.models import TierPolicy
from teams import panels as teams_panels
from teams.coverage import needed_by
from teams.handover import with_fragile


@dataclass(frozen=True)
class Facts:
    """The strip of figures below the name; None is unknown, and never shown as zero.

    share     of the value of the company, or of the accounts the user sees, as a fraction
    wallet    our part of what the customer buys, as a fraction
    late      longer without contact than the tier asks
    step      the next one
    """

    trade: Trade
    move: int | None
    share: float | None
    cumulative: float | None
    whole: bool
    wallet: float | None
    late: bool
    step: NextStep | None


@require_safe
@visits.noted
def account_page(request, pk):
    """What one should know of an account before a meeting; panels in page order."""
    viewer = request.user
    asked = night(request.GET.get("as_of", ""))
    run = asked.run or (NightlyRun.objects.latest_published() if asked.missing else None)
    account = account_with_head(request, pk, run, facts=True)
    measure = run.measure if run else "revenue"
    as_of = run.as_of if run else business_today()
    traded = trade(account, as_of, measure)
    roster = teams_panels.roster(account, needed=needed_by(account.needed))
    met = meetings(account)
    people = panels.contacts(account, viewer, met)
    # Who can be given a step, as customers.colleagues has it, without asking again.
    colleagues = {person.pk: person for person in (viewer, account.owner, *roster.people) if person}
    planned = panels.next_steps(account, viewer, colleagues=colleagues.values())
    frame = head(viewer, account, run, "overview")
    return render(
        request,
        "accounts_crm/account_page.html",
        {
            **frame,
            "night": asked,
            "latest_run": run if not asked.past else None,
            "facts": _facts(viewer, account, traded, planned.steps),
            "stage": lifecycle_panels.stage(account, viewer),
            "evidence": evidence_panel(account, run, past=asked.past),
            "value": panels.value(account, traded, currency=frame["currency"], measure=measure),
            "contacts": people,
            "relations": relations(
                account, [row.contact for row in people.rows], colleagues.values(), met
            ),
            "next_steps": planned,
            "risk": churn_panels.risk(account, viewer, run),
            "roster": roster,
        },
    )


@require_safe
def account_steps(request, pk):
    """The next steps alone, anew after one was planned or a contact was logged."""
    account = Account.objects.get_for(request.user, pk)
    panel = panels.next_steps(account, request.user)
    return render(request, "customers/_next_steps.html", {"panel": panel})


def head(viewer, account: Account, run, tab: str) -> dict[str, Any]:
    """Return what the head and the tabs of every page of an account draw."""
    return {
        "account": account,
        "tab": tab,
        "run": run,
        "latest_run": run,
        "currency": run.currency if run else settings.REPORTING_CURRENCY,
        "crumbs": _crumbs(viewer, account),
        "may_edit": account.may_be_changed_by(viewer, Change.FACTS),
        "may_relate": account.may_be_changed_by(viewer, Change.RELATIONSHIP),
    }


def account_with_head(request, pk: int, run, *, facts: bool = False) -> Account:
    """Return the account with all that stands in its head, in one query.

    facts  with what only the strip of figures shows besides
    The last visit stays in `request.visited_at`, see accounts_crm.visits.
    """
    viewer = request.user
    accounts = ranking.with_rank(Account.objects.visible_to(viewer), run)
    if facts:
        accounts = _with_facts(accounts, viewer, run)
    parent = Account.objects.visible_to(viewer).filter(pk=OuterRef("parent"))
    accounts = visits.with_visit(with_fragile(for_risk_panel(accounts, run)), viewer).annotate(
        parent_seen=Exists(parent),
        assessment=FilteredRelation("assessments", condition=Q(assessments__run=run)),
        needed=Subquery(_policy().values("functions")[:1]),  # of our functions, by the tier
    )
    accounts = accounts.annotate(
        evidence=F("assessment__figures"), observed_tier=F("assessment__observed_tier")
    )
    account = get_object_or_404(
        accounts.with_permissions(viewer).select_related("owner", "region", "parent"), pk=pk
    )
    request.visited_at = account.visited_at
    return account


def _with_facts(accounts: QuerySet, viewer, run) -> QuerySet:
    potential = potential_of(run and run.as_of)
    return ranking.with_movement(accounts, ranking.comparable_id(run)).annotate(
        shown_base=ranking.shown_base(run, viewer),
        cumulative=F("ranking__cumulative"),
        potential=Subquery(potential.values("amount")[:1]),
        potential_on=Subquery(potential.values("date")[:1]),
        cadence=Subquery(_policy().values("contact_every_days")[:1]),
    )


def _policy() -> QuerySet:
    return TierPolicy.objects.filter(tier=OuterRef("tier"))


def _crumbs(viewer, account: Any) -> list[Account]:
    """Return the group above the account, topmost first; hidden accounts are left out.

    A query only where there is more than the parent.
    """
    if account.parent is None:
        return []
    if account.parent.parent_id is None:
        return [account.parent] if account.parent_seen else []
    return list(path(Account.objects.visible_to(viewer), account.parent_id))


def _facts(viewer, account: Any, traded: Trade, steps: list[NextStep]) -> Facts:
    whole = access.sees_all(viewer)
    # A share is told of what earns: an account without value, or below zero, has none.
    base = account.shown_base if account.value and account.value > 0 else None
    days = (business_today() - account.last_contact_on).days if account.last_contact_on else None
    return Facts(
        trade=traded,
        move=account.rank_before - account.rank
        if account.rank is not None and account.rank_before is not None
        else None,
        share=account.value / base if base else None,
        cumulative=account.cumulative / base if base and whole and account.cumulative else None,
        whole=whole,
        wallet=traded.wallet(account.potential),
        late=bool(
            days is not None
            and account.cadence
            and days > account.cadence
            and account.status != Account.Status.LOST
        ),
        step=steps[0] if steps else None,
    )
