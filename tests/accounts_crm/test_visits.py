"""Accounts opened lately and pinned: what is noted, when, and who may."""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.db import DatabaseError
from django.utils import timezone

from accounts_crm import visits
from accounts_crm.models import Visit
from customers.errors import Refused
from customers.models import Account


@pytest.fixture
def olga(cast):
    return cast["olga_owner"]


def rows():
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.managed and model._meta.app_label != "sessions"
    }


def test_opening_an_account_notes_the_visit_and_nothing_else(client, olga, account):
    client.force_login(olga)
    client.get("/")
    before = rows()
    client.get(f"/accounts/{account.pk}/")
    after = rows()

    assert {label for label in after if after[label] != before[label]} == {"accounts_crm.Visit"}
    assert visits.recent(olga) == [account]


def test_a_second_look_writes_nothing_for_five_minutes(client, olga, account):
    client.force_login(olga)
    client.get(f"/accounts/{account.pk}/")
    first = Visit.objects.get()
    client.get(f"/accounts/{account.pk}/")
    assert Visit.objects.get().at == first.at

    long_ago = timezone.now() - dt.timedelta(minutes=6)
    Visit.objects.update(at=long_ago)
    client.get(f"/accounts/{account.pk}/")
    assert Visit.objects.get().at > long_ago


@pytest.mark.parametrize("how", ["head", "ahead", "stranger"])
def test_what_is_no_visit_is_not_noted(client, cast, account, how):
    client.force_login(cast["otto_outsider" if how == "stranger" else "olga_owner"])
    if how == "head":
        client.head(f"/accounts/{account.pk}/")
    else:
        headers = {"Sec-Purpose": "prefetch;prerender"} if how == "ahead" else {}
        client.get(f"/accounts/{account.pk}/", headers=headers)

    assert not Visit.objects.exists()


def test_the_page_stands_where_the_visit_cannot_be_written(client, olga, account, monkeypatch):
    def fail(user, pk):
        raise DatabaseError("locked")

    monkeypatch.setattr(visits, "note", fail)
    client.force_login(olga)

    assert client.get(f"/accounts/{account.pk}/").status_code == 200
    assert not Visit.objects.exists()


def test_pinned_accounts_stay_in_the_order_of_pinning(olga, account, client):
    other = Account.objects.create(code="B", name="Bolt", owner=olga)
    client.force_login(olga)
    client.post(f"/accounts/{other.pk}/pin/", {"pinned": "yes"})
    client.post(f"/accounts/{account.pk}/pin/", {"pinned": "yes"})
    assert visits.pinned(olga) == [other, account]
    assert 'aria-pressed="true"' in client.get(f"/accounts/{other.pk}/").content.decode()

    answer = client.post(
        f"/accounts/{other.pk}/pin/", {"pinned": "no"}, headers={"HX-Request": "true"}
    )
    assert 'aria-pressed="false"' in answer.content.decode()
    assert visits.pinned(olga) == [account]


def test_an_account_no_longer_seen_is_neither_recent_nor_pinned(olga, account):
    visits.note(olga, account.pk)
    visits.pin(account, by=olga)
    Account.objects.filter(pk=account.pk).update(owner=None)
    account.team.all().delete()

    assert visits.recent(olga) == visits.pinned(olga) == []


def test_too_many_pins_are_refused(olga, account):
    for number in range(visits.MOST_PINNED):
        visits.pin(Account.objects.create(code=f"p{number}", name=f"P{number}"), by=olga)

    with pytest.raises(Refused, match="Unpin one"):
        visits.pin(account, by=olga)


def test_pins_are_ones_own(cast, account):
    visits.pin(account, by=cast["olga_owner"])

    assert visits.pinned(cast["ed_editor"]) == []
    visits.unpin(account, by=cast["ed_editor"])
    assert visits.pinned(cast["olga_owner"]) == [account]


def test_the_star_of_the_page_is_ones_own(client, cast, account):
    visits.pin(account, by=cast["olga_owner"])
    pressed = {}
    for name in ("olga_owner", "ed_editor"):
        client.force_login(cast[name])
        page = client.get(account.get_absolute_url()).content.decode()
        pressed[name] = re.search(r'id="pin"[^>]*aria-pressed="(\w+)"', page)[1]

    assert pressed == {"olga_owner": "true", "ed_editor": "false"}
