"""My day keeps at hand what a person pinned and opened lately."""

from accounts_crm import visits
from accounts_crm.models import Visit
from customers.models import Account


def names(client, kind):
    return [account.name for account in client.get("/").context["at_hand"][kind]]


def test_pinned_accounts_come_first_and_the_others_by_last_visit(client, cast, account):
    olga = cast["olga_owner"]
    client.force_login(olga)
    others = [Account.objects.create(code=f"B-{n}", name=f"B {n}", owner=olga) for n in range(9)]
    for one in [account, *others]:
        visits.note(olga, one.pk)
    visits.pin(account, by=olga)

    assert names(client, "pinned") == ["Vorholm Cranes"]
    assert names(client, "recent") == [f"B {n}" for n in (8, 7, 6, 5, 4, 3)]
    assert "Opened lately" in client.get("/").content.decode()
    visits.unpin(account, by=olga)
    assert names(client, "pinned") == []


def test_what_one_no_longer_sees_is_gone(client, cast, far_account):
    otto = cast["otto_outsider"]
    visits.note(otto, far_account.pk)
    Visit.objects.update(pinned_at="2026-01-01T00:00Z")
    client.force_login(otto)

    assert names(client, "pinned") == names(client, "recent") == []
    assert "Zephyr" not in client.get("/").content.decode()


def test_nothing_at_hand_draws_nothing(client, cast, account):
    client.force_login(cast["olga_owner"])

    assert "hand-h" not in client.get("/").content.decode()
