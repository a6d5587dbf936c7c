"""The admin: one door, people and posts, and nothing that passes the actions by."""

from django.test import Client
from django.urls import reverse

from customers.models import Region


def log_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_admin_has_no_door_of_its_own(cast):
    answer = Client().get(reverse("admin:index"), follow=True)

    assert answer.redirect_chain[-1][0].startswith("/auth/login/")
    assert log_in(cast["olga_owner"]).get("/admin/").status_code in (302, 403)


def test_the_admin_changes_no_account_and_shows_none_to_an_administrator(account, cast):
    client = log_in(cast["ada_admin"])

    listing = client.get("/admin/customers/account/")
    detail = client.get(f"/admin/customers/account/{account.pk}/change/")

    assert listing.status_code == 200
    assert account.name not in listing.content.decode()
    assert detail.status_code == 302
    assert client.get("/admin/customers/account/add/").status_code == 403


def test_the_admin_refuses_a_region_below_itself(cast):
    top = Region.objects.get(name="East")
    below = Region.objects.create(name="Shanghai", parent=top)
    client = log_in(cast["ada_admin"])

    answer = client.post(
        f"/admin/customers/region/{top.pk}/change/", {"name": "East", "parent": below.pk}
    )

    top.refresh_from_db()
    assert top.parent is None
    assert "below it" in answer.content.decode()


def test_the_admin_moves_a_region(cast):
    east, west = Region.objects.get(name="East"), Region.objects.create(name="West")

    answer = log_in(cast["ada_admin"]).post(
        f"/admin/customers/region/{east.pk}/change/", {"name": "Far East", "parent": west.pk}
    )

    east.refresh_from_db()
    assert answer.status_code == 302
    assert (east.name, east.parent) == ("Far East", west)
