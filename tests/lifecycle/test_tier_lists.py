"""The list's conditions say of every account what the panel says of one."""

import datetime as dt
import itertools
import random

import pytest
from django.test import RequestFactory

from accounts_crm.account_page import account_with_head
from customers.calendar import business_today
from customers.models import Account
from lifecycle.models import Assessment, TierPolicy
from lifecycle.queries import policy_is
from lifecycle.tier_panels import staffed, tier
from lifecycle.tier_points import State
from teams.models import JointGroup, JointMeeting, TeamMember
from tests.nights import make_run, order

FIRST = dt.date(2020, 1, 1)
LEVELS = ("staff", "manager", "director", "executive")
FUNCTIONS = ("commercial", "finance", "logistics", "rnd", "marketing", "service")


def panel_of(account, viewer, run):
    """Return the tier panel as the account's page draws it."""
    request = RequestFactory().get(account.get_absolute_url())
    request.user = viewer
    return tier(account_with_head(request, account.pk, run), viewer)


@pytest.fixture
def night(account):
    order(account, dt.date(2026, 1, 5), 100)
    run = make_run(business_today() - dt.timedelta(days=1))
    Assessment.objects.filter(run=run).delete()
    return run


def assess(run, account, *, observed="ordinary", levels=(), days=10, groups=()):
    met = business_today() - dt.timedelta(days=days)
    return Assessment.objects.create(
        run=run,
        account=account,
        supported="pre",
        recorded=account.stage,
        observed_tier=observed,
        figures={"levels_met": {level: met.isoformat() for level in levels}, "groups": groups},
    )


def test_the_filter_and_the_panel_agree_on_every_account(night, cast):
    draw = random.Random(4)
    today = business_today()
    people = [cast["olga_owner"], cast["ed_editor"], cast["vera_viewer"], cast["dora_director"]]
    for number, made in enumerate(
        itertools.product(("ordinary", "partner", "strategic"), range(25))
    ):
        one = Account.objects.create(
            code=f"T-{number}",
            name=f"T {number}",
            tier=made[0],
            status=draw.choice(["active", "active", "active", "lost"]),
            last_contact_on=draw.choice(
                [None, today, today - dt.timedelta(days=14), today - dt.timedelta(days=61)]
            ),
        )
        whole = draw.random() < 0.6
        for person in people:
            TeamMember.objects.create(
                account=one,
                user=person,
                function=draw.choice(FUNCTIONS),
                since=today - dt.timedelta(days=draw.choice([0, 5])),
                until=draw.choice([None, None, today]),
            )
        if whole:
            TierPolicy.objects.filter(tier="strategic").update(functions=["commercial"])
        if draw.random() < 0.8:
            assess(
                night,
                one,
                levels=LEVELS if draw.random() < 0.6 else draw.sample(LEVELS, 2),
                days=draw.choice([0, 10, 100]),
                groups=draw.choice([[], [1], [1, 2], [1, 2, 3]]),
            )
    told = {
        one.pk: panel_of(one, cast["dora_director"], night).state for one in Account.objects.all()
    }

    listed = {
        state: set(
            Account.objects.filter(policy_is(state, night, today)).values_list("pk", flat=True)
        )
        for state in State
    }

    for state in State:
        assert listed[state] == {pk for pk, said in told.items() if said == state}
        assert listed[state], f"nothing was {state}: the test says nothing of it"


def test_a_person_without_place_in_the_grid_counts_by_his_own_function(account, cast):
    Account.objects.filter(pk=account.pk).update(last_contact_on=business_today())
    type(cast["ed_editor"]).objects.filter(pk=cast["ed_editor"].pk).update(function="finance")

    assert staffed(account, business_today()) == {"finance"}


def test_the_list_is_narrowed_and_keeps_it_in_the_address(
    night, account, far_account, cast, client
):
    assess(night, account, observed="partner")
    client.force_login(cast["dora_director"])

    def names(query):
        answer = client.get(f"/accounts/?{query}")
        assert answer.status_code == 200
        return {row.account.name for row in answer.context["rows"]}, answer

    assert names("observed=differs")[0] == {"Vorholm Cranes"}
    assert names("observed=partner")[0] == {"Vorholm Cranes"}
    assert names("observed=unknown")[0] == {"Zephyr Canary Works"}
    both = {"Vorholm Cranes", "Zephyr Canary Works"}
    assert names("policy=missing")[0] == both  # nobody is of sales
    chosen = {
        chip.name: chip.chosen for chip in names("policy=missing&observed=")[1].context["chips"]
    }
    assert chosen["policy"] == "Not kept"
    assert names("policy=nonsense")[0] == both


def test_a_night_whose_figures_were_thinned_out_is_unknown(night, account, cast):
    Account.objects.filter(pk=account.pk).update(last_contact_on=business_today())
    TierPolicy.objects.filter(tier="ordinary").update(
        functions=[], levels=["manager"], joint_groups=1, contact_every_days=60
    )
    Assessment.objects.create(
        run=night, account=account, supported="pre", recorded="pre", observed_tier="ordinary"
    )
    account.refresh_from_db()

    panel = panel_of(account, cast["dora_director"], night)
    assert {one.state for one in panel.points if one.kind in ("level", "groups")} == {State.UNKNOWN}
    assert panel.state == State.UNKNOWN
    assert account in Account.objects.filter(policy_is(State.UNKNOWN, night, business_today()))


@pytest.mark.parametrize(("days", "kept"), [(89, True), (90, False)])
def test_panel_and_list_read_what_the_night_wrote_of_joint_groups(account, cast, days, kept):
    as_of = business_today() - dt.timedelta(days=1)
    order(account, as_of, 100)
    Account.objects.filter(pk=account.pk).update(last_contact_on=business_today())
    TierPolicy.objects.filter(tier="ordinary").update(
        functions=[], levels=[], joint_groups=2, contact_every_days=60
    )
    for name in ("Gears", "Board"):
        group = JointGroup.objects.create(account=account, subject="rnd", name=name, since=FIRST)
        met = as_of - dt.timedelta(days=days)
        JointMeeting.objects.create(group=group, account=account, date=met)
    run = make_run(as_of)
    account.refresh_from_db()

    state = State.KEPT if kept else State.MISSING
    assert panel_of(account, cast["dora_director"], run).state == state
    listed = Account.objects.filter(policy_is(state, run, business_today()))
    assert account in listed
