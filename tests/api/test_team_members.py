"""Account teams, joint groups and posts over the API."""

import datetime as dt

import pytest

from customers.calendar import business_today
from customers.models import Contact
from teams.actions import add_post, change_post
from teams.models import JointGroup, Post, PostHolding, TeamMember


def days(number):
    return business_today() + dt.timedelta(days=number)


def test_a_person_joins_is_changed_and_leaves(api, account, cast):
    caller, otto = api("olga_owner"), cast["otto_outsider"]
    body = {"account": account.pk, "user": otto.pk, "layer": "support", "function": "finance"}

    made = caller.post("team-members/", body | {"since": days(-3).isoformat()})
    assert made.status_code == 201
    twice = caller.post("team-members/", body)
    assert (twice.status_code, "already" in twice.json()["detail"]) == (409, True)

    url = f"team-members/{made.json()['id']}/"
    assert caller.patch(url, {"share": 40, "version": 1}).status_code == 200
    stale = caller.patch(url, {"share": 50, "version": 1})
    assert stale.status_code == 409
    assert stale.json()["conflict"]["fields"] == {"share": {"yours": 50, "theirs": 40}}
    ended = caller.patch(url, {"until": days(-1).isoformat(), "version": 2})
    assert (ended.status_code, ended.json()["until"]) == (200, days(-1).isoformat())
    assert caller.patch(url, {"share": 5, "version": 3}).status_code == 409


@pytest.mark.parametrize(
    "change", [{"role": "viewer"}, {"until": "2099-01-01"}, {"layer": "peripheral"}]
)
def test_the_leader_is_changed_by_the_account_alone(api, account, change):
    caller, lead = api("dora_director"), account.team.get(role="lead")

    assert caller.patch(f"team-members/{lead.pk}/", {**change, "version": 1}).status_code == 409
    body = {"account": account.pk, "user": lead.user_id, "role": "lead"}
    assert caller.post("team-members/", body).status_code == 409
    same = {"role": "lead", "layer": lead.layer, "share": 50, "version": 1}
    assert caller.patch(f"team-members/{lead.pk}/", same).status_code == 200
    nobody = caller.patch(f"accounts/{account.pk}/", {"owner": None, "version": account.version})
    assert nobody.status_code == 409
    assert TeamMember.objects.get(role="lead", until=None).user_id == lead.user_id


def test_a_joint_group_and_its_meetings(api, account, far_account, cast):
    caller = api("olga_owner")
    wen = Contact.objects.create(account=account, name="Wen")
    far = Contact.objects.create(account=far_account, name="Far")
    body = {"account": account.pk, "name": "Gears", "subject": "rnd"}
    body |= {"ours": [cast["ed_editor"].pk], "since": days(-9).isoformat()}

    assert caller.post("joint-groups/", body | {"theirs": [far.pk]}).status_code == 400
    made = caller.post("joint-groups/", body | {"theirs": [wen.pk]})
    assert (made.status_code, made.json()["theirs"], made.json()["last_met"]) == (
        201,
        [wen.pk],
        None,
    )
    group = {"account": account.pk, "group": made.json()["id"]}
    met = caller.post("joint-meetings/", group | {"date": days(-1).isoformat()})
    assert met.status_code == 201
    assert caller.post("joint-meetings/", group | {"date": days(-1).isoformat()}).status_code == 409
    assert caller.post("joint-meetings/", group | {"date": days(2).isoformat()}).status_code == 409
    read = caller.get(f"joint-groups/{group['group']}/").json()
    assert (read["last_met"], read["version"]) == (days(-1).isoformat(), 1)
    emptied = caller.patch(f"joint-groups/{group['group']}/", {"theirs": [], "version": 1})
    assert (emptied.json()["theirs"], emptied.json()["version"]) == ([], 2)


def test_a_meeting_goes_to_no_group_of_another_account(api, account, far_account, cast):
    group = JointGroup.objects.create(account=far_account, name="Far", subject="rnd")
    body = {"account": account.pk, "group": group.pk, "date": days(0).isoformat()}

    for name in ("olga_owner", "dora_director"):
        answer = api(name).post("joint-meetings/", body)
        assert (answer.status_code, set(answer.json()["errors"])) == (400, {"group"})


def test_posts_say_who_holds_them_and_since_when_nobody_does(api, cast):
    ada = cast["ada_admin"]
    post = add_post(by=ada, title="Harbours", level="city", holder=cast["ed_editor"])
    Post.objects.filter(pk=post.pk).update(since=days(-9))
    PostHolding.objects.filter(post=post).update(since=days(-9))
    change_post(post, by=ada, version=1, holder=None)

    (read,) = api("vera_viewer").get("posts/?vacant=true").json()["results"]

    assert (read["title"], read["holder"], read["vacant_since"]) == (
        "Harbours",
        None,
        days(0).isoformat(),
    )
    assert api("dora_director").post("posts/", {"title": "x"}).status_code == 405
