"""No field is written that a resource does not offer for writing."""

import datetime as dt

import pytest
from django.db import models

from accounts_crm.api.urls import RESOURCES
from churn import defection_actions, goal_actions, playbook_actions
from churn.models import Defection, Flag, Goal, Playbook
from customers import actions, receivable_actions, sighting_actions
from customers.models import (
    Account,
    CompetitorSighting,
    Complaint,
    Contact,
    Interaction,
    NextStep,
    Receivable,
    SatisfactionScore,
)
from lifecycle.models import OpenBook, StageMove, SupplierStance, TierRequest
from lifecycle.open_book_actions import record_open_book
from teams import linkage
from teams.actions import join, open_joint_group
from teams.competence import assess, years
from teams.models import (
    Competence,
    Deputy,
    JointGroup,
    JointMeeting,
    LinkageGroup,
    TeamMember,
    User,
)

DAY = "2026-01-31"


def newcomer(account):
    return {"user": User.objects.get(username="otto_outsider").pk}


def meeting(account):
    """Return a meeting of a group that is made for it."""
    group = open_joint_group(
        account, by=None, subject="rnd", name="Gears", since=dt.date(2026, 1, 1)
    )
    return {"group": group.pk, "date": DAY}


def low(account):
    """Return an assessment of the manager of an account."""
    answers = [{"item": "loyalty", "score": 2, "evidence": "Left twice"}]
    return {"user": account.owner_id, "year": years()[0], "answers": answers}


def managers(account):
    """Return a linkage group of the manager of an account."""
    return {"name": "East", "members": [account.owner_id]}


# Resource: model, a body that is right, and the names that may be written.
WRITABLE = {
    "accounts": (
        Account,
        {"code": "N-1", "name": "New"},
        "code name other_name status parent region industry channel position "
        "product_complexity involvement_complexity city website owner",
    ),
    "contacts": (
        Contact,
        {"name": "Ann"},
        "account name other_name job_title function level dmu_role attitude influence reports_to "
        "email phone left_on",
    ),
    "interactions": (
        Interaction,
        {"kind": "call"},
        "account kind at ours theirs subject note tone next_step",
    ),
    "next-steps": (NextStep, {"what": "Call", "due": DAY}, "account what due who state"),
    "complaints": (
        Complaint,
        {"category": "price", "severity": 1, "opened_on": DAY, "text": "Dear"},
        "account category severity opened_on resolved_on text source",
    ),
    "satisfaction": (SatisfactionScore, {"score": 7, "date": DAY}, "account score date source"),
    "receivables": (
        Receivable,
        {"type": "credit_hold", "issued_on": DAY},
        "account type reference issued_on due_on amount currency settled_on note source",
    ),
    "sightings": (
        CompetitorSighting,
        {"competitor": "Norvik", "seen_on": DAY},
        "account competitor seen_on share note source",
    ),
    "flags": (Flag, {"reason": "A feeling"}, "account reason"),
    "team-members": (TeamMember, newcomer, "account user role layer function since until share"),
    "joint-groups": (
        JointGroup,
        {"name": "Gears", "subject": "rnd"},
        "account subject name ours theirs since until",
    ),
    "joint-meetings": (JointMeeting, meeting, "account group date note"),
    "deputies": (Deputy, {}, "account user since until"),
    "stage-moves": (StageMove, {"to": "early"}, "account was to reason causes"),
    "tier-requests": (
        TierRequest,
        {"to": "partner", "reason": "They grow"},
        "account to reason",
    ),
    "defections": (
        Defection,
        {"type": "price", "date": DAY},
        "account type date competitor value_lost keeping_cost note",
    ),
    "goals": (
        Goal,
        {"metric": "nps", "baseline": "10", "target": "20", "due": "2199-01-31"},
        "metric value_class tier region baseline target since due ended_on",
    ),
    "playbooks": (
        Playbook,
        {"name": "Hold", "against": "price", "plan": [{"after_days": 1, "what": "Ring"}]},
        "name against plan active",
    ),
    "linkage-groups": (LinkageGroup, managers, "name members"),
    "competences": (Competence, low, "user year answers"),
    "open-books": (OpenBook, {"since": DAY}, "account since until note"),
    "supplier-stances": (
        SupplierStance,
        {"date": "2026-01-31", "suppliers": 3},
        "account date suppliers length departments information negotiation selection "
        "support_theirs support_ours",
    ),
}
OF_NO_ACCOUNT = {"accounts", "goals", "playbooks", "competences", "linkage-groups"}
ADDED_ONLY = {"supplier-stances", "satisfaction", "stage-moves", "joint-meetings", "deputies"}
CHANGEABLE = {
    "flags": "state outcome note snoozed_until owner due",
    "team-members": "role layer function since until share",
    "defections": "account type date competitor value_lost keeping_cost note "
    "winback winback_on winback_note",
    "tier-requests": "state answer",
    "competences": "answers",
}


def extras(model, writable):
    """Yield every model field, by each of its names, that may not be written, with a value."""
    for field in model._meta.get_fields():
        for name in {field.name, getattr(field, "attname", field.name)} - set(writable.split()):
            yield name, value_for(field)


def value_for(field):
    if isinstance(field, models.DateTimeField):
        return "2020-01-01T00:00:00Z"
    if isinstance(field, models.DateField):
        return "2020-01-01"
    if isinstance(field, models.CharField | models.TextField):
        return field.choices[-1][0] if field.choices else "planted"
    if isinstance(field, models.JSONField):
        return [{"signal": "planted"}]
    return 1


def test_every_resource_that_is_written_is_in_the_table():
    written = {name for name, resource in RESOURCES.items() if hasattr(resource, "add")}
    assert written == set(WRITABLE)


@pytest.mark.parametrize("name", WRITABLE)
def test_nothing_else_is_written_when_a_row_is_added(api, account, cast, name):
    model, body, writable = WRITABLE[name]
    body = body(account) if callable(body) else body
    if name == "deputies":
        linked = [cast["olga_owner"], cast["ed_editor"]]
        linkage.form_group("East", linked, by=cast["dora_director"])
        body = {"user": cast["ed_editor"].pk}
    body = body if name in OF_NO_ACCOUNT else {**body, "account": account.pk}
    caller, before = api("dora_director"), model.objects.count()

    for extra, value in extras(model, writable):
        answer = caller.post(f"{name}/", {**body, extra: value})
        assert (answer.status_code, extra in answer.json()["errors"]) == (400, True), extra
    assert model.objects.count() == before

    # The guard is the extra field alone: without it the body is taken.
    assert caller.post(f"{name}/", body).status_code == 201


@pytest.mark.parametrize("name", sorted(set(WRITABLE) - ADDED_ONLY))
def test_nothing_else_is_written_when_a_row_is_changed(api, account, cast, name):
    model, _body, writable = WRITABLE[name]
    row, caller = make(name, account, cast), api("dora_director")
    before = dict(model.objects.filter(pk=row.pk).values().get())

    for extra, value in extras(model, CHANGEABLE.get(name, writable) + " version"):
        if value in (before.get(extra), before.get(f"{extra}_id")) or extra == "account":
            continue  # sent back as it was
        answer = caller.patch(f"{name}/{row.pk}/", {extra: value, "version": row.version})
        assert (answer.status_code, extra in answer.json()["errors"]) == (400, True), extra

    assert model.objects.filter(pk=row.pk).values().get() == before


def make(name, account, cast):
    by, day = cast["dora_director"], dt.date(2026, 1, 31)
    match name:
        case "accounts":
            return account
        case "contacts":
            return actions.add_contact(account, by=by, name="Ann")
        case "interactions":
            return actions.log_contact(account, by=by, kind="call")
        case "next-steps":
            return actions.plan_step(account, by=by, what="Call", due=day)
        case "complaints":
            return actions.record_complaint(
                account, by=by, category="price", severity=1, opened_on=day, text="Dear"
            )
        case "receivables":
            return receivable_actions.record_receivable(
                account, by=by, type="credit_hold", issued_on=day, currency="CNY"
            )
        case "sightings":
            return sighting_actions.record_sighting(
                account, by=by, competitor="Norvik", seen_on=day
            )
        case "team-members":
            return join(
                account,
                User.objects.get(username="otto_outsider"),
                by=by,
                role="editor",
                layer="core",
            )
        case "joint-groups":
            return open_joint_group(account, by=by, subject="rnd", name="Gears", since=day)
        case "open-books":
            return record_open_book(account, by=by, since=day)
        case "defections":
            return defection_actions.record_defection(account, by=by, type="price", date=day)
        case "goals":
            return goal_actions.set_goal(
                by=by, metric="nps", baseline=1000, target=2000, due=dt.date(2199, 1, 31)
            )
        case "linkage-groups":
            return linkage.form_group("East", [account.owner], by=by)
        case "competences":
            answers = {"loyalty": (2, "Left twice")}
            return assess(account.owner, by=by, year=years()[0], answers=answers)
        case "playbooks":
            plan = [{"after_days": 1, "what": "Ring"}]
            return playbook_actions.make_playbook(by=by, name="Hold", against="price", plan=plan)
        case "tier-requests":
            return TierRequest.objects.create(
                account=account, was="ordinary", to="partner", reason="x", asked_by=by
            )
    return Flag.objects.create(account=account, kind="manual", reason="A feeling")
