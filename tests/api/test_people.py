"""Linkage groups, deputies and handovers over the API."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group

from customers.calendar import business_today
from customers.models import Event
from teams import actions, linkage
from teams.models import Deputy, Handover, HandoverTick, LinkageGroup, User
from tests.concurrently import at_once

TODAY = business_today()


@pytest.fixture
def group(cast):
    people = [cast["olga_owner"], cast["ed_editor"], cast["otto_outsider"]]
    return linkage.form_group("East machines", people, by=cast["dora_director"])


def test_a_deputy_is_named_and_listed(api, account, cast, group):
    otto = cast["otto_outsider"]
    until = TODAY + dt.timedelta(days=3)

    made = api("olga_owner").post(
        "deputies/", {"account": account.pk, "user": otto.pk, "until": until.isoformat()}
    )

    assert made.status_code == 201, made.content
    assert made.json()["since"] == TODAY.isoformat()
    otto_api = api("otto_outsider")
    assert otto_api.get("deputies/").json()["results"] == [made.json()]
    members = otto_api.get(f"linkage-groups/{group.pk}/").json()["members"]
    assert otto.pk in members
    assert api("vera_viewer").get("deputies/", user=cast["ed_editor"].pk).json()["count"] == 0


@pytest.mark.parametrize(
    ("who", "user", "status"),
    [
        ("olga_owner", "vera_viewer", 409),
        ("olga_owner", "olga_owner", 409),
        ("ed_editor", "otto_outsider", 403),
        ("vera_viewer", "otto_outsider", 403),
        ("otto_outsider", "otto_outsider", 404),
        ("dirk_director", "otto_outsider", 201),
    ],
)
def test_who_names_whom(api, account, cast, group, who, user, status):
    answer = api(who).post("deputies/", {"account": account.pk, "user": cast[user].pk})

    assert answer.status_code == status, answer.content
    assert Deputy.objects.count() == int(status == 201)


def test_a_handover_is_ticked_and_unticked(api, account, cast):
    actions.set_owner(account, to=cast["ed_editor"], by=cast["dora_director"])
    row = Handover.objects.get()
    caller = api("ed_editor")

    for item in HandoverTick.Item.values:
        answer = caller.post(f"handovers/{row.pk}/ticks/", {"item": item})
    assert (answer.status_code, len(answer.json()["ticked"])) == (200, 4)
    assert caller.get("handovers/", open="true").json()["count"] == 0
    back = caller.post(f"handovers/{row.pk}/ticks/", {"item": "plan", "done": False})
    assert back.json()["closed_at"] is None
    assert caller.get("handovers/", open="true").json()["count"] == 1
    assert caller.post(f"handovers/{row.pk}/ticks/", {"item": "moon"}).status_code == 400
    assert (
        api("vera_viewer").post(f"handovers/{row.pk}/ticks/", {"item": "plan"}).status_code == 403
    )


def test_a_deputy_reaches_the_account_in_the_period_alone(api, account, cast, group):
    otto = cast["otto_outsider"]
    since, until = TODAY + dt.timedelta(days=2), TODAY + dt.timedelta(days=3)
    made = api("olga_owner").post(
        "deputies/",
        {
            "account": account.pk,
            "user": otto.pk,
            "since": since.isoformat(),
            "until": until.isoformat(),
        },
    )
    assert made.status_code == 201, made.content

    otto_api = api("otto_outsider")

    def reached():
        return otto_api.get(f"accounts/{account.pk}/").status_code

    assert reached() == 404  # before
    deputy = Deputy.objects.filter(pk=made.json()["id"])
    deputy.update(since=TODAY, until=TODAY)
    assert reached() == 200
    yesterday = TODAY - dt.timedelta(days=1)
    deputy.update(since=yesterday, until=yesterday)
    assert reached() == 404  # after


def test_a_deputy_is_ended_by_who_may_name_one(api, account, cast, group):
    olga, otto = api("olga_owner"), api("otto_outsider")
    made = olga.post("deputies/", {"account": account.pk, "user": cast["otto_outsider"].pk})
    address = f"deputies/{made.json()['id']}/end/"

    assert otto.post(address, {}).status_code == 403
    assert olga.post(address, {}).status_code == 204
    assert otto.get(f"accounts/{account.pk}/").status_code == 404


def test_a_group_is_formed_changed_and_ended(api, account, cast):
    olga, ed, otto = (cast[name].pk for name in ("olga_owner", "ed_editor", "otto_outsider"))
    dora = api("dora_director")
    made = dora.post("linkage-groups/", {"name": "East", "members": [olga, ed]})
    assert made.status_code == 201, made.content
    path = f"linkage-groups/{made.json()['id']}/"
    linkage.name_deputy(account, cast["ed_editor"], by=cast["olga_owner"])
    read = dora.get(path).json()
    assert read["members"] == sorted([olga, ed])

    done = dora.patch(
        path, {"version": read["version"], "name": "East cranes", "members": [otto, olga]}
    )

    assert done.status_code == 200, done.content
    assert (done.json()["name"], done.json()["members"]) == ("East cranes", sorted([otto, olga]))
    assert not Deputy.objects.not_over(TODAY).exists()  # who covered has left
    kinds = Event.objects.filter(kind__startswith="linkage.", subject__linkagegroup=read["id"])
    assert set(kinds.values_list("kind", flat=True)) == {
        "linkage.formed",
        "linkage.joined",
        "linkage.left",
        "linkage.renamed",
    }
    same = {"version": done.json()["version"], "name": "East cranes"}
    assert dora.patch(path, same).json() == done.json()
    stale = dora.patch(path, {"version": read["version"], "name": "Mine"})
    assert stale.status_code == 409
    both = stale.json()["conflict"]["fields"]["name"]
    assert both == {"yours": "Mine", "theirs": "East cranes"}

    assert dora.post(f"{path}end/").status_code == 204
    assert dora.get(path).json()["members"] == []
    assert dora.post(f"{path}end/").status_code == 409


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"name": "Taken"}, "name", "of that name"),
        ({"members": ["rita_reader"]}, "members", "no account manager"),
        ({"members": ["vera_viewer", "mia"]}, "members", "group already"),
        ({"members": ["olga_owner", "ed_editor", "otto_outsider", "vera_viewer", "eva"]},
         "members", "four managers"),
    ],
)  # fmt: skip
def test_a_group_is_refused_as_on_the_page_and_whole(api, cast, group, change, field, said):
    for name in ("mia", "eva"):
        cast[name] = User.objects.create(username=name, name=name)
        cast[name].groups.add(Group.objects.get(name="account manager"))
    linkage.form_group("Taken", [cast["mia"]], by=cast["dora_director"])
    dora, path = api("dora_director"), f"linkage-groups/{group.pk}/"
    before = dora.get(path).json()
    if "members" in change:
        change = {"members": [cast[name].pk for name in change["members"]]}

    done = dora.patch(path, {**change, "version": before["version"]})

    assert done.status_code == 409, done.content
    assert said in str(done.json()["errors"][field])
    assert dora.get(path).json() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_a_group_at_once_one_wins(cast, group):
    version = LinkageGroup.objects.get(pk=group.pk).version
    outcomes = at_once(
        *[
            lambda name=name: linkage.change_group(
                LinkageGroup.objects.get(pk=group.pk),
                by=cast["dora_director"],
                version=version,
                name=name,
                members=[cast["olga_owner"]],
            )
            for name in ("One", "Two")
        ]
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "Refused"], outcomes
    group.refresh_from_db()
    assert group.name == ("One" if outcomes[0] is None else "Two")
    assert group.members.filter(until=None).count() == 1
