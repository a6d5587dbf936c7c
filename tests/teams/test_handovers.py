"""Handovers: opened by a new manager, ticked, undone, fragile until done."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import actions as customer_actions
from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account, Interaction, NextStep
from teams import actions, handover
from teams.models import Handover, HandoverTick

TODAY = business_today()
ITEMS = HandoverTick.Item.values


@pytest.fixture
def given(account, cast):
    """Return the handover of the account from Olga to Ed."""
    actions.set_owner(account, to=cast["ed_editor"], by=cast["dora_director"])
    return Handover.objects.get()


def fragile():
    return set(Account.objects.filter(handover.is_fragile()).values_list("code", flat=True))


def test_another_manager_opens_a_handover(account, cast, given):
    assert (given.account, given.was, given.to) == (
        account,
        cast["olga_owner"],
        cast["ed_editor"],
    )
    assert (given.opened_on, given.closed_at) == (TODAY, None)
    assert fragile() == {"A-1"}


def test_a_first_manager_and_none_open_nothing(account, far_account, cast):
    actions.set_owner(far_account, to=cast["ed_editor"], by=cast["dora_director"])
    for _again in range(2):
        account.refresh_from_db()
        actions.set_owners({account.pk: (account.version, None)}, by=cast["dora_director"])

    assert not Handover.objects.exists()


def test_a_handover_changes_nothing_of_the_account_but_its_manager(account, cast):
    director = cast["dora_director"]
    entry = customer_actions.log_contact(account, by=cast["olga_owner"], kind="call")
    customer_actions.plan_step(account, by=cast["olga_owner"], what="Call", due=TODAY)
    kept = ("stage", "tier", "parent", "region", "status", "last_contact_on")

    def state():
        return [
            list(Account.objects.values(*kept)),
            list(Interaction.objects.values()),
            list(Interaction.ours.through.objects.values("interaction", "user")),
            list(NextStep.objects.values()),
        ]

    account.refresh_from_db()
    before = state()
    actions.set_owner(account, to=cast["ed_editor"], by=director)

    assert state() == before
    assert Interaction.objects.get(pk=entry.pk).author == cast["olga_owner"]


def test_many_at_once_cost_no_query_each(cast):
    olga, ed, director = cast["olga_owner"], cast["ed_editor"], cast["dora_director"]

    def move(first, last):
        rows = Account.objects.bulk_create(
            Account(code=f"B{n}", name=f"B{n}", owner=olga) for n in range(first, last)
        )
        with CaptureQueriesContext(connection) as captured:
            actions.set_owners({row.pk: (row.version, ed) for row in rows}, by=director)
        return len(captured)

    few = move(0, 5)
    assert move(5, 205) <= few + 6  # rows are written in a few batches more
    assert Handover.objects.filter(was=olga, to=ed, closed_at=None).count() == 205
    assert len(fragile()) == 205


def test_taken_back_on_its_day_it_leaves_nothing(account, cast, given):
    actions.set_owner(account, to=cast["olga_owner"], by=cast["dora_director"])

    assert not Handover.objects.exists()


def test_given_on_it_ends_the_one_before(account, cast, given):
    actions.set_owner(account, to=cast["vera_viewer"], by=cast["dora_director"])

    given.refresh_from_db()
    assert given.closed_at is not None
    open_one = Handover.objects.get(closed_at=None)
    assert (open_one.was, open_one.to) == (cast["ed_editor"], cast["vera_viewer"])
    with pytest.raises(Refused, match="went on to somebody else"):
        handover.tick(given, "plan", by=cast["ed_editor"])
    with pytest.raises(Refused, match="went on to somebody else"):
        handover.untick(given, "plan", by=cast["ed_editor"])


def test_the_last_tick_ends_it_and_taking_one_back_opens_it_again(cast, given):
    ed = cast["ed_editor"]
    for item in ITEMS[:-1]:
        handover.tick(given, item, by=ed)
        handover.tick(given, item, by=ed)
        assert fragile() == {"A-1"}

    handover.tick(given, ITEMS[-1], by=ed)
    assert fragile() == set()
    assert given.closed_at is not None
    assert {tick.by for tick in given.ticks.all()} == {ed}

    handover.untick(given, ITEMS[0], by=ed)
    assert fragile() == {"A-1"}
    assert given.ticks.count() == len(ITEMS) - 1


@pytest.mark.parametrize(("days", "still"), [(179, True), (180, False)])
def test_it_is_fragile_for_180_days(given, days, still):
    Handover.objects.update(opened_on=TODAY - dt.timedelta(days=days))

    assert (fragile() == {"A-1"}) is still


def test_the_open_steps_are_taken_over_in_one_go(account, cast, given):
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    mine, _other, done = (
        customer_actions.plan_step(account, by=olga, what=what, due=TODAY, who=who)
        for what, who in (("A", olga), ("B", cast["vera_viewer"]), ("C", olga))
    )
    customer_actions.close_step(done, by=olga)
    assert handover.steps_left(given).get() == mine

    assert handover.take_over_steps(given, by=ed) == 1

    who = dict(NextStep.objects.values_list("what", "who__username"))
    assert who == {"A": "ed_editor", "B": "vera_viewer", "C": "olga_owner"}


@pytest.mark.django_db(transaction=True)
def test_two_last_ticks_at_once_end_it(cast, given):
    from tests.concurrently import at_once

    for item in ITEMS[:-2]:
        handover.tick(given, item, by=cast["ed_editor"])
    outcomes = at_once(
        *(
            lambda item=item: handover.tick(
                Handover.objects.get(pk=given.pk), item, by=cast["ed_editor"]
            )
            for item in ITEMS[-2:]
        )
    )

    assert outcomes == [None, None]
    given.refresh_from_db()
    assert given.closed_at is not None


def text(answer):
    return " ".join(answer.content.decode().split())


def test_the_dossier_the_list_my_day_and_the_account_say_it(client, account, cast, given):
    customer_actions.log_contact(account, by=cast["olga_owner"], kind="visit", note="Crane 4")
    customer_actions.plan_step(
        account, by=cast["olga_owner"], what="Send drawings", due=TODAY, who=cast["olga_owner"]
    )
    client.force_login(cast["ed_editor"])

    dossier = text(client.get(f"/handovers/{given.pk}/"))
    assert "Crane 4" in dossier
    assert "Send drawings" in dossier
    assert "Give 1 step to Ed" in dossier
    assert "Vorholm" in text(client.get("/teams/handovers/"))
    assert "Handed over to you" in text(client.get("/"))
    assert "Fragile: being handed over" in text(client.get(f"/accounts/{account.pk}/"))
    assert "Vorholm" in text(client.get("/accounts/?handover=open"))
    assert "Vorholm" not in text(client.get("/accounts/?handover=none"))

    for item in ITEMS:
        answer = client.post(f"/handovers/{given.pk}/ticks/", {"item": item, "done": "on"})
        assert answer.status_code == 302
    assert "Handed over to you" not in text(client.get("/"))
    client.post(f"/handovers/{given.pk}/ticks/", {"item": "plan"})
    assert "Handed over to you" in text(client.get("/"))
    client.post(f"/handovers/{given.pk}/steps/")
    assert NextStep.objects.get().who == cast["ed_editor"]
