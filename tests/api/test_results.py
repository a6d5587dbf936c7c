"""Rankings, risk and flags over the API."""

import datetime as dt

import pytest

from churn.models import Flag
from customers.models import Account, Complaint, Region
from tests.churn.companies import company
from tests.churn.facts import D as NIGHT
from tests.nights import make_run, order

D = dt.date(2026, 3, 31)


@pytest.fixture
def night(account, far_account):
    """Return the run of a night: Zephyr 600, Vorholm 300, its subsidiary 100, a return of 50."""
    child = Account.objects.create(
        code="A-2", name="Vorholm Hydraulics", parent=account, region=account.region
    )
    returns = Account.objects.create(code="R-1", name="Returns", region=account.region)
    order(far_account, D, 600_00)
    order(account, D, 300_00)
    order(child, D, 100_00)
    order(returns, D, -50_00)
    return make_run(D)


def test_a_ranking_shows_what_the_export_shows(api, night):
    body = api("rita_reader").get("rankings/").json()

    assert {name: body[name] for name in body if name != "results"} == {
        "count": 4,
        "next": None,
        "previous": None,
        "as_of": "2026-03-31",
        "currency": "CNY",
        "scope": "account",
        "measure": "revenue",
        "window_months": 12,
        "shares_over": "company",
    }
    first, *_middle, last = body["results"]
    assert first == {
        "account": first["account"],
        "code": "Z-9",
        "name": "Zephyr Canary Works",
        "position": 1,
        "rank": 1,
        "value": "600.00",
        "share": "0.600000",
        "cumulative_share": "0.600000",
        "rank_move": None,
        "class": "A",
    }
    assert (last["value"], last["class"]) == ("-50.00", "N")
    assert (last["share"], last["cumulative_share"]) == (None, None)
    assert [row["cumulative_share"] for row in body["results"][:3]] == [
        "0.600000",
        "0.900000",
        "1.000000",
    ]


def test_who_sees_a_part_gets_shares_over_that_part(api, night):
    body = api("dirk_director").get("rankings/").json()

    assert body["shares_over"] == "visible"
    rows = [
        (row["code"], row["rank"], row["class"], row["share"], row["cumulative_share"])
        for row in body["results"]
    ]
    # Rank and class are the company's; nothing of Zephyr's 600 can be worked out.
    assert rows == [
        ("A-1", 2, "A", "0.750000", "0.750000"),
        ("A-2", 3, "B", "0.250000", "1.000000"),
        ("R-1", 4, "N", None, None),
    ]


def test_a_part_of_the_list_keeps_the_shares_of_the_whole(api, night):
    caller = api("dirk_director")

    (row,) = caller.get("rankings/", search="hydraulics").json()["results"]
    (second,) = caller.get("rankings/", page=2, page_size=1).json()["results"]

    assert (row["code"], row["share"], row["cumulative_share"]) == ("A-2", "0.250000", "1.000000")
    assert second == row


def test_a_group_shows_only_what_is_seen_of_it(api, night, account):
    # Olga sees the head of the group, and not its subsidiary.
    seen = api("olga_owner").get("rankings/", scope="group").json()
    whole = api("rita_reader").get("rankings/", scope="group", code="A-1").json()

    assert [(row["code"], row["value"]) for row in seen["results"]] == [("A-1", "300.00")]
    assert [(row["code"], row["value"]) for row in whole["results"]] == [("A-1", "400.00")]


def test_a_ranking_is_shown_as_of_an_earlier_night(api, night, account):
    earlier = D - dt.timedelta(days=28)
    order(account, earlier, 1000_00)
    make_run(earlier)
    make_run(D)
    caller = api("rita_reader")

    then = caller.get("rankings/", as_of=earlier.isoformat()).json()
    now = caller.get("rankings/").json()

    assert [(row["code"], row["rank"]) for row in then["results"]] == [("A-1", 1)]
    assert [(row["code"], row["rank_move"]) for row in now["results"]][:2] == [
        ("A-1", 0),
        ("Z-9", None),
    ]


def test_a_night_that_is_not_there_names_the_nearest(api, night):
    caller = api("rita_reader")

    missing = caller.get("rankings/", as_of="2026-01-01")
    wrong = caller.get("rankings/", as_of="2026-02-30")

    assert missing.status_code == 404
    assert "2026-03-31" in missing.json()["detail"]
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["as_of"])
    assert caller.get("rankings/", scope="galaxy").status_code == 400
    assert caller.get("risk/", as_of="2026-01-01").status_code == 404


def test_before_the_first_night_the_lists_are_empty(api, account):
    caller = api("rita_reader")

    for path in ("rankings/", "risk/"):
        body = caller.get(path).json()
        assert (body["as_of"], body["results"]) == (None, []), path


def test_a_run_that_is_not_published_is_not_shown(api, night):
    type(night).objects.update(state="superseded")

    assert api("rita_reader").get("rankings/").json()["results"] == []
    assert api("stan_steward").get("rankings/", as_of="2026-03-31").status_code == 404


@pytest.fixture
def risky(account, far_account):
    """Return the run of a night on which Vorholm has a critical quality complaint open."""
    Complaint.objects.create(
        account=account, category="quality", severity=3, opened_on=D, text="Cracked"
    )
    for days in (0, 30, 60):
        order(account, D - dt.timedelta(days=days), 100_00)
        order(far_account, D - dt.timedelta(days=days), 900_00)
    gone = Account.objects.create(code="L-1", name="Lapsed", region=account.region)
    order(gone, D - dt.timedelta(days=500), 100_00)
    return make_run(D)


def test_risk_comes_with_its_reasons(api, risky):
    body = api("rita_reader").get("risk/", code="A-1").json()

    assert (body["as_of"], body["currency"]) == ("2026-03-31", "CNY")
    (row,) = body["results"]
    assert (row["risk"], row["level"], row["fatal"], row["scored"]) == (70, "high", True, "scored")
    assert row["signals"] == ["quality_complaint"]
    (finding,) = row["findings"]
    assert finding["figures"]["severity"] == 3
    assert finding["weight"] == 0.3
    assert "quality complaint" in finding["text"]


def test_risk_is_empty_where_it_cannot_be_given(api, risky):
    (row,) = api("rita_reader").get("risk/", scored="lapsed").json()["results"]

    assert row["code"] == "L-1"
    assert {row[name] for name in ("risk", "level", "p_inactive_90d", "value_at_stake")} == {None}


def test_risk_is_filtered_and_sorted_with_the_unknown_last(api, risky):
    caller = api("rita_reader")

    def codes(**query):
        return [row["code"] for row in caller.get("risk/", **query).json()["results"]]

    assert codes()[-1] == "L-1"
    assert codes(level="high") == ["A-1"]
    assert codes(fatal="true") == ["A-1"]
    assert codes(ordering="-risk")[0] == "A-1"
    assert codes(ordering="risk")[-1] == "L-1"
    assert caller.get("risk/", level="dire").status_code == 400
    assert [row["code"] for row in api("ed_editor").get("risk/").json()["results"]] == ["A-1"]


def test_figures_of_findings_are_in_major_units(api, account):
    for days in range(400, 100, -30):
        order(account, D - dt.timedelta(days=days), 100_000_00)
    make_run(D)

    (row,) = api("rita_reader").get("risk/").json()["results"]

    (finding,) = [found for found in row["findings"] if found["signal"] == "value_falling"]
    assert finding["figures"]["recent"] == "0.00"
    assert finding["figures"]["currency"] == "CNY"


def test_the_night_opens_flags_that_people_answer(api, risky, account, cast):
    caller = api("ed_editor")
    (fatal,) = caller.get("flags/", kind="fatal").json()["results"]
    url = f"flags/{fatal['id']}/"
    assert (fatal["state"], fatal["as_of"], fatal["opened_by"]) == ("open", "2026-03-31", None)

    seen = caller.patch(url, {"state": "acknowledged"}, If_Match='"1"')
    stale = caller.patch(url, {"state": "recovery"}, If_Match='"1"')
    working = caller.patch(url, {"state": "recovery", "version": 2})
    closed = caller.patch(
        url, {"state": "closed", "outcome": "recovered", "note": "New bearings", "version": 3}
    )
    again = caller.patch(url, {"state": "acknowledged", "version": 4})

    assert (seen.status_code, seen.json()["state"]) == (200, "acknowledged")
    assert stale.status_code == 409
    assert stale.json()["conflict"]["fields"]["state"] == {
        "yours": "recovery",
        "theirs": "acknowledged",
    }
    assert working.json()["state"] == "recovery"
    assert (closed.json()["state"], closed.json()["outcome"]) == ("closed", "recovered")
    assert again.status_code == 409
    assert (
        caller.get("flags/", open="true").json()["count"]
        == Flag.objects.exclude(state="closed").count()
    )


def test_a_lost_account_is_marked_so(api, risky, account):
    flag = Flag.objects.get(account=account, kind="fatal")

    body = {"state": "closed", "outcome": "lost", "defection": {"type": "product"}, "version": 1}
    api("ed_editor").patch(f"flags/{flag.pk}/", body)

    account.refresh_from_db()
    assert account.status == "lost"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"version": 1}, {"state"}),
        ({"state": "open", "version": 1}, {"state"}),
        ({"state": "closed", "version": 1}, {"outcome"}),
        ({"state": "closed", "outcome": "gone"}, {"outcome", "version"}),
        ({"state": "recovery", "outcome": "lost", "version": 1}, {"outcome"}),
        ({"state": "recovery", "reason": "x", "score": 5, "version": 1}, {"reason", "score"}),
    ],
)
def test_an_answer_wrong_in_shape_names_every_field(api, risky, account, body, fields):
    flag = Flag.objects.get(account=account, kind="fatal")

    answer = api("ed_editor").patch(f"flags/{flag.pk}/", body)

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == fields
    assert Flag.objects.get(pk=flag.pk).version == 1


def test_a_flag_is_raised_by_hand_once(api, account, cast):
    caller = api("ed_editor")
    body = {"account": account.pk, "reason": "Their buyer asked competitors for offers."}

    made = caller.post("flags/", body)
    twice = caller.post("flags/", body)
    mute = caller.post("flags/", {"account": account.pk, "state": "closed"})

    assert made.status_code == 201, made.content
    assert (made.json()["kind"], made.json()["opened_by"]) == ("manual", cast["ed_editor"].pk)
    assert twice.status_code == 409
    assert (mute.status_code, set(mute.json()["errors"])) == (400, {"reason", "state"})
    assert api("stan_steward").post("flags/", body).status_code == 403
    assert api("otto_outsider").post("flags/", body).status_code == 404


def test_a_regions_director_sees_its_results_only(api, risky, cast):
    region = Region.objects.get(name="East")

    risks = api("dirk_director").get("risk/").json()["results"]
    flags = api("vera_viewer").get("flags/").json()["results"]

    assert {row["code"] for row in risks} == {"A-1", "L-1"}
    assert region.name == "East"
    assert {row["account_code"] for row in flags} == {"A-1"}


def test_back_tests_are_for_those_who_may_see_their_page(api, cast, settings):
    settings.RISK_BACKTEST_ORIGINS, settings.RISK_BACKTEST_DRAWS = 4, 20
    company(30)
    run = make_run(NIGHT)

    body = api("dirk_director").get("back-tests/?outcome=silence").json()

    stored = run.back_tests.filter(outcome="silence").order_by("-origin")
    assert (body["as_of"], body["horizon_days"], body["count"]) == (NIGHT.isoformat(), 90, 4)
    assert [row["origin"] for row in body["results"]] == [
        test.origin.isoformat() for test in stored
    ]
    for row, test in zip(body["results"], stored, strict=True):
        assert row["groups"] == test.figures["groups"]
        assert row["warned"] == test.figures["warned"]
        assert (row["method"], row["why"]) == ("parametric", "few_accounts")
    gap, low, high = body["differences"]["silence"]["all"]["recency"]["auc"]
    assert low <= gap <= high
    assert body["differences"] == run.facts["back_test"]
    hidden = api("olga_owner").get("back-tests/").json()
    assert (hidden["count"], hidden["differences"], hidden["horizon_days"]) == (0, {}, None)
    assert api("rita_reader").get("back-tests/?as_of=2001-01-01").status_code == 404
