"""Another tier: asked by one, decided by another, once."""

import datetime as dt
import threading

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, connections, transaction

from customers.actions import change_account
from customers.errors import Refused
from customers.models import Account, Event, Region
from lifecycle.models import TierRequest
from lifecycle.tier_actions import ask_tier, ask_tiers, decide_tier, withdraw_tier
from teams.actions import add_post, change_post
from teams.linkage import form_group, name_deputy
from teams.models import Post
from tests.concurrently import at_once


@pytest.fixture
def asked(account, cast):
    return ask_tier(account, to="partner", by=cast["olga_owner"], reason="Three functions meet")


def still_open(asked):
    asked.refresh_from_db()
    asked.account.refresh_from_db()
    return (asked.state, asked.account.tier) == ("open", "ordinary")


def test_an_approved_request_writes_the_tier_with_its_history(asked, cast):
    version = Account.objects.get(pk=asked.account_id).version

    decide_tier(asked, by=cast["dirk_director"], to="approved", reason="They earned it")

    asked.refresh_from_db()
    account = Account.objects.get(pk=asked.account_id)
    assert (account.tier, account.version) == ("partner", version + 1)
    assert (asked.state, asked.decided_by, asked.answer) == (
        "approved", cast["dirk_director"], "They earned it",
    )  # fmt: skip
    event = Event.objects.get(kind="tier.approved")
    assert event.changes["tier"] == ["ordinary", "partner"]
    assert event.actor == cast["dirk_director"]


def test_a_declined_request_leaves_the_tier(asked, cast):
    decide_tier(asked, by=cast["dora_director"], to="declined", reason="Not yet")

    asked.refresh_from_db()
    assert asked.state == "declined"
    assert Account.objects.get(pk=asked.account_id).tier == "ordinary"


def test_only_one_request_is_open_per_account(asked, cast):
    with pytest.raises(Refused, match="Another request"):
        ask_tier(asked.account, to="strategic", by=cast["ed_editor"], reason="More")
    withdraw_tier(asked, by=cast["olga_owner"])
    ask_tier(asked.account, to="strategic", by=cast["ed_editor"], reason="More")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"to": "ordinary", "reason": "x"}, "to"),
        ({"to": "royal", "reason": "x"}, "to"),
        ({"to": "partner", "reason": "  "}, "reason"),
    ],
)
def test_a_request_without_sense_is_refused(account, cast, values, field):
    with pytest.raises(Refused) as refused:
        ask_tier(account, by=cast["olga_owner"], **values)
    assert refused.value.field == field


def test_a_decision_needs_a_reason(asked, cast):
    with pytest.raises(Refused, match="reason"):
        decide_tier(asked, by=cast["dora_director"], to="approved", reason=" ")
    assert still_open(asked)


def test_nobody_decides_what_he_asked_for_himself(account, cast):
    asked = ask_tier(account, to="partner", by=cast["dora_director"], reason="Mine")

    with pytest.raises(Refused, match="another director"):
        decide_tier(asked, by=cast["dora_director"], to="approved", reason="Yes")
    with pytest.raises(IntegrityError), transaction.atomic():
        TierRequest.objects.filter(pk=asked.pk).update(
            state="approved", decided_by=cast["dora_director"]
        )

    assert still_open(asked)


def test_an_asker_who_becomes_a_director_decides_nothing_of_his_own(asked, cast):
    olga = cast["olga_owner"]
    olga.groups.add(Group.objects.get(name="director"))
    Post.objects.create(title="New post", holder=olga)
    olga = type(olga).objects.get(pk=olga.pk)

    with pytest.raises(Refused, match="another director"):
        decide_tier(asked, by=olga, to="approved", reason="Now I may")

    assert not TierRequest.objects.decidable_by(olga).exists()
    assert still_open(asked)


def test_moving_the_account_to_a_friend_makes_him_no_judge(asked, cast):
    """The asker moves the account to another region, whose director would approve."""
    west = Region.objects.create(name="West")
    post = Post.objects.get(holder=cast["dirk_director"])
    friend = cast["otto_outsider"]
    friend.groups.add(cast["dirk_director"].groups.get(name="director"))
    Post.objects.create(title="West", holder=friend, region=west)
    Account.objects.filter(pk=asked.account_id).update(region=west)

    for person in (friend, cast["dirk_director"]):
        person = type(person).objects.get(pk=person.pk)
        with pytest.raises(Refused, match="does not cover"):
            decide_tier(asked, by=person, to="approved", reason="Gladly")
    assert still_open(asked)
    assert post.region != west
    decide_tier(asked, by=cast["dora_director"], to="approved", reason="Covers both")


@pytest.fixture
def friend(cast):
    """Return a director without a post who would approve whatever Dirk asks for."""
    friend = cast["otto_outsider"]
    friend.groups.add(Group.objects.get(name="director"))
    return friend


def anew(person):
    """Return a person without what was read of the roles and posts."""
    return type(person).objects.get(pk=person.pk)


def refused_as_put_in_place(asked, judge):
    with pytest.raises(Refused, match="rests on a change by"):
        decide_tier(asked, by=anew(judge), to="approved", reason="Gladly")
    return still_open(asked)


@pytest.mark.parametrize("first", [True, False], ids=["post first", "request first"])
@pytest.mark.parametrize("way", ["added", "filled", "moved"])
def test_a_post_that_the_asker_gave_makes_no_judge(way, first, account, cast, friend):
    dirk = cast["dirk_director"]
    east = Region.objects.get(name="East")
    below = {"parent": Post.objects.get(title="East"), "title": "Below"}
    vacant = Post.objects.create(region=east, **below)
    elsewhere = Post.objects.create(
        region=Region.objects.create(name="West"), holder=friend, **below
    )

    def give():
        if way == "added":
            add_post(by=dirk, level="regional", region=east, holder=friend, **below)
        elif way == "filled":
            change_post(vacant, by=dirk, version=1, holder=friend)
        else:
            change_post(elsewhere, by=dirk, version=1, region=east)

    if first:
        give()
    asked = ask_tier(account, to="partner", by=dirk, reason="Mine")
    if not first:
        give()

    assert refused_as_put_in_place(asked, friend)
    decide_tier(asked, by=cast["dora_director"], to="approved", reason="Not put in place by Dirk")


def test_a_post_that_somebody_else_gave_or_the_asker_renamed_makes_a_judge(account, cast, friend):
    post = add_post(
        by=cast["dora_director"], title="Two", level="regional",
        region=account.region, holder=friend,
    )  # fmt: skip
    change_post(post, by=cast["dirk_director"], version=1, title="East, second")
    asked = ask_tier(account, to="partner", by=cast["dirk_director"], reason="Mine")

    decide_tier(asked, by=anew(friend), to="declined", reason="No")


def test_a_post_given_long_before_the_request_makes_a_judge(account, cast, friend):
    dirk = cast["dirk_director"]
    post = Post.objects.create(title="Second", region=account.region)
    change_post(post, by=dirk, version=1, holder=friend)
    asked = ask_tier(account, to="partner", by=dirk, reason="Mine")
    limit = asked.asked_at - dt.timedelta(days=180)
    event = Event.objects.filter(kind="post.changed")

    event.update(at=limit)
    assert refused_as_put_in_place(asked, friend)
    event.update(at=limit - dt.timedelta(seconds=1))
    decide_tier(asked, by=anew(friend), to="declined", reason="No")


def test_moving_the_account_first_makes_no_judge(account, cast, friend):
    west = Region.objects.create(name="West")
    Post.objects.create(title="West", holder=friend, region=west)
    change_account(account, by=cast["olga_owner"], version=1, region=west)
    asked = ask_tier(account, to="partner", by=cast["olga_owner"], reason="They grow")

    assert refused_as_put_in_place(asked, friend)
    with pytest.raises(Refused, match="does not cover"):
        decide_tier(asked, by=cast["dirk_director"], to="approved", reason="It was mine")
    decide_tier(asked, by=cast["dora_director"], to="approved", reason="Covers both")


def test_a_move_by_somebody_else_makes_the_new_director_judge(account, cast, friend):
    west = Region.objects.create(name="West")
    Post.objects.create(title="West", holder=friend, region=west)
    change_account(account, by=cast["stan_steward"], version=1, region=west)
    asked = ask_tier(account, to="partner", by=cast["olga_owner"], reason="They grow")

    decide_tier(asked, by=anew(friend), to="approved", reason="Yes")


@pytest.mark.parametrize("what", ["roles", "regions"])
def test_who_was_lifted_by_the_asker_as_administrator_is_no_judge(what, account, cast, friend):
    ada = cast["ada_admin"]
    ada.groups.add(Group.objects.get(name="account manager"))
    Post.objects.create(title="East, second", holder=friend, region=account.region)
    asked = ask_tier(account, to="partner", by=ada, reason="Mine")
    touched = friend if what == "roles" else account.region
    LogEntry.objects.log_actions(ada.pk, [touched], CHANGE, change_message="")

    assert refused_as_put_in_place(asked, friend)


def test_a_deputy_named_by_the_asker_is_no_judge(asked, cast):
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    form_group("East", [olga, ed], by=olga)
    name_deputy(asked.account, ed, by=olga)
    ed.groups.add(Group.objects.get(name="director"))

    with pytest.raises(Refused, match="does not cover"):
        decide_tier(asked, by=anew(ed), to="approved", reason="As deputy")
    assert still_open(asked)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_giving_a_post_while_it_is_decided_makes_no_judge(attempt, account, cast, friend):
    dirk = cast["dirk_director"]
    post = Post.objects.create(title="Second", region=account.region)
    asked = ask_tier(account, to="partner", by=dirk, reason="Mine")

    _given, decided = at_once(
        lambda: change_post(post, by=dirk, version=1, holder=friend),
        lambda: decide_tier(asked, by=anew(friend), to="approved", reason="Gladly"),
    )

    assert isinstance(decided, Refused), decided
    assert still_open(asked)


def test_only_the_asker_withdraws(asked, cast):
    with pytest.raises(Refused, match="Only who asked"):
        withdraw_tier(asked, by=cast["ed_editor"])
    withdraw_tier(asked, by=cast["olga_owner"])
    withdraw_tier(asked, by=cast["olga_owner"])
    assert Event.objects.filter(kind="tier.withdrawn").count() == 1


def test_a_tier_that_changed_behind_the_request_is_not_overwritten(asked, cast):
    Account.objects.filter(pk=asked.account_id).update(tier="strategic")

    with pytest.raises(Refused, match="no longer “Ordinary”") as refused:
        decide_tier(asked, by=cast["dora_director"], to="approved", reason="Yes")

    assert refused.value.conflict["fields"] == {"tier": {"yours": "partner", "theirs": "strategic"}}
    asked.refresh_from_db()
    assert asked.state == "open"


def test_the_manager_asks_and_the_director_decides_in_the_browser(account, cast, client):
    client.force_login(cast["olga_owner"])
    page = client.get(f"/accounts/{account.pk}/tier/").content.decode()
    assert 'value="ordinary"' not in page

    client.post(f"/accounts/{account.pk}/tier/", {"to": "partner", "reason": "They grow"})
    asked = TierRequest.objects.get()
    own = client.get("/tiers/requests/").content.decode()
    assert "Withdraw" in own
    assert "Approve" not in own

    client.force_login(cast["dirk_director"])
    page = client.get("/tiers/requests/").content.decode()
    assert "They grow" in page
    assert "Approve" in page
    path = f"/tiers/requests/{asked.pk}/state/"
    nothing = client.post(path, {"state": "approved", "version": 1, "answer": ""})
    assert nothing.status_code == 422
    done = client.post(path, {"state": "approved", "version": 1, "answer": "Yes"})
    assert done.status_code == 302
    again = client.post(path, {"state": "declined", "version": 1, "answer": "No"})
    assert again.status_code == 409
    assert "Approved" in again.content.decode()
    account.refresh_from_db()
    assert account.tier == "partner"


def test_a_manager_who_did_not_ask_decides_nothing(asked, cast, client):
    client.force_login(cast["ed_editor"])

    answer = client.post(
        f"/tiers/requests/{asked.pk}/state/", {"state": "approved", "version": 1, "answer": "Yes"}
    )

    assert answer.status_code == 422
    assert still_open(asked)


def test_the_api_asks_and_decides(account, cast, client):
    client.force_login(cast["olga_owner"])
    made = client.post(
        "/api/v1/tier-requests/",
        {"account": account.pk, "to": "partner", "reason": "They grow"},
        content_type="application/json",
    )
    assert made.status_code == 201, made.content
    path = f"/api/v1/tier-requests/{made.json()['id']}/"
    body = {"state": "approved", "answer": "Yes", "version": 1}
    refused = client.patch(path, body, content_type="application/json")
    assert refused.status_code == 403
    client.force_login(cast["dora_director"])
    won = client.patch(path, body, content_type="application/json")
    assert (won.status_code, won.json()["state"]) == (200, "approved")
    late = client.patch(path, {**body, "state": "declined"}, content_type="application/json")
    assert late.status_code == 409
    assert late.json()["conflict"]["fields"]["state"] == {"yours": "declined", "theirs": "approved"}


def race(*tries):
    start, answers = threading.Barrier(len(tries)), [None] * len(tries)

    def run(place, attempt):
        start.wait()
        try:
            attempt()
            answers[place] = "done"
        except Refused as refusal:
            answers[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(tries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_exactly_one_wins(account, cast):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads share no memory database")
    asked = ask_tier(account, to="partner", by=cast["olga_owner"], reason="They grow")
    copies = [TierRequest.objects.get(pk=asked.pk) for _ in range(2)]

    answers = race(
        lambda: decide_tier(copies[0], by=cast["dora_director"], to="approved", reason="Yes"),
        lambda: decide_tier(copies[1], by=cast["dirk_director"], to="declined", reason="No"),
    )

    assert answers.count("done") == 1, answers
    lost = next(answer for answer in answers if answer != "done")
    asked.refresh_from_db()
    assert lost.conflict["fields"]["state"]["theirs"] == asked.state
    account.refresh_from_db()
    assert account.tier == ("partner" if asked.state == "approved" else "ordinary")
    assert Event.objects.filter(kind__in=["tier.approved", "tier.declined"]).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("bulk", ["one", "both"])
@pytest.mark.parametrize("attempt", range(3))
def test_of_two_who_ask_at_once_one_is_heard(attempt, bulk, account, cast):
    """The single request and the bulk edit, or two bulk edits whose accounts overlap."""
    others = Account.objects.bulk_create(
        Account(code=f"T-{n}", name=f"T {n}", owner=cast["olga_owner"]) for n in range(30)
    )
    half, ids = [one.pk for one in others[15:]], [one.pk for one in others]

    def in_bulk(accounts, who):
        return ask_tiers([account.pk, *accounts], to="partner", by=cast[who], reason="They grow")

    def alone():
        return ask_tier(account, to="strategic", by=cast["ed_editor"], reason="They ask")

    outcomes = at_once(
        lambda: in_bulk(ids, "olga_owner"),
        alone if bulk == "one" else lambda: in_bulk(reversed(half), "dora_director"),
    )

    # Refused, or told that nothing was left to ask for; nobody else's request is his.
    for outcome in outcomes:
        assert isinstance(outcome, dict | TierRequest | Refused), outcomes
    made = {
        pk
        for outcome in outcomes
        if not isinstance(outcome, Refused)
        for pk in (outcome.values() if isinstance(outcome, dict) else [outcome.pk])
    }
    rows = TierRequest.objects.all()
    assert {row.pk for row in rows} == made
    assert len({row.account_id for row in rows}) == len(rows)
    assert rows.filter(account=account, state="open").count() == 1
    asked = Event.objects.filter(kind="tier.asked").values_list("subject__tierrequest", flat=True)
    assert sorted(asked) == sorted(made)
