"""Breaks over the API, and how long they last by cause."""

from lifecycle import actions
from lifecycle.remedies import proposed


def test_one_sees_the_breaks_of_the_accounts_one_sees(api, account, far_account, cast):
    actions.interrupt(account, by=cast["ed_editor"], causes=["trust"])
    actions.resume(account, by=cast["ed_editor"])
    actions.interrupt(far_account, by=cast["dora_director"], causes=["chain"])

    seen = {
        who: [row["cause"] for row in api(who).get("breaks/recovery/").json() if row["resumed"]
              or row["open"]]
        for who in ("ed_editor", "otto_outsider", "rita_reader")
    }  # fmt: skip

    assert seen == {"ed_editor": ["trust"], "otto_outsider": [], "rita_reader": ["trust", "chain"]}


def test_breaks_are_listed_with_causes_and_steps(api, account, cast):
    ed = cast["ed_editor"]
    actions.interrupt(account, by=ed, causes=["chain"])
    actions.resume(account, by=ed)
    actions.interrupt(account, by=ed, causes=["trust", "quality"], remedies=proposed())
    caller = api("ed_editor")

    first, second = caller.get("breaks/").json()["results"]
    assert (first["causes"], first["ended_at"], first["resumed_to"]) == (
        ["quality", "trust"], None, "",
    )  # fmt: skip
    assert [one["cause"] for one in first["remedies"]] == ["quality", "trust"]
    assert second["resumed_to"] == "pre"
    assert caller.get(f"breaks/{first['id']}/").json() == first
    for query, count in (
        ({"open": "true"}, 1), ({"open": "false"}, 1), ({"cause": "chain"}, 1),
        ({"stage": "pre"}, 2), ({"undone": "true"}, 0),
    ):  # fmt: skip
        assert caller.get("breaks/", **query).json()["count"] == count, query
    for query in ({"cause": "moon"}, {"open": "x"}, {"colour": "red"}):
        assert caller.get("breaks/", **query).status_code == 400
    assert caller.get("breaks/recovery/", page="2").status_code == 400
