"""Linkage groups, deputies and handovers over the API."""

import datetime as dt

import pytest

from customers.calendar import business_today
from teams import actions, linkage
from teams.models import Deputy, Handover, HandoverTick

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
