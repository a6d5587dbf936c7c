"""Stage moves over the API: the same action, the same refusals."""

import datetime as dt

import pytest

from customers.calendar import business_today
from customers.models import Account, NextStep
from lifecycle.models import Interruption, StageMove
from tests.concurrently import at_once
from tests.nights import make_run, order


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


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2026-11-28T08:00:00+15:59", 200),
        ("2026-11-28T08:00:00+16:18", 200),  # PostgreSQL reads no such offset
        ("2026-11-28T08:00:00", 200),
        ("1899-12-31T08:00:00Z", 400),
        ("2200-01-01T08:00:00Z", 400),
        ("9999-12-31T23:59:59-23:59", 400),
        ("tomorrow", 400),
    ],
)
def test_moves_are_narrowed_by_a_moment_of_our_times(api, account, moment, status):
    caller = api("ed_editor")

    assert caller.get("stage-moves/", at_to=moment).status_code == status
    assert caller.get("stage-moves/", at_from=moment).status_code == status


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
        ({"to": "early", "remedies": [{"cause": "trust", "what": "x", "due": "2026-12-01"}]}, 400,
         "each of the causes"),
        ({"to": "interrupted", "causes": ["trust"], "remedies": [{"cause": "trust"}]}, 400, "what"),
        ({"to": "interrupted", "causes": ["trust"], "remedies": [
            {"cause": "mix", "what": "x", "due": "2026-12-01"}]}, 400, "each of the causes"),
        ({"to": "interrupted", "causes": ["trust"], "remedies": "x"}, 400, "remedies"),
        ({"to": "moon"}, 400, "moon"),
        ({"to": "interrupted", "causes": ["weather"]}, 400, "weather"),
        ({"to": "early", "reason": "x" * 2001}, 400, "2000"),
        ({"to": "early", "reason": "\x00"}, 400, "ull"),
        ({}, 400, "required"),
    ],
)  # fmt: skip
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


def test_a_move_against_the_evidence_is_refused_with_the_missing_points(api, account):
    day = business_today() - dt.timedelta(days=1)
    order(account, day - dt.timedelta(days=7), 900_00)
    make_run(day)
    Account.objects.filter(pk=account.pk).update(stage="early")
    caller = api("ed_editor")

    refused = caller.post("stage-moves/", {"account": account.pk, "to": "mid"})

    assert refused.status_code == 409
    (said,) = refused.json()["errors"]["reason"]
    assert "Wallet share of at least 30% (unknown)" in said
    down = caller.post("stage-moves/", {"account": account.pk, "to": "pre", "reason": ""})
    assert "still supports “Early”" in down.json()["detail"]
    assert stage_of(account) == "early"
    made = caller.post("stage-moves/", {"account": account.pk, "to": "mid", "reason": "Contract"})
    assert (made.status_code, stage_of(account)) == (201, "mid")


def test_an_interruption_plans_steps_for_the_account_manager(api, account, cast):
    made = api("ed_editor").post(
        "stage-moves/",
        {
            "account": account.pk,
            "to": "interrupted",
            "causes": ["quality", "trust"],
            "remedies": [{"cause": "quality", "what": "8D report", "due": "2026-12-01"}],
        },
    )

    assert made.status_code == 201, made.content
    step = NextStep.objects.get()
    assert (step.what, step.due, step.who, step.remedy.cause) == (
        "8D report", dt.date(2026, 12, 1), cast["olga_owner"], "quality",
    )  # fmt: skip


BREAK = {
    "to": "interrupted",
    "causes": ["trust"],
    "remedies": [{"cause": "trust", "what": "Talk", "due": "2026-12-01"}],
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", [{"to": "partnership"}, BREAK], ids=["up", "break"])
def test_of_two_moves_at_once_one_wins_and_the_other_sees_both_values(api, account, other):
    Account.objects.filter(pk=account.pk).update(stage="mid")
    callers, bodies = (api("ed_editor"), api("olga_owner")), ({"to": "early"}, other)

    answers = at_once(
        *[
            lambda caller=caller, body=body: caller.post(
                "stage-moves/", {"account": account.pk, "was": "mid", **body}
            )
            for caller, body in zip(callers, bodies, strict=True)
        ]
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    won = [answer.status_code for answer in answers].index(201)
    now = bodies[won]["to"]
    assert answers[1 - won].json()["conflict"]["fields"] == {
        "stage": {"yours": bodies[1 - won]["to"], "theirs": now}
    }
    assert stage_of(account) == StageMove.objects.get().to == now
    broke = now == "interrupted"
    assert Interruption.objects.count() == NextStep.objects.count() == broke


@pytest.mark.django_db(transaction=True)
def test_of_two_resumptions_at_once_one_wins(api, account):
    caller = api("ed_editor")
    caller.post("stage-moves/", {"account": account.pk, **BREAK})
    other = api("olga_owner")

    answers = at_once(
        *[
            lambda one=one: one.post(
                "stage-moves/", {"account": account.pk, "was": "interrupted", "to": "pre"}
            )
            for one in (caller, other)
        ]
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert StageMove.objects.filter(was="interrupted").count() == 1
    assert stage_of(account) == "pre"
