"""Assessments over the API: those of a night, as far as the caller sees the accounts."""

import datetime as dt

import pytest

from customers.models import Account
from tests.nights import make_run, order

D = dt.date(2026, 3, 31)


@pytest.fixture
def night(account, far_account):
    """Return the run of a night: Vorholm, on record as Mid, only bought; Zephyr did nothing."""
    order(account, D, 300_00)
    Account.objects.filter(pk=account.pk).update(stage="mid")
    return make_run(D)


def test_an_assessment_says_what_is_supported_and_what_lacks(api, account, night):
    body = api("ed_editor").get("assessments/").json()

    (row,) = body["results"]
    assert (body["as_of"], row["account"], row["code"]) == ("2026-03-31", account.pk, "A-1")
    assert (row["recorded"], row["supported"], row["observed_tier"]) == ("mid", "early", "ordinary")
    assert row["missing"] == len(row["missing_points"]) == 3
    assert row["lost"] == len(row["lost_points"]) == 3
    assert "Wallet share of at least 30% (unknown)" in row["lost_points"]
    assert row["figures"]["purchase_on"] == "2026-03-31"


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, ["A-1", "Z-9"]),
        ({"evidence": "disagrees"}, ["A-1"]),
        ({"evidence": "lower"}, ["A-1"]),
        ({"evidence": "higher"}, []),
        ({"evidence": "agrees"}, ["Z-9"]),
        ({"supported": "early"}, ["A-1"]),
        ({"recorded": "pre"}, ["Z-9"]),
        ({"observed_tier": "partner"}, []),
        ({"code": "Z-9"}, ["Z-9"]),
        ({"ordering": "-code"}, ["Z-9", "A-1"]),
        ({"as_of": "2026-03-31"}, ["A-1", "Z-9"]),
    ],
)
def test_the_list_is_narrowed_and_sorted(api, night, query, codes):
    rows = api("dora_director").get("assessments/", **query).json()["results"]

    assert [row["code"] for row in rows] == codes


def test_others_and_other_nights_are_not_there(api, night):
    assert api("otto_outsider").get("assessments/").json()["count"] == 0
    reader = api("rita_reader")
    assert reader.get("assessments/", as_of="2026-03-30").status_code == 404
    assert reader.get("assessments/", evidence="moon").status_code == 400


def test_thinned_out_nights_tell_no_points(api, account, night):
    account.assessments.update(figures={})

    (row,) = api("ed_editor").get("assessments/").json()["results"]

    assert (row["lost"], row["lost_points"], row["figures"]) == (3, [], {})
