"""Changing many accounts at once: told first, then done, then undone."""

import datetime as dt
import re
import threading

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts_crm.models import BulkEdit
from accounts_crm.portfolio import bulk_actions
from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account, Event, Region
from lifecycle.models import StageMove, TierRequest
from lifecycle.tier_actions import ask_tier, decide_tier
from teams.models import TeamMember
from tests.nights import make_run, order


@pytest.fixture
def three(account, far_account, cast):
    """Return Olga's two accounts and one of elsewhere."""
    other = Account.objects.create(code="A-2", name="Brisling Pumps", owner=cast["olga_owner"])
    return account, other, far_account


def versions(*accounts):
    return ",".join(f"{one.pk}:{one.version}" for one in accounts)


def post(client, step, accounts, **values):
    sent = {"accounts": versions(*accounts), "step": step, "query": "tier=ordinary", **values}
    return client.post("/accounts/bulk/", sent)


def test_what_is_ticked_is_shown_with_what_would_change_and_why_not(client, cast, three):
    account, other, far = three
    Account.objects.filter(pk=other.pk).update(industry="Pumps")
    client.force_login(cast["olga_owner"])

    chosen = client.post("/accounts/bulk/", {"pick": [account.pk, other.pk, far.pk]})
    assert chosen.context["count"] == 2  # what one does not see is not even told
    preview = post(client, "preview", [account, other], industry="Pumps")

    text = preview.content.decode()
    assert re.search("Vorholm Cranes.*<del>–</del> → <ins>Pumps</ins>", text)
    assert re.search("Brisling Pumps.*is so already", text, re.DOTALL)
    assert preview.context["ready"] == 1
    assert Event.objects.filter(kind="account.changed").count() == 0


def test_a_tier_is_asked_for_of_many_and_taken_back(client, cast, three):
    account, other, _far = three
    Account.objects.filter(pk=other.pk).update(tier="partner")
    third = Account.objects.create(code="A-3", name="Third", owner=cast["olga_owner"])
    ask_tier(third, to="strategic", by=cast["ed_editor"], reason="Before")
    client.force_login(cast["olga_owner"])
    whole = [account, other, third]

    assert post(client, "preview", whole, tier="partner").status_code == 422  # no reason
    preview = post(client, "preview", whole, tier="partner", reason="They grow").content.decode()
    assert re.search("Vorholm Cranes.*<del>Ordinary</del> → <ins>Partner</ins>", preview)
    assert "has an open request for another tier" in preview
    assert "is so already" in preview
    post(client, "apply", whole, tier="partner", reason="They grow")

    asked = TierRequest.objects.get(asked_by=cast["olga_owner"])
    assert (asked.account, asked.to, asked.reason, asked.state) == (
        account, "partner", "They grow", "open",
    )  # fmt: skip
    assert asked.region_id == account.region_id
    account.refresh_from_db()
    assert account.tier == "ordinary"  # a director decides
    assert Event.objects.filter(kind="tier.asked", account=account).count() == 1

    edit = BulkEdit.objects.get()
    client.post(f"/accounts/bulk/{edit.pk}/undo/")
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert Event.objects.filter(kind="tier.withdrawn", account=account).count() == 1


def test_what_was_decided_meanwhile_is_not_taken_back(cast, three):
    account, _other, _far = three
    edit = bulk_actions.change_accounts(
        {account.pk: account.version}, by=cast["olga_owner"], tier="partner", reason="They grow"
    )
    decide_tier(TierRequest.objects.get(), by=cast["dora_director"], to="approved", reason="Yes")

    with pytest.raises(Refused, match="Nothing was undone"):
        bulk_actions.undo(edit, by=cast["olga_owner"])
    assert TierRequest.objects.get().state == "approved"


def test_a_change_is_one_act_with_an_event_each_and_its_undo(client, cast, three):
    account, other, _far = three
    north = Region.objects.create(name="North")
    client.force_login(cast["olga_owner"])
    was = (account.region_id, other.region_id)

    answer = post(client, "apply", [account, other], region=north.pk, status="lost")

    assert answer["Location"] == "/accounts/?tier=ordinary"
    page = client.get(answer["Location"]).content.decode()
    edit = BulkEdit.objects.get()
    assert f'action="/accounts/bulk/{edit.pk}/undo/"' in page
    assert "2 accounts changed." in page
    assert 'data-seconds="60"' in page
    assert set(Account.objects.filter(region=north, status="lost")) == {account, other}
    assert Event.objects.filter(kind="account.changed", actor=cast["olga_owner"]).count() == 2
    changes = Event.objects.filter(kind="account.changed", account=account).get().changes
    assert changes == {"region": [was[0], north.pk], "status": ["active", "lost"]}

    undone = client.post(f"/accounts/bulk/{edit.pk}/undo/", follow=True).content.decode()

    assert "2 accounts are as they were." in undone
    account.refresh_from_db()
    other.refresh_from_db()
    assert (account.region_id, other.region_id) == was
    assert (account.status, account.version, other.version) == ("active", 3, 3)
    assert Event.objects.filter(kind="account.changed").count() == 4
    again = client.post(f"/accounts/bulk/{edit.pk}/undo/", follow=True).content.decode()
    assert "was undone already" in again


def test_a_new_owner_leads_and_the_undo_gives_back(cast, three):
    account, other, _far = three
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    found = {account.pk: account.version, other.pk: other.version}

    edit = bulk_actions.change_accounts(found, by=olga, owner=ed, industry="Cranes")

    leads = TeamMember.objects.filter(role="lead", until=None)
    assert dict(leads.values_list("account", "user")) == {account.pk: ed.pk, other.pk: ed.pk}
    assert set(Account.objects.filter(owner=ed, industry="Cranes")) == {account, other}
    assert bulk_actions.undo(edit, by=olga) == 2
    assert set(Account.objects.filter(owner=olga, industry="")) == {account, other}
    leads = TeamMember.objects.filter(role="lead", until=None)
    assert dict(leads.values_list("account", "user")) == {account.pk: olga.pk, other.pk: olga.pk}


def test_what_changed_between_preview_and_change_stays_as_it_is(client, cast, three):
    account, other, _far = three
    client.force_login(cast["olga_owner"])
    Account.objects.filter(pk=account.pk).update(version=7, industry="By somebody else")

    post(client, "apply", [account, other], channel="direct")

    account.refresh_from_db()
    other.refresh_from_db()
    assert (account.channel, other.channel) == ("", "direct")


def test_the_undo_is_refused_too_late_by_others_and_after_another_change(client, cast, three):
    account, other, _far = three
    olga = cast["olga_owner"]

    def change(industry):
        found = dict(Account.objects.filter(owner=olga).values_list("pk", "version"))
        return bulk_actions.change_accounts(found, by=olga, industry=industry)

    first = change("One")
    with pytest.raises(Refused, match="Only who made"):
        bulk_actions.undo(first, by=cast["dora_director"])
    with (
        time_machine.travel(timezone.now() + timezone.timedelta(seconds=61)),
        pytest.raises(Refused, match="60 seconds"),
    ):
        bulk_actions.undo(first, by=olga)
    Account.objects.filter(pk=account.pk).update(version=99)
    with pytest.raises(Refused, match="1 account was changed again"):
        bulk_actions.undo(first, by=olga)

    other.refresh_from_db()
    assert other.industry == "One"  # nothing was put back by halves
    first.refresh_from_db()
    assert first.undone_at is None
    client.force_login(cast["ed_editor"])
    assert client.post(f"/accounts/bulk/{first.pk}/undo/").status_code == 404


def test_only_what_one_may_change_is_changed(client, cast, three):
    account, _other, far = three
    client.force_login(cast["vera_viewer"])
    post(client, "apply", [account], channel="dealer")
    client.force_login(cast["stan_steward"])
    preview = post(client, "preview", [account, far], owner=cast["ed_editor"].pk)
    assert {line.reason for line in preview.context["lines"]} == {"is not yours to give away"}
    post(client, "apply", [account, far], channel="direct")  # facts are a steward's

    assert Account.objects.filter(channel="direct").count() == 2
    assert not Account.objects.filter(channel="dealer").exists()


def test_all_of_a_list_means_what_its_filters_let_through(client, cast, three):
    client.force_login(cast["dora_director"])

    Account.objects.filter(pk=three[1].pk).update(tier="strategic")
    page = client.post("/accounts/bulk/", {"everything": "1", "query": "tier=strategic"})
    assert page.context["count"] == 1
    page = client.post("/accounts/bulk/", {"everything": "1", "query": ""})
    assert page.context["count"] == 3


@pytest.fixture
def night(three):
    """Return Olga's two accounts: one only in trade on record as Early, one as Interrupted."""
    account, other, _far = three
    day = business_today() - dt.timedelta(days=1)
    order(account, day - dt.timedelta(days=7), 900_00)
    Account.objects.filter(pk=account.pk).update(stage="early")
    Account.objects.filter(pk=other.pk).update(stage="interrupted")
    make_run(day)
    account.refresh_from_db()
    return account, other


def test_moves_against_the_evidence_are_counted_and_need_one_reason(client, cast, night):
    account, other = night
    client.force_login(cast["olga_owner"])

    preview = post(client, "preview", [account, other], stage="mid")
    text = preview.content.decode()
    assert (preview.context["ready"], preview.context["against"]) == (1, 1)
    assert "1 account would be moved against the evidence" in text
    assert "is interrupted: resume it first" in text
    refused = post(client, "apply", [account, other], stage="mid", status="prospect")
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    account.refresh_from_db()
    assert (account.stage, account.status) == ("early", "active")  # nothing by halves

    post(client, "apply", [account, other], stage="mid", reason="New contracts")

    account.refresh_from_db()
    move = StageMove.objects.get()
    assert (account.stage, move.was, move.to, move.reason) == (
        "mid", "early", "mid", "New contracts",
    )  # fmt: skip
    event = Event.objects.get(kind="stage.moved")
    assert event.changes == {"stage": ["early", "mid"], "reason": [None, "New contracts"]}
    edit = BulkEdit.objects.get()
    client.post(f"/accounts/bulk/{edit.pk}/undo/")
    account.refresh_from_db()
    assert account.stage == "early"
    assert StageMove.objects.count() == 2


def test_stage_owner_and_facts_change_together_and_go_back_together(cast, night):
    account, _other = night
    olga = cast["olga_owner"]

    edit = bulk_actions.change_accounts(
        {account.pk: account.version},
        by=olga,
        reason="Sold",
        stage="mid",
        owner=cast["ed_editor"],
        industry="Steel",
    )
    account.refresh_from_db()
    assert (account.stage, account.owner, account.industry) == ("mid", cast["ed_editor"], "Steel")

    assert bulk_actions.undo(edit, by=olga) == 1
    account.refresh_from_db()
    assert (account.stage, account.owner, account.industry) == ("early", olga, "")


def test_what_is_two_steps_away_or_not_ones_own_stays(client, cast, night):
    account, _other = night
    client.force_login(cast["olga_owner"])
    far = post(client, "preview", [account], stage="partnership")
    assert [line.reason for line in far.context["lines"]] == [
        "is in “Early”, more than one step away"
    ]
    client.force_login(cast["stan_steward"])
    alien = post(client, "preview", [account], stage="mid")
    assert [line.reason for line in alien.context["lines"]] == ["is not yours to move"]

    with pytest.raises(Refused, match="Nothing was changed"):
        bulk_actions.change_accounts(
            {account.pk: account.version}, by=cast["olga_owner"], stage="partnership", reason="x"
        )


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"pick": ["x", "-1", "9" * 40, "\x00"]},
        {"accounts": "1:1,", "step": "apply"},
        {"accounts": "1:99999999999999", "step": "apply"},
        {"accounts": "999999:1", "step": "apply", "owner": "9" * 30, "region": "\x00"},
        {"everything": "1", "query": "%00&tier=%FF&sort=,,"},
        {"everything": "1", "query": "a" * 5000},
    ],
)
def test_hostile_input_changes_nothing_and_makes_no_fault(client, cast, three, sent):
    client.force_login(cast["olga_owner"])
    before = list(Account.objects.order_by("pk").values())

    assert client.post("/accounts/bulk/", sent).status_code in (200, 302, 422)

    assert list(Account.objects.order_by("pk").values()) == before


def test_a_region_is_emptied_even_where_there_is_none_to_choose(client, cast, three):
    account, *_others = three
    Account.objects.update(region=None)
    cast["dirk_director"].posts.all().delete()
    Region.objects.all().delete()
    client.force_login(cast["dora_director"])

    preview = post(client, "preview", [account], region="none")

    assert [line.reason for line in preview.context["lines"]] == ["is so already"]


def test_too_many_are_refused_with_words(client, cast, three, monkeypatch):
    monkeypatch.setattr(bulk_actions, "MOST", 1)
    client.force_login(cast["dora_director"])

    answer = client.post("/accounts/bulk/", {"everything": "1"}, follow=True)

    assert "Choose at most 1." in answer.content.decode()


def test_the_queries_do_not_grow_with_the_accounts(cast, django_assert_max_num_queries):
    olga = cast["olga_owner"]
    Account.objects.bulk_create(
        Account(code=f"N-{n}", name=f"N {n}", owner=olga) for n in range(400)
    )
    found = dict(Account.objects.values_list("pk", "version"))

    with django_assert_max_num_queries(14):
        bulk_actions.change_accounts(found, by=olga, industry="Steel", status="prospect")
    found = dict(Account.objects.values_list("pk", "version"))
    with django_assert_max_num_queries(14):
        bulk_actions.change_accounts(found, by=olga, stage="early")


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_each_account_takes_one(cast, three):
    account, other, _far = three
    olga, found = cast["olga_owner"], {account.pk: 1, other.pk: 1}
    gate, outcomes = threading.Barrier(2), []

    def change(industry):
        gate.wait()
        try:
            bulk_actions.change_accounts(found, by=olga, industry=industry)
            outcomes.append(industry)
        except Refused:
            outcomes.append("refused")
        connection.close()

    threads = [threading.Thread(target=change, args=(name,)) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert "refused" in outcomes
    winner = next(name for name in outcomes if name != "refused")
    assert set(Account.objects.filter(owner=olga).values_list("industry", "version")) == {
        (winner, 2)
    }
