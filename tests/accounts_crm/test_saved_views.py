"""Saved views of the accounts list: made, opened, changed, shared, deleted and put back."""

import pytest

from accounts_crm.models import SavedView
from customers.models import Event
from tests.forms import errors


@pytest.fixture
def olga(client, cast, account):
    client.force_login(cast["olga_owner"])
    return cast["olga_owner"]


def save(client, name, query="tier=ordinary&sort=-name", **values):
    return client.post("/accounts/views/new/", {"name": name, "query": query, **values})


def test_a_view_keeps_filters_order_and_columns_and_is_a_tab(client, olga):
    answer = save(client, "Small ones", "tier=ordinary&sort=-name&cols=code,name&page=3&q=&x=1")

    view = SavedView.objects.get()
    assert view.query == "tier=ordinary&sort=-name&cols=code"
    assert answer["Location"] == f"/accounts/?view={view.pk}&{view.query}"
    page = client.get(answer["Location"]).content.decode()
    assert "Small ones" in page
    assert "Vorholm Cranes" in page
    assert Event.objects.filter(kind="view.saved").count() == 1


def test_a_name_is_asked_for_and_is_used_once(client, olga):
    assert "Give the view a name." in errors(save(client, ""))["name"]
    save(client, "Mine")
    again = save(client, "Mine")

    assert again.status_code == 422
    assert "already" in errors(again)["name"]
    assert SavedView.objects.count() == 1


def test_a_changed_list_is_kept_under_the_view_and_that_is_undone(client, olga):
    save(client, "Mine")
    view = SavedView.objects.get()
    changed = client.get(f"/accounts/?view={view.pk}&tier=partner").context["opened"]
    assert (changed.modified, changed.own) == (True, True)

    url = f"/accounts/views/{view.pk}/query/"
    client.post(url, {"query": "tier=partner", "version": view.version})
    stale = client.post(url, {"query": "tier=strategic", "version": view.version}, follow=True)

    view.refresh_from_db()
    assert view.query == "tier=partner"
    assert "changed in another window" in stale.content.decode()
    client.post(url, {"query": "tier=ordinary&sort=-name"})
    view.refresh_from_db()
    assert view.query == "tier=ordinary&sort=-name"


def test_a_deleted_view_is_gone_and_comes_back_by_undo(client, olga):
    save(client, "Mine")
    view = SavedView.objects.get()
    url = f"/accounts/views/{view.pk}/state/"

    gone = client.post(url, {"state": "deleted"}, follow=True)
    assert "View “Mine” deleted." in gone.content.decode()
    assert f'action="{url}"' in gone.content.decode()
    assert not SavedView.objects.kept().exists()
    assert client.get(f"/accounts/views/{view.pk}/edit/").status_code == 404
    client.post(url, {"state": "kept"})

    assert SavedView.objects.kept().get() == view


def test_others_see_a_view_only_when_it_is_shared_and_never_change_it(client, olga, cast):
    save(client, "Private")
    save(client, "Shared", shared="on")
    private, shared = SavedView.objects.order_by("name")
    client.get("/accounts/?view=all")  # what was said is said

    client.force_login(cast["ed_editor"])
    page = client.get("/accounts/?view=all").content.decode()
    assert "Shared" in page
    assert "Private" not in page
    assert client.get(f"/accounts/?view={private.pk}").context["opened"] is None
    for name in ("edit", "query", "state"):
        assert client.post(f"/accounts/views/{shared.pk}/{name}/").status_code == 404
    assert client.post(f"/accounts/views/{private.pk}/default/").status_code == 404


def test_a_view_opens_by_itself_for_a_person_before_that_of_the_role(client, cast, account):
    client.force_login(cast["dora_director"])
    save(client, "Role", "tier=strategic", shared="on", roles=["account manager"])
    role_view = SavedView.objects.get()
    assert role_view.defaults.get().role == "account manager"

    client.force_login(cast["ed_editor"])
    assert f"view={role_view.pk}" in client.get("/accounts/")["Location"]
    save(client, "Own", "tier=partner", own_default="on")
    own = SavedView.objects.get(name="Own")
    assert f"view={own.pk}" in client.get("/accounts/")["Location"]
    assert client.get("/accounts/?view=all").status_code == 200
    client.force_login(cast["rita_reader"])
    assert client.get("/accounts/").status_code == 200


def test_only_directors_choose_for_a_role(client, olga):
    save(client, "Mine", shared="on", roles=["account manager"])

    assert SavedView.objects.get().defaults.count() == 0


def test_what_is_no_longer_shared_opens_by_itself_for_nobody_else(client, cast, account):
    client.force_login(cast["dora_director"])
    save(client, "Role", shared="on", roles=["account manager"])
    view = SavedView.objects.get()
    form = {"name": "Role", "query": view.query, "version": view.version}
    client.post(f"/accounts/views/{view.pk}/edit/", form)

    client.force_login(cast["ed_editor"])
    assert client.get("/accounts/").status_code == 200


@pytest.mark.parametrize("query", ["%00", "a" * 5000, "tier=%FF", "sort=" + "," * 500, "=&&=?;"])
def test_hostile_queries_make_no_fault(client, olga, query):
    assert client.get(f"/accounts/views/new/?{query}").status_code == 200
    assert save(client, "Odd", query).status_code in (302, 422)
    assert client.get("/accounts/?view=all").status_code == 200
    assert client.get(f"/accounts/?view={9**30}&{query}").status_code == 200
