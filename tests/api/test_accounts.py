"""Accounts over the API."""

import datetime as dt

import pytest

from customers.models import Account, Event, Region
from tests.nights import make_run, order


def test_an_account_shows_its_master_data(api, account):
    answer = api("ed_editor").get(f"accounts/{account.pk}/")

    assert answer.status_code == 200
    body = answer.json()
    assert body["code"] == "A-1"
    assert body["name"] == "Vorholm Cranes"
    assert body["region_name"] == "East"
    assert body["owner_name"] == "Olga"
    assert (body["tier"], body["stage"], body["status"]) == ("ordinary", "pre", "active")
    assert body["created_at"].endswith("Z")
    assert body["ranking"] is None
    assert body["risk"] is None
    assert answer["ETag"] == '"1"'
    assert answer["Cache-Control"] == "private, no-store"


def test_a_list_holds_what_the_caller_may_see(api, account, far_account):
    mine = api("ed_editor").get("accounts/").json()
    everything = api("rita_reader").get("accounts/").json()
    nothing = api("otto_outsider").get("accounts/").json()

    assert [row["code"] for row in mine["results"]] == ["A-1"]
    assert [row["code"] for row in everything["results"]] == ["A-1", "Z-9"]
    assert nothing["count"] == 0


def test_an_account_that_is_not_seen_is_not_there(api, far_account):
    caller = api("ed_editor")
    for pk in (far_account.pk, 999_999, 2**63, "x", "1.5", "%00"):
        answer = caller.get(f"accounts/{pk}/")
        assert answer.status_code == 404, pk
        assert "Zephyr" not in answer.content.decode()


def test_the_list_is_filtered_and_sorted(api, account, far_account):
    caller = api("rita_reader")

    def codes(**query):
        return [row["code"] for row in caller.get("accounts/", **query).json()["results"]]

    assert codes(search="anary") == ["Z-9"]
    assert codes(search="a-1") == ["A-1"]
    assert codes(ordering="-name") == ["Z-9", "A-1"]
    assert codes(region=far_account.region_id) == ["Z-9"]
    assert codes(owner=account.owner_id) == ["A-1"]
    assert codes(status="lost") == []
    assert codes(page_size=1, page=2) == ["Z-9"]


def test_a_region_includes_those_below(api, account):
    east = account.region
    below = Region.objects.create(name="Harbour", parent=east)
    Account.objects.create(code="H-1", name="Harbour works", region=below)

    rows = api("rita_reader").get("accounts/", region=east.pk).json()["results"]

    assert [row["code"] for row in rows] == ["H-1", "A-1"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"ordering": "owner__password"}, "ordering"),
        ({"status": "gone"}, "status"),
        ({"owner": "olga"}, "owner"),
        ({"owner": "9" * 30}, "owner"),
        ({"region": "-1"}, "region"),
        ({"search": "a\0b"}, "search"),
        ({"page_size": "many"}, "page_size"),
        ({"page_size": "501"}, "page_size"),
        ({"page": "0"}, "page"),
        ({"sorted": "name"}, "sorted"),
        ({"status": ""}, "status"),
        ({"owner__password__startswith": "a"}, "owner__password__startswith"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(api, account, query, field):
    answer = api("rita_reader").get("accounts/", **query)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_a_page_too_far_is_not_there(api, account):
    assert api("rita_reader").get("accounts/", page=2).status_code == 404


def test_rank_and_risk_come_from_the_latest_night(api, account, far_account):
    today = dt.date(2026, 3, 31)
    for days in (5, 40, 80, 200):
        order(account, today - dt.timedelta(days=days), 100_000_00)
    order(far_account, today, 4_000_000_00)
    make_run(today)

    body = api("ed_editor").get(f"accounts/{account.pk}/").json()

    assert body["ranking"] == {
        "as_of": "2026-03-31",
        "rank": 2,
        "value": "400000.00",
        "currency": "CNY",
        "class": "B",
    }
    assert body["risk"]["scored"] == "scored"
    assert body["risk"]["currency"] == "CNY"
    caller = api("rita_reader")
    rows = caller.get("accounts/", ordering="rank").json()["results"]
    assert [row["code"] for row in rows] == ["Z-9", "A-1"]
    rows = caller.get("accounts/", **{"class": "B"}).json()["results"]
    assert [row["code"] for row in rows] == ["A-1"]


def test_results_need_their_own_scope(api, account):
    order(account, dt.date(2026, 3, 31), 100_00)
    make_run(dt.date(2026, 3, 31))

    without = api("ed_editor", "accounts:read").get("accounts/").json()["results"][0]
    having = api("ed_editor", "accounts:read", "results:read").get("accounts/")

    assert (without["ranking"], without["risk"]) == (None, None)
    assert having.json()["results"][0]["ranking"]["rank"] == 1


def test_an_account_is_opened(api, cast):
    east = Region.objects.get(name="East")

    answer = api("dirk_director").post(
        "accounts/", {"code": " N-1 ", "name": "Nordhaven", "region": east.pk, "status": "prospect"}
    )

    assert answer.status_code == 201, answer.content
    body = answer.json()
    made = Account.objects.get(code="N-1")
    assert answer["Location"] == f"/api/v1/accounts/{made.pk}/"
    assert (body["name"], body["status"], body["region_name"]) == ("Nordhaven", "prospect", "East")
    assert made.region == east
    assert Event.objects.get(kind="account.opened").actor == cast["dirk_director"]


def test_a_manager_owns_what_he_opens(api, cast):
    answer = api("otto_outsider").post("accounts/", {"code": "O-1", "name": "Otto's"})

    assert answer.status_code == 201, answer.content
    made = Account.objects.get(code="O-1")
    assert made.owner == cast["otto_outsider"]
    assert made.team.get().role == "lead"


def test_nobody_opens_an_account_out_of_his_own_reach(api, cast, far_account):
    away = {"code": "X-1", "name": "Away", "region": far_account.region_id}

    given_away = {"code": "X-2", "name": "Given away", "owner": cast["ed_editor"].pk}

    assert api("dirk_director").post("accounts/", away).status_code == 403
    assert api("otto_outsider").post("accounts/", given_away).status_code == 403
    assert not Account.objects.filter(code__startswith="X-").exists()


def test_every_wrong_field_is_named(api, cast):
    answer = api("dora_director").post(
        "accounts/",
        {
            "name": "a\0b",
            "status": "gone",
            "region": 99999,
            "parent": "x",
            "website": "not a site",
            "industry": "i" * 121,
            "tier": "strategic",
            "colour": "blue",
        },
    )

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {
        "code",
        "name",
        "status",
        "region",
        "parent",
        "website",
        "industry",
        "tier",
        "colour",
    }
    assert not Account.objects.exists()


def test_a_code_that_is_taken_is_refused(api, account):
    answer = api("dora_director").post("accounts/", {"code": "A-1", "name": "Another"})

    assert answer.status_code == 409
    assert list(answer.json()["errors"]) == ["code"]


def test_an_account_is_changed_under_its_version(api, account, cast):
    caller = api("ed_editor")

    by_header = caller.patch(f"accounts/{account.pk}/", {"city": "Turku"}, If_Match='"1"')
    by_field = caller.patch(f"accounts/{account.pk}/", {"city": "Oulu", "version": 2})

    assert (by_header.status_code, by_header["ETag"]) == (200, '"2"')
    assert by_header.json()["city"] == "Turku"
    assert (by_field.status_code, by_field.json()["version"]) == (200, 3)
    changes = [event.changes for event in Event.objects.filter(kind="account.changed")]
    assert changes == [{"city": ["Turku", "Oulu"]}, {"city": ["", "Turku"]}]


@pytest.mark.parametrize(
    ("body", "headers", "field"),
    [
        ({"city": "Turku"}, {}, "version"),
        ({"city": "Turku", "version": None}, {}, "version"),
        ({"city": "Turku", "version": 0}, {}, "version"),
        ({"city": "Turku", "version": 10**30}, {}, "version"),
        ({"city": "Turku", "version": 1}, {"If_Match": '"2"'}, "version"),
        ({"city": "Turku"}, {"If_Match": "*"}, "If-Match"),
        ({"city": "Turku"}, {"If_Match": '"1", "2"'}, "If-Match"),
        ({"city": "Turku", "version": 1, "stage": "mid"}, {}, "stage"),
        ({"city": "Turku", "version": 1, "id": 7}, {}, "id"),
    ],
)
def test_a_change_that_is_wrong_in_shape_changes_nothing(api, account, body, headers, field):
    answer = api("ed_editor").patch(f"accounts/{account.pk}/", body, **headers)

    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    account.refresh_from_db()
    assert (account.city, account.version) == ("", 1)


def test_a_missing_version_is_named_beside_other_faults(api, account):
    answer = api("ed_editor").patch(f"accounts/{account.pk}/", {"status": "gone", "code": ""})

    assert set(answer.json()["errors"]) == {"version", "status", "code"}


def test_a_stale_change_is_refused_with_both_values(api, account):
    caller = api("ed_editor")
    caller.patch(f"accounts/{account.pk}/", {"city": "Turku"}, If_Match='"1"')

    stale = caller.patch(f"accounts/{account.pk}/", {"city": "Oulu"}, If_Match='"1"')

    assert stale.status_code == 409
    assert stale.json()["conflict"] == {
        "version": 2,
        "fields": {"city": {"yours": "Oulu", "theirs": "Turku"}},
    }
    account.refresh_from_db()
    assert account.city == "Turku"


def test_what_was_read_may_be_sent_back_whole(api, account):
    caller = api("ed_editor")
    body = caller.get(f"accounts/{account.pk}/").json()

    answer = caller.patch(f"accounts/{account.pk}/", {**body, "city": "Turku"})

    assert answer.status_code == 200, answer.content
    assert answer.json()["city"] == "Turku"


def test_a_circle_of_parents_is_refused(api, account):
    child = Account.objects.create(code="A-2", name="Child", parent=account, region=account.region)

    answer = api("dora_director").patch(
        f"accounts/{account.pk}/", {"parent": child.pk, "version": 1}
    )

    assert answer.status_code == 409
    assert list(answer.json()["errors"]) == ["parent"]
    account.refresh_from_db()
    assert account.parent is None


def test_a_parent_out_of_sight_is_no_parent(api, account, far_account):
    answer = api("ed_editor").patch(
        f"accounts/{account.pk}/", {"parent": far_account.pk, "version": 1}
    )

    assert answer.status_code == 400
    assert "Zephyr" not in answer.content.decode()
