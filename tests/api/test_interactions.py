"""The contact log and next steps over the API."""

import datetime as dt

import pytest
from django.utils import timezone

from customers import actions
from customers.calendar import business_today
from customers.models import Contact, Interaction, NextStep


@pytest.fixture
def ann(account):
    return Contact.objects.create(account=account, name="Ann")


def test_a_contact_is_logged_with_its_next_step(api, account, cast, ann):
    due = business_today() + dt.timedelta(days=7)

    answer = api("ed_editor").post(
        "interactions/",
        {
            "account": account.pk,
            "kind": "call",
            "at": "2026-03-02T09:30:00+08:00",
            "ours": [cast["ed_editor"].pk, cast["olga_owner"].pk],
            "theirs": [ann.pk],
            "subject": "Prices",
            "note": "They ask for a new offer.",
            "tone": 1,
            "next_step": {"what": "Send offer", "due": due.isoformat()},
        },
    )

    assert answer.status_code == 201, answer.content
    entry = Interaction.objects.get()
    body = answer.json()
    assert body["at"] == "2026-03-02T01:30:00Z"
    assert body["date"] == "2026-03-02"
    assert (body["author_name"], body["theirs"]) == ("Ed", [ann.pk])
    assert body["ours"] == sorted([cast["ed_editor"].pk, cast["olga_owner"].pk])
    step = entry.next_step
    assert (step.what, step.due, step.who) == ("Send offer", due, cast["ed_editor"])
    assert body["next_step"] == {
        "id": step.pk,
        "what": "Send offer",
        "due": due.isoformat(),
        "who": cast["ed_editor"].pk,
        "state": "open",
    }


def test_an_entry_needs_little(api, account, cast):
    answer = api("ed_editor").post("interactions/", {"account": account.pk, "kind": "visit"})

    assert answer.status_code == 201, answer.content
    assert answer.json()["next_step"] is None
    assert answer.json()["ours"] == [cast["ed_editor"].pk]


def test_a_time_without_offset_is_in_the_persons_zone(api, account, cast):
    cast["ed_editor"].time_zone = "America/New_York"
    cast["ed_editor"].save()

    answer = api("ed_editor").post(
        "interactions/", {"account": account.pk, "kind": "call", "at": "2026-03-02T09:30:00"}
    )

    assert answer.json()["at"] == "2026-03-02T14:30:00Z"


def test_every_wrong_field_is_named_in_depth_too(api, account):
    answer = api("ed_editor").post(
        "interactions/",
        {
            "account": account.pk,
            "kind": "telepathy",
            "at": "0001-01-01T00:00:00+14:00",
            "ours": [1.5],
            "theirs": ["a"],
            "tone": 3,
            "date": "2026-01-01",
            "next_step": {"due": "soon", "owner": 1},
        },
    )

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {
        "kind",
        "at",
        "ours",
        "theirs",
        "tone",
        "date",
        "next_step.what",
        "next_step.due",
        "next_step.owner",
    }


@pytest.mark.parametrize(
    "ours", [{"a": 1}, "1", [[]], [True], [None], [2**63], list(range(1, 300))]
)
def test_people_are_a_list_of_ids(api, account, ours):
    answer = api("ed_editor").post(
        "interactions/", {"account": account.pk, "kind": "call", "ours": ours}
    )

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["ours"])


def test_the_future_and_strangers_are_refused_and_nothing_is_stored(
    api, account, far_account, cast
):
    later = (timezone.now() + dt.timedelta(hours=1)).isoformat()
    stranger = Contact.objects.create(account=far_account, name="Cid Canary")
    caller = api("dora_director")

    future = caller.post("interactions/", {"account": account.pk, "kind": "call", "at": later})
    wrong = caller.post(
        "interactions/", {"account": account.pk, "kind": "call", "theirs": [stranger.pk]}
    )
    gone = cast["otto_outsider"]
    gone.is_active = False
    gone.save()
    left = caller.post(
        "interactions/",
        {
            "account": account.pk,
            "kind": "call",
            "next_step": {"what": "x", "due": "2030-01-01", "who": gone.pk},
        },
    )

    assert (future.status_code, list(future.json()["errors"])) == (409, ["at"])
    assert (wrong.status_code, list(wrong.json()["errors"])) == (409, ["theirs"])
    assert (left.status_code, list(left.json()["errors"])) == (409, ["who"])
    assert not Interaction.objects.exists()


def test_an_entry_is_corrected_under_its_version(api, account, cast, ann):
    entry = actions.log_contact(account, by=cast["ed_editor"], kind="call")
    caller = api("olga_owner")

    first = caller.patch(f"interactions/{entry.pk}/", {"theirs": [ann.pk]}, If_Match='"1"')
    stale = caller.patch(f"interactions/{entry.pk}/", {"theirs": []}, If_Match='"1"')
    step = caller.patch(f"interactions/{entry.pk}/", {"next_step": None}, If_Match='"2"')

    assert (first.status_code, first.json()["theirs"], first["ETag"]) == (200, [ann.pk], '"2"')
    assert stale.status_code == 409
    assert stale.json()["conflict"]["fields"] == {"theirs": {"yours": [], "theirs": [ann.pk]}}
    assert (step.status_code, list(step.json()["errors"])) == (400, ["next_step"])


def test_the_log_is_filtered_newest_first(api, account, far_account, cast):
    by = cast["dora_director"]
    for day, where in ((1, account), (2, far_account), (3, account)):
        at = dt.datetime(2026, 3, day, 12, tzinfo=dt.UTC)
        actions.log_contact(where, by=by, kind="call", at=at)

    def days(**query):
        rows = api("rita_reader").get("interactions/", **query).json()["results"]
        return [row["date"][-1] for row in rows]

    assert days() == ["3", "2", "1"]


def test_the_log_between_days(api, account, cast):
    for day in (1, 2, 3):
        at = dt.datetime(2026, 3, day, 12, tzinfo=dt.UTC)
        actions.log_contact(account, by=cast["ed_editor"], kind="call", at=at)

    answer = api("ed_editor").get("interactions/", date_from="2026-03-02", date_to="2026-03-02")
    wrong = api("olga_owner").get("interactions/", date_from="yesterday")

    assert [row["date"] for row in answer.json()["results"]] == ["2026-03-02"]
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["date_from"])


def test_a_step_is_planned_moved_done_and_reopened(api, account, cast):
    caller = api("ed_editor")

    made = caller.post(
        "next-steps/", {"account": account.pk, "what": "Call back", "due": "2026-12-01"}
    )
    url = f"next-steps/{made.json()['id']}/"
    moved = caller.patch(url, {"due": "2026-12-08", "version": 1})
    done = caller.patch(url, {"state": "done", "what": "Call back Ann", "version": 2})
    again = caller.patch(url, {"state": "done"}, If_Match=done["ETag"])
    reopened = caller.patch(url, {"state": "open"}, If_Match=again["ETag"])

    assert (made.status_code, made.json()["who"]) == (201, cast["ed_editor"].pk)
    assert moved.json()["due"] == "2026-12-08"
    assert (done.json()["state"], done.json()["what"]) == ("done", "Call back Ann")
    assert done.json()["closed_at"]
    assert again.json() == done.json()
    assert (reopened.json()["state"], reopened.json()["closed_at"]) == ("open", None)


def test_a_stale_state_is_refused_with_both_values(api, account, cast):
    step = actions.plan_step(account, by=cast["ed_editor"], what="x", due=dt.date(2026, 12, 1))
    caller = api("olga_owner")
    caller.patch(f"next-steps/{step.pk}/", {"due": "2026-12-02", "version": 1})

    stale = caller.patch(f"next-steps/{step.pk}/", {"state": "done", "version": 1})

    assert stale.status_code == 409
    assert stale.json()["conflict"]["fields"] == {"state": {"yours": "done", "theirs": "open"}}
    assert NextStep.objects.get().state == "open"


def test_steps_are_filtered_the_earliest_first(api, account, cast):
    for day in (3, 1, 2):
        actions.plan_step(account, by=cast["ed_editor"], what=f"{day}", due=dt.date(2026, 12, day))
    caller = api("ed_editor")

    rows = caller.get("next-steps/", due_to="2026-12-02").json()["results"]

    assert [row["what"] for row in rows] == ["1", "2"]
    assert caller.get("next-steps/", state="done").json()["count"] == 0
    assert caller.get("next-steps/", who=cast["ed_editor"].pk).json()["count"] == 3
