"""Lists cost as many queries for 5,000 accounts as for 50."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts_crm.api.urls import RESOURCES
from accounts_crm.models import NightlyRun
from churn.models import BackTest, Defection, Flag, Goal, Playbook, Risk
from customers.models import (
    Account,
    CompetitorSighting,
    Complaint,
    Contact,
    Event,
    Interaction,
    NextStep,
    OrderLine,
    Ranking,
    Receivable,
    Region,
    SatisfactionScore,
)
from lifecycle.models import (
    Assessment,
    Interruption,
    OpenBook,
    StageMove,
    SupplierStance,
    TierRequest,
)
from teams.models import (
    Competence,
    CompetenceAnswer,
    Deputy,
    Handover,
    HandoverTick,
    JointGroup,
    JointMeeting,
    LinkageGroup,
    Post,
    TeamMember,
    TrainingGoal,
)
from tests.nights import analyze

BUDGET = 15
DAY = dt.date(2026, 3, 31)
YEAR = dt.timedelta(days=365)
MOMENT = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
MEASURES = {"auc": 0.8, "ap": 0.5, "lift": None, "brier": 0.1}
LOOKED_BACK = {
    "told": {"method": "parametric", "why": "few_accounts"},
    "groups": {"all": {"accounts": 20, "cases": 4, "models": {"model": MEASURES}}},
    "calibration": [{"accounts": 2, "foretold": 0.1, "came": 0.0}],
    "warned": {"accounts": 10, "cases": 2, "warned": 1, "model": 1, "recency": 0},
}


def grow(first, last, cast):
    """Add accounts with one row of everything each."""
    east, owner = Region.objects.get(name="East"), cast["olga_owner"]
    accounts = Account.objects.bulk_create(
        Account(code=f"G-{n:05}", name=f"Grown {n:05}", region=east, owner=owner)
        for n in range(first, last)
    )
    run, earlier = (
        NightlyRun.objects.get_or_create(
            as_of=day,
            attempt=1,
            defaults={
                "state": "published",
                "measure": "revenue",
                "window_months": 12,
                "currency": "CNY",
            },
        )[0]
        for day in (DAY, DAY - dt.timedelta(days=30))
    )
    positive = {"positive": last, "others": 0, "base": last * 100, "total": last * 100}
    run.facts = {"ranking": {"account": positive, "group": positive}}
    run.save()

    def each(model, **values):
        return model.objects.bulk_create(model(account=account, **values) for account in accounts)

    each(TeamMember, user=cast["ed_editor"], since=dt.date(2020, 1, 1))
    contacts = each(Contact, name="Ann")
    groups = each(JointGroup, name="Gears", subject="rnd", since=DAY)
    JointMeeting.objects.bulk_create(
        JointMeeting(group=group, account=group.account, date=DAY) for group in groups
    )
    for side, members in (("user", [owner] * len(groups)), ("contact", contacts)):
        through = (JointGroup.ours if side == "user" else JointGroup.theirs).through
        through.objects.bulk_create(
            through(jointgroup=group, **{side: member})
            for group, member in zip(groups, members, strict=True)
        )
    Post.objects.bulk_create(Post(title=f"Post {n}") for n in range(first, last))
    entries = each(Interaction, kind="call", at=MOMENT, date=DAY, author=owner)
    Interaction.ours.through.objects.bulk_create(
        Interaction.ours.through(interaction=entry, user=owner) for entry in entries
    )
    Interaction.theirs.through.objects.bulk_create(
        Interaction.theirs.through(interaction=entry, contact=contact)
        for entry, contact in zip(entries, contacts, strict=True)
    )
    NextStep.objects.bulk_create(
        NextStep(
            account=entry.account,
            interaction=entry,
            what="Call",
            due=DAY,
            who=owner,
            created_on=DAY,
        )
        for entry in entries
    )
    each(Complaint, category="price", severity=1, opened_on=DAY, text="Dear")
    each(SatisfactionScore, score=7, date=DAY)
    each(Receivable, type="invoice", reference="R-1", issued_on=DAY, due_on=DAY,
         amount_minor=100, currency="CNY")  # fmt: skip
    each(CompetitorSighting, competitor="Norvik", seen_on=DAY, share=20)
    each(Flag, kind="manual", reason="x")
    each(Defection, type="price", date=DAY, currency="CNY")
    Playbook.objects.bulk_create(
        Playbook(name=f"P {n}", against="price", plan=[{"after_days": 1, "what": "Ring"}])
        for n in range(first, last)
    )
    Goal.objects.bulk_create(
        Goal(metric="nps", region=east, baseline=0, target=100, since=DAY, due=MOMENT.date() + YEAR)
        for _account in accounts
    )
    each(StageMove, was="early", to="interrupted", at=MOMENT)
    each(TierRequest, was="ordinary", to="partner", reason="x", asked_by=owner)
    each(OpenBook, since=DAY)
    each(SupplierStance, date=DAY, suppliers=3, readiness=50)
    each(Interruption, stage="early", started_at=MOMENT)
    each(Event, kind="test")
    Event.objects.update(at=MOMENT)  # long settled
    findings = [{"signal": "no_contact", "strength": 1, "weight": 0.15, "share": 1, "figures": {
        "days": 90, "last": "2026-01-01", "every": 60}}]  # fmt: skip
    met = {"purchase_on": "2026-03-01", "share_permille": 300}
    each(Assessment, run=run, supported="early", recorded="pre", observed_tier="ordinary",
         figures=met)  # fmt: skip
    each(Risk, run=run, scored="scored", score=50, level="watch", value_at_stake=1, p_micro=10,
         findings=findings)  # fmt: skip
    BackTest.objects.bulk_create(
        BackTest(run=run, origin=DAY - dt.timedelta(days=n), outcome="silence", figures=LOOKED_BACK)
        for n in range(first, last)
    )
    for night in (run, earlier):
        for scope in ("account", "group"):
            Ranking.objects.bulk_create(
                Ranking(
                    run=night,
                    scope=scope,
                    account=account,
                    top=account,
                    position=place,
                    rank=place,
                    value=100,
                    cumulative=place * 100,
                    value_class="A",
                )
                for place, account in enumerate(accounts, start=first)
            )
    add_teams(accounts, cast)
    add_competences(first, last, cast)
    add_order_lines(accounts)
    analyze()


def add_teams(accounts, cast):
    groups = LinkageGroup.objects.bulk_create(LinkageGroup(name=a.code) for a in accounts)
    Deputy.objects.bulk_create(
        Deputy(account=account, user=cast["ed_editor"], group=group, since=DAY)
        for account, group in zip(accounts, groups, strict=True)
    )
    handovers = Handover.objects.bulk_create(
        Handover(account=a, was=cast["vera_viewer"], to=cast["olga_owner"], opened_on=DAY)
        for a in accounts
    )
    HandoverTick.objects.bulk_create(HandoverTick(handover=h, item="plan") for h in handovers)


def add_competences(first, last, cast):
    """Assess Olga, by Ed, for years enough: both see it, and the directors above her."""
    rows = Competence.objects.bulk_create(
        Competence(user=cast["olga_owner"], rater=cast["ed_editor"], year=n)
        for n in range(first, last)
    )
    answers = CompetenceAnswer.objects.bulk_create(
        CompetenceAnswer(competence=row, item="loyalty", score=1, evidence="x") for row in rows
    )
    TrainingGoal.objects.bulk_create(TrainingGoal(answer=row, due=DAY) for row in answers)


def add_order_lines(accounts):
    OrderLine.objects.bulk_create(
        OrderLine(
            source="t",
            order_id=account.code,
            line_id="1",
            account=account,
            date=DAY,
            currency="CNY",
            revenue_minor=100,
            revenue=100,
        )
        for account in accounts
    )


# Policies have as many rows as there are tiers and gates, whatever the accounts.
POLICIES = {"tier-policies", "stage-gates"}
LISTS = [
    *(name for name in RESOURCES if name not in POLICIES),
    "rankings/?scope=group",
    "accounts/?ordering=-risk&class=A&search=grown",
]


# Goals and back-tests are for directors and for who sees every account; assessments for who is
# concerned.
UNSEEN = {("ed_editor", "goals"), ("ed_editor", "back-tests"), ("rita_reader", "competences")}


def cost(caller, path, size):
    """Return how many queries a page of so many rows takes."""
    path = path if "?" in path else f"{path}/?"
    with CaptureQueriesContext(connection) as queries:
        answer = caller.get(f"{path}&page_size={size}")
    assert answer.status_code == 200, (path, answer.content)
    assert len(answer.json()["results"]) == size, path
    return len(queries)


def test_lists_cost_the_same_at_any_size(api, cast):
    callers = {name: api(name) for name in ("ed_editor", "dirk_director", "rita_reader")}
    grow(1, 51, cast)
    for caller in callers.values():
        caller.get("events/")  # a token's day of use is noted once

    asked = [(who, path) for who in callers for path in LISTS if (who, path) not in UNSEEN]
    few = {(who, path): cost(callers[who], path, 50) for who, path in asked}
    grow(51, 5001, cast)
    many = {(who, path): cost(callers[who], path, 50) for who, path in asked}
    long = {(who, path): cost(callers[who], path, 500) for who, path in asked}

    assert few == many == long
    assert max(many.values()) <= BUDGET, many
