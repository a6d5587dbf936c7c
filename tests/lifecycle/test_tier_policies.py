"""What each tier asks of us: defaults, changes with history, points kept and missing."""

import datetime as dt

import pytest
from django.test import Client

from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account, Event
from lifecycle.models import Assessment, TierPolicy
from lifecycle.tier_actions import change_policy
from lifecycle.tier_points import State, overall, points
from teams.models import TeamMember
from tests.nights import make_run, order

DAY = dt.date(2026, 5, 31)


def at(client, person):
    client.force_login(person)
    return client


def typed(policy, **other):
    return {
        "contact_every_days": policy.contact_every_days,
        "functions": policy.functions,
        "levels": policy.levels,
        "joint_groups": policy.joint_groups,
        "complex_percent": policy.complex_percent,
        "version": policy.version,
        **other,
    }


def test_the_defaults_are_those_of_the_design(db):
    assert {
        policy.tier: (
            policy.contact_every_days,
            set(policy.functions),
            set(policy.levels),
            policy.joint_groups,
        )
        for policy in TierPolicy.objects.all()
    } == {
        "ordinary": (60, {"commercial"}, {"manager"}, 0),
        "partner": (30, {"commercial", "finance", "logistics"}, {"manager", "director"}, 0),
        "strategic": (
            14,
            {"commercial", "rnd", "finance", "marketing", "service"},
            {"manager", "director", "executive"},
            2,
        ),
    }


def test_a_director_changes_a_policy_and_the_page_tells_who_and_what(cast, client):
    policy = TierPolicy.objects.get(tier="partner")
    dora = at(client, cast["dora_director"])

    answer = dora.post(
        "/policies/tiers/partner/",
        typed(policy, contact_every_days=21, levels=["director", "manager"], joint_groups=1),
        follow=True,
    )

    policy.refresh_from_db()
    assert (policy.contact_every_days, policy.joint_groups, policy.version) == (21, 1, 2)
    event = Event.objects.get(kind="tier_policy.changed")
    assert event.changes == {"contact_every_days": [30, 21], "joint_groups": [0, 1]}
    assert event.actor == cast["dora_director"]
    page = answer.content.decode()
    assert "<td>30</td><td>21</td>" in page
    assert "Dora" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact_every_days", 0),
        ("contact_every_days", 367),
        ("contact_every_days", "9" * 30),
        ("contact_every_days", "x\0"),
        ("functions", ["tea"]),
        ("levels", ["pope"]),
        ("joint_groups", -1),
        ("joint_groups", 7),
        ("complex_percent", 9),
        ("complex_percent", 101),
        ("version", "0"),
        ("version", "9" * 30),
    ],
)
def test_a_bad_value_is_refused_at_its_field(field, value, cast, client):
    policy = TierPolicy.objects.get(tier="partner")

    answer = at(client, cast["dora_director"]).post(
        "/policies/tiers/partner/", typed(policy, **{field: value})
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Event.objects.filter(kind="tier_policy.changed").exists()


def test_the_second_of_two_directors_sees_both_values(cast, client):
    policy = TierPolicy.objects.get(tier="partner")
    change_policy(policy, by=cast["dirk_director"], version=1, contact_every_days=25)

    answer = at(client, cast["dora_director"]).post(
        "/policies/tiers/partner/", typed(policy, version=1, contact_every_days=20)
    )

    assert answer.status_code == 409
    assert answer.context["form"].both == [("Contact at least every, days", "25", "20")]
    policy.refresh_from_db()
    assert policy.contact_every_days == 25


def test_an_action_refuses_what_a_form_would(cast):
    policy = TierPolicy.objects.get(tier="partner")
    for values in ({"contact_every_days": 0}, {"joint_groups": 9}, {"functions": ["tea"]}):
        with pytest.raises(Refused) as refused:
            change_policy(policy, by=cast["dora_director"], version=1, **values)
        assert refused.value.field == next(iter(values))


def figures(levels=None, groups=()):
    return {"levels_met": levels or {}, "groups": list(groups)}


def states(*args, **kwargs):
    return {(point.kind, point.value): point.state for point in points(*args, **kwargs, today=DAY)}


def test_each_point_stands_by_its_own_figure(db):
    policy = TierPolicy.objects.get(tier="strategic")
    met = {"manager": "2026-03-01", "director": "2026-02-28"}

    found = states(policy, figures(met, [1]), {"commercial", "rnd"}, DAY - dt.timedelta(days=14))

    assert found == {
        ("contact", ""): State.KEPT,
        ("function", "commercial"): State.KEPT,
        ("function", "marketing"): State.MISSING,
        ("function", "finance"): State.MISSING,
        ("function", "rnd"): State.KEPT,
        ("function", "service"): State.MISSING,
        ("level", "manager"): State.KEPT,  # on the first day of the quarter
        ("level", "director"): State.MISSING,  # a day before it
        ("level", "executive"): State.MISSING,
        ("groups", ""): State.MISSING,
    }


def test_what_is_unknown_is_neither_kept_nor_missing(db):
    policy = TierPolicy.objects.get(tier="ordinary")

    unknown = points(policy, None, {"commercial"}, None, today=DAY)
    late = points(policy, None, {"commercial"}, DAY - dt.timedelta(days=61), today=DAY)

    assert overall(unknown) == State.UNKNOWN
    assert overall(late) == State.MISSING  # one missing point decides, whatever else is unknown


def test_the_account_page_names_the_missing_points(account, cast, client):
    order(account, dt.date(2026, 1, 5), 100)
    run = make_run(business_today() - dt.timedelta(days=1))
    Account.objects.filter(pk=account.pk).update(
        tier="partner", last_contact_on=business_today() - dt.timedelta(days=31)
    )
    Assessment.objects.update_or_create(
        run=run,
        account=account,
        defaults={
            "supported": "pre",
            "recorded": "pre",
            "observed_tier": "ordinary",
            "figures": figures({"manager": business_today().isoformat()}),
        },
    )
    TeamMember.objects.filter(account=account, user=cast["ed_editor"]).update(function="finance")

    answer = at(client, cast["olga_owner"]).get(f"/accounts/{account.pk}/lifecycle/")

    panel = answer.context["tier"]
    assert panel.state == State.MISSING
    assert panel.differs
    assert {(point.kind, point.value) for point in panel.missing} == {
        ("contact", ""),
        ("function", "commercial"),
        ("function", "logistics"),
        ("level", "director"),
    }
    assert {(point.kind, point.value) for point in panel.kept} == {
        ("function", "finance"),
        ("level", "manager"),
    }
    assert "Director level met this quarter" in answer.content.decode()


def test_a_lost_account_has_no_policy_to_keep(account, cast):
    Account.objects.filter(pk=account.pk).update(status="lost")
    client = at(Client(), cast["olga_owner"])

    panel = client.get(f"/accounts/{account.pk}/lifecycle/").context["tier"]

    assert (panel.points, panel.state) == ([], None)
