"""Stage moves over the API: the same action, the same refusals."""

import pytest

from customers.models import Account
from lifecycle.models import Interruption, StageMove


def stage_of(account):
    return Account.objects.values_list("stage", flat=True).get(pk=account.pk)


def test_an_account_is_moved_and_the_move_listed(api, account):
    caller = api("ed_editor")

    made = caller.post("stage-moves/", {"account": account.pk, "to": "early", "reason": "Order"})

    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["was"], body["to"], body["reason"], body["causes"]) == (
        "pre",
        "early",
        "Order",
        [],
    )
    assert stage_of(account) == "early"
    assert caller.get("stage-moves/", account=account.pk).json()["results"] == [body]
    assert caller.get(f"stage-moves/{body['id']}/").json() == body
    assert caller.patch(f"stage-moves/{body['id']}/", {"to": "mid"}).status_code == 405


def test_an_interruption_carries_its_causes_and_is_resumed(api, account):
    caller = api("ed_editor")
    Account.objects.filter(pk=account.pk).update(stage="mid")

    broken = caller.post(
        "stage-moves/",
        {"account": account.pk, "to": "interrupted", "causes": ["trust", "quality"]},
    )
    resumed = caller.post("stage-moves/", {"account": account.pk, "to": "mid"})

    assert (broken.status_code, broken.json()["causes"]) == (201, ["quality", "trust"])
    assert (resumed.status_code, resumed.json()["was"]) == (201, "interrupted")
    assert Interruption.objects.get().resumed_to == stage_of(account) == "mid"


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"to": "partnership"}, 409, "one step at a time"),
        ({"to": "pre"}, 409, "already"),
        ({"to": "interrupted"}, 409, "at least one cause"),
        ({"to": "early", "was": "mid"}, 409, "moved by someone else"),
        ({"to": "early", "causes": ["trust"]}, 400, "interruption alone"),
        ({"to": "moon"}, 400, "moon"),
        ({"to": "interrupted", "causes": ["weather"]}, 400, "weather"),
        ({"to": "early", "reason": "x" * 2001}, 400, "2000"),
        ({"to": "early", "reason": "\x00"}, 400, "ull"),
        ({}, 400, "required"),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(api, account, sent, status, said):
    answer = api("ed_editor").post("stage-moves/", {"account": account.pk, **sent})

    assert (answer.status_code, said in answer.content.decode()) == (status, True), answer.content
    assert stage_of(account) == "pre"
    assert not StageMove.objects.exists()


def test_a_stale_move_shows_both_values(api, account):
    Account.objects.filter(pk=account.pk).update(stage="mid")

    answer = api("ed_editor").post(
        "stage-moves/", {"account": account.pk, "was": "pre", "to": "early"}
    )

    assert answer.status_code == 409
    assert '"yours":"early","theirs":"mid"' in answer.content.decode()


def test_only_who_may_change_the_relationship_moves(api, account, cast):
    answers = {
        who: api(who).post("stage-moves/", {"account": account.pk, "to": "early", "was": "pre"})
        for who in ("vera_viewer", "otto_outsider", "rita_reader", "stan_steward",
                    "ina_integration", "ada_admin")
    }  # fmt: skip

    assert {who: answer.status_code for who, answer in answers.items()} == {
        "vera_viewer": 403, "otto_outsider": 404, "rita_reader": 403, "stan_steward": 403,
        "ina_integration": 403, "ada_admin": 403,
    }  # fmt: skip
    assert stage_of(account) == "pre"


def test_one_key_moves_once(api, account):
    caller = api("ed_editor")
    body = {"account": account.pk, "to": "early"}

    first, second = (caller.post("stage-moves/", body, Idempotency_Key="k-1") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert StageMove.objects.count() == 1


def test_moves_of_a_hidden_account_are_not_there(api, far_account):
    StageMove.objects.create(account=far_account, was="pre", to="early")

    assert api("ed_editor").get("stage-moves/").json()["count"] == 0
    assert api("dora_director").get("stage-moves/").json()["count"] == 1
