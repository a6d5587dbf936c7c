"""Deleting an entry, and putting it back as it was."""

import datetime as dt

import pytest
from django.utils import timezone

from customers import actions
from customers.errors import Refused
from customers.models import (
    Account,
    Contact,
    Event,
    Interaction,
    NextStep,
    RemovedInteraction,
    SearchText,
)
from customers.removals import remove_interaction, restore_interaction


@pytest.fixture
def olga(cast, client):
    client.force_login(cast["olga_owner"])
    return cast["olga_owner"]


@pytest.fixture
def entry(account, olga, cast):
    wang = Contact.objects.create(account=account, name="Wang Jue")
    actions.log_contact(
        account, by=olga, kind="call", at=timezone.now() - dt.timedelta(days=40), note="Earlier"
    )
    return actions.log_contact(
        account,
        by=olga,
        kind="visit",
        at=timezone.now() - dt.timedelta(days=4),
        ours=[olga, cast["ed_editor"]],
        theirs=[wang],
        subject="Price",
        note="Wants 5 % less",
        tone=-1,
        step={"what": "Quote", "due": dt.date(2027, 1, 5), "who": None},
    )


def everything(entry):
    return {
        **Interaction.objects.filter(pk=entry.pk).values().get(),
        "version": None,
        "people": [*entry.ours.order_by("pk"), *entry.theirs.order_by("pk")],
        "step": NextStep.objects.get().interaction_id,
        "last": Account.objects.get(pk=entry.account_id).last_contact_on,
        "found": SearchText.objects.filter(entry=entry).values_list("text", flat=True).get(),
    }


def send(client, entry, state):
    return client.post(f"/interactions/{entry.pk}/state/", {"state": state})


def test_a_deleted_entry_counts_nowhere_and_its_step_stays(client, olga, account, entry):
    earlier = Interaction.objects.exclude(pk=entry.pk).get()
    response = send(client, entry, "removed")

    assert response.url == account.get_absolute_url()
    assert list(Interaction.objects.all()) == [earlier]
    assert Account.objects.get(pk=account.pk).last_contact_on == earlier.date
    assert NextStep.objects.get().interaction is None
    assert not SearchText.objects.filter(text__contains="wants 5").exists()


def test_it_comes_back_as_it_was(client, olga, entry):
    before = everything(entry)
    send(client, entry, "removed")
    send(client, entry, "kept")

    assert everything(entry) == before
    assert not RemovedInteraction.objects.exists()


def test_the_undo_comes_with_the_next_page_and_stays_over_a_minute(client, olga, account, entry):
    page = client.post(f"/interactions/{entry.pk}/state/", {"state": "removed"}, follow=True).text

    assert 'data-seconds="75"' in page
    assert f'action="/interactions/{entry.pk}/state/"' in page
    assert "Entry with Vorholm Cranes deleted." in page


def test_the_undo_does_not_let_a_name_become_markup(client, olga, account, entry):
    Account.objects.update(name="<b>Bold</b>")
    page = client.post(f"/interactions/{entry.pk}/state/", {"state": "removed"}, follow=True).text

    assert "<b>Bold" not in page


def test_later_the_page_of_the_entry_says_who_deleted_it_and_puts_it_back(client, olga, entry):
    send(client, entry, "removed")
    page = client.get(f"/interactions/{entry.pk}/edit/").text

    assert "Olga deleted this entry" in page
    assert 'name="state" value="kept"' in page


def test_history_keeps_who_deleted_and_who_put_back(client, olga, account, entry, cast):
    send(client, entry, "removed")
    client.force_login(cast["ed_editor"])
    send(client, entry, "kept")

    told = Event.objects.filter(kind__in=("interaction.removed", "interaction.restored"))
    assert [(event.kind, event.actor.name, event.subject) for event in told.order_by("pk")] == [
        ("interaction.removed", "Olga", {"interaction": entry.pk}),
        ("interaction.restored", "Ed", {"interaction": entry.pk}),
    ]
    assert "Entry deleted" in client.get(f"/accounts/{account.pk}/timeline/").text


def test_deleting_and_putting_back_again_changes_nothing(client, olga, entry):
    send(client, entry, "removed")
    again = send(client, entry, "removed")
    send(client, entry, "kept")
    send(client, entry, "kept")

    assert again.status_code == 302
    assert Event.objects.filter(kind="interaction.removed").count() == 1
    assert Event.objects.filter(kind="interaction.restored").count() == 1


def test_of_two_at_once_the_second_is_refused(olga, entry, cast):
    stale = Interaction.objects.get(pk=entry.pk)
    actions.change_interaction(entry, by=cast["ed_editor"], version=1, note="Wants 7 % less")

    with pytest.raises(Refused):
        remove_interaction(stale, by=olga)
    removed = remove_interaction(Interaction.objects.get(pk=entry.pk), by=olga)
    restore_interaction(removed, by=olga)
    with pytest.raises(Refused, match="back already"):
        restore_interaction(removed, by=olga)


def test_who_corrects_a_deleted_entry_is_told(client, olga, entry):
    send(client, entry, "removed")
    answer = client.post(f"/interactions/{entry.pk}/edit/", {"version": 1, "kind": "call"})

    assert answer.status_code == 409
    assert "Olga deleted this entry" in answer.text


def test_the_undo_is_closed_to_strangers_and_to_who_may_only_look(client, olga, entry, cast):
    send(client, entry, "removed")
    got = {}
    for name in ("otto_outsider", "vera_viewer", "rita_reader"):
        client.force_login(cast[name])
        address = f"/interactions/{entry.pk}/edit/"
        got[name] = (send(client, entry, "kept").status_code, client.get(address).status_code)

    assert got == {
        "otto_outsider": (404, 404),
        "vera_viewer": (403, 403),
        "rita_reader": (403, 403),
    }
    assert RemovedInteraction.objects.exists()


@pytest.mark.parametrize("state", ["", "gone", "\x00", "x" * 9999])
def test_another_state_is_refused(client, olga, entry, state):
    assert send(client, entry, state).status_code == 400
    assert Interaction.objects.count() == 2
