"""Adding and editing accounts: every fault at its field, and nobody overwrites anybody."""

import pytest

from customers import actions
from customers.models import Account, Event, Region
from teams.models import TeamMember, User
from tests.forms import errors, fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(client, cast):
    def log_in(name):
        client.force_login(cast[name])
        return client

    return log_in


NEW = {"name": "Brisling Pumps", "code": "B-7", "status": "active"}


def test_a_manager_adds_an_account_and_leads_it(as_, cast):
    browser = as_("olga_owner")
    form = fields(browser.get("/accounts/new/"))
    assert form["owner"] == str(cast["olga_owner"].pk)

    response = browser.post("/accounts/new/", {**form, **NEW})

    account = Account.objects.get(code="B-7")
    assert response["Location"] == f"/accounts/{account.pk}/"
    assert account.owner == cast["olga_owner"]
    assert TeamMember.objects.get(account=account, role="lead").user == cast["olga_owner"]
    assert set(Event.objects.values_list("kind", flat=True)) == {"account.opened", "owner.changed"}


def test_a_steward_adds_one_without_an_owner(as_):
    browser = as_("stan_steward")
    form = fields(browser.get("/accounts/new/"))
    assert form["owner"] == ""

    browser.post("/accounts/new/", {**form, **NEW})

    assert Account.objects.get(code="B-7").owner is None


@pytest.mark.parametrize("name", ["rita_reader", "ada_admin"])
def test_who_may_not_add_is_told(as_, name):
    assert as_(name).get("/accounts/new/").status_code == 403
    assert as_(name).post("/accounts/new/", NEW).status_code == 403


def test_every_fault_is_named_and_what_was_typed_stays(as_):
    response = as_("olga_owner").post(
        "/accounts/new/",
        {
            "name": " ",
            "code": "",
            "status": "sleeping",
            "parent": "No Such Works",
            "region": "Atlantis",
            "owner": "999999",
            "website": "not a site",
            "city": "Oslo",
        },
    )

    assert response.status_code == 422
    assert set(errors(response)) == {
        "name",
        "code",
        "status",
        "parent",
        "region",
        "owner",
        "website",
    }
    assert "There is no region “Atlantis”" in errors(response)["region"]
    assert "You see no account with the code or name “No Such Works”" in errors(response)["parent"]
    assert "Pick one of the account managers" in errors(response)["owner"]
    form = fields(response)
    assert (form["parent"], form["region"], form["city"]) == ("No Such Works", "Atlantis", "Oslo")
    assert not Account.objects.exists()


def test_a_code_that_is_taken_is_refused_at_its_field(as_, account):
    response = as_("olga_owner").post("/accounts/new/", {**NEW, "code": account.code})

    assert response.status_code == 422
    assert "belongs to another account" in errors(response)["code"]
    assert fields(response)["name"] == "Brisling Pumps"


def test_an_owner_who_left_is_refused_and_nothing_is_stored(as_, cast):
    User.objects.filter(pk=cast["ed_editor"].pk).update(is_active=False)

    response = as_("olga_owner").post("/accounts/new/", {**NEW, "owner": cast["ed_editor"].pk})

    assert response.status_code == 422
    assert "has left the company" in errors(response)["owner"]
    assert not Account.objects.exists()
    assert not Event.objects.exists()


def test_who_left_is_not_offered_but_stays_where_he_is(as_, cast, account):
    User.objects.filter(pk=cast["olga_owner"].pk).update(is_active=False)
    browser = as_("ed_editor")

    form = browser.get(f"/accounts/{account.pk}/edit/")
    new = browser.get("/accounts/new/")
    saved = browser.post(f"/accounts/{account.pk}/edit/", {**fields(form), "city": "Oslo"})

    assert "Olga (left the company)" in form.content.decode()
    assert "Olga" not in new.content.decode()
    assert saved.status_code == 302
    account.refresh_from_db()
    assert (account.city, account.owner) == ("Oslo", cast["olga_owner"])


def test_an_account_in_a_group_by_code_or_by_name(as_, cast, account):
    browser = as_("olga_owner")
    for number, typed in enumerate(["A-1", "vorholm cranes", "Vorholm Cranes (A-1)"]):
        browser.post("/accounts/new/", {**NEW, "code": f"B-{number}", "parent": typed})

    assert [a.parent for a in Account.objects.filter(code__startswith="B-")] == [account] * 3


def test_a_name_that_several_have_asks_for_the_code(as_, cast, account):
    Account.objects.create(code="A-2", name="Vorholm Cranes", owner=cast["olga_owner"])

    response = as_("olga_owner").post("/accounts/new/", {**NEW, "parent": "Vorholm Cranes"})

    assert "Give the code: A-1, A-2" in errors(response)["parent"]


def test_a_hidden_account_cannot_become_the_parent_and_stays_it_unseen(as_, account, far_account):
    browser = as_("olga_owner")
    refused = browser.post("/accounts/new/", {**NEW, "parent": far_account.code})
    Account.objects.filter(pk=account.pk).update(parent=far_account)

    form = browser.get(f"/accounts/{account.pk}/edit/")
    browser.post(f"/accounts/{account.pk}/edit/", {**fields(form), "city": "Oslo"})

    assert "You see no account" in errors(refused)["parent"]
    assert "Zephyr" not in form.content.decode()
    assert "an account that you do not see" in form.content.decode()
    account.refresh_from_db()
    assert (account.city, account.parent) == ("Oslo", far_account)


def test_a_circle_in_the_group_is_refused_at_its_field(as_, cast, account):
    below = Account.objects.create(
        code="B-1", name="Below", parent=account, owner=cast["olga_owner"]
    )
    browser = as_("olga_owner")
    form = fields(browser.get(f"/accounts/{account.pk}/edit/"))

    under_child = browser.post(f"/accounts/{account.pk}/edit/", {**form, "parent": "B-1"})
    under_itself = browser.post(f"/accounts/{account.pk}/edit/", {**form, "parent": "A-1"})

    assert "itself or stands below it" in errors(under_child)["parent"]
    assert "itself or stands below it" in errors(under_itself)["parent"]
    account.refresh_from_db()
    assert account.parent is None
    assert below.parent == account


def test_a_region_by_name_and_two_of_one_name_by_their_parent(as_, cast):
    china, europe = (Region.objects.create(name=name) for name in ("China", "Europe"))
    north = Region.objects.create(name="North", parent=china)
    Region.objects.create(name="North", parent=europe)
    browser = as_("olga_owner")

    form = browser.get("/accounts/new/").content.decode()
    unclear = browser.post("/accounts/new/", {**NEW, "region": "North"})
    browser.post("/accounts/new/", {**NEW, "code": "B-1", "region": "North (China)"})
    browser.post("/accounts/new/", {**NEW, "code": "B-2", "region": "china"})

    assert '<option value="North (China)">' in form
    assert '<option value="China">' in form
    assert "Several regions are called “North”: North (China), North (Europe)" in errors(unclear)[
        "region"
    ].replace("&quot;", "")
    assert Account.objects.get(code="B-1").region == north
    assert Account.objects.get(code="B-2").region == china


def test_a_cleared_field_is_stored_empty(as_, account):
    Account.objects.filter(pk=account.pk).update(city="Oslo")
    browser = as_("olga_owner")
    form = fields(browser.get(f"/accounts/{account.pk}/edit/"))

    browser.post(f"/accounts/{account.pk}/edit/", {**form, "city": "", "region": ""})

    account.refresh_from_db()
    assert (account.city, account.region) == ("", None)


def test_a_stale_form_is_refused_with_both_values(as_, cast, account):
    browser = as_("olga_owner")
    form = fields(browser.get(f"/accounts/{account.pk}/edit/"))
    actions.change_account(
        account, by=cast["ed_editor"], version=1, name="Vorholm AS", industry="Cranes"
    )

    response = browser.post(
        f"/accounts/{account.pk}/edit/", {**form, "name": "Vorholm Ltd", "city": "Oslo"}
    )

    assert response.status_code == 409
    (row,) = [r for r in response.context["form"].conflict if r.label.lower() == "name"]
    assert (row.yours, row.theirs) == ("Vorholm Ltd", "Vorholm AS")
    html = response.content.decode()
    assert "Vorholm AS" in html
    assert "changed by someone else meanwhile" in html
    # What was typed stays, what the other changed elsewhere is taken over, nothing is stored.
    again = fields(response)
    assert (again["name"], again["city"], again["industry"]) == ("Vorholm Ltd", "Oslo", "Cranes")
    account.refresh_from_db()
    assert (account.name, account.city) == ("Vorholm AS", "")

    assert browser.post(f"/accounts/{account.pk}/edit/", again).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.city, account.industry) == ("Vorholm Ltd", "Oslo", "Cranes")


def test_who_changed_something_else_is_told_so(as_, cast, account):
    browser = as_("olga_owner")
    form = fields(browser.get(f"/accounts/{account.pk}/edit/"))
    actions.change_account(account, by=cast["ed_editor"], version=1, industry="Cranes")

    response = browser.post(f"/accounts/{account.pk}/edit/", {**form, "city": "Oslo"})

    assert response.status_code == 409
    assert "You changed different fields" in response.content.decode()
    assert browser.post(f"/accounts/{account.pk}/edit/", fields(response)).status_code == 302
    account.refresh_from_db()
    assert (account.city, account.industry) == ("Oslo", "Cranes")


def test_a_conflict_over_the_owner_names_both(as_, cast, account):
    from teams.actions import set_owner

    browser = as_("dora_director")
    form = fields(browser.get(f"/accounts/{account.pk}/edit/"))
    set_owner(account, to=cast["ed_editor"], by=cast["olga_owner"])

    response = browser.post(
        f"/accounts/{account.pk}/edit/", {**form, "owner": cast["vera_viewer"].pk}
    )

    assert response.status_code == 409
    (row,) = response.context["form"].conflict
    assert (row.yours, row.theirs) == ("Vera", "Ed")


def test_a_form_without_its_version_is_not_saved(as_, account):
    response = as_("olga_owner").post(
        f"/accounts/{account.pk}/edit/", {"name": "X", "code": "A-1", "status": "active"}
    )

    assert response.status_code == 422
    assert "version" in errors(response)


def test_a_code_taken_by_another_leaves_the_account_as_it_was(as_, account, cast):
    Account.objects.create(code="B-1", name="Other", owner=cast["olga_owner"])
    browser = as_("olga_owner")
    form = fields(browser.get(f"/accounts/{account.pk}/edit/"))

    response = browser.post(f"/accounts/{account.pk}/edit/", {**form, "code": "B-1", "city": "X"})

    assert "belongs to another account" in errors(response)["code"]
    account.refresh_from_db()
    assert (account.code, account.city, account.version) == ("A-1", "", 1)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("olga_owner", 200),
        ("ed_editor", 200),
        ("vera_viewer", 403),
        ("otto_outsider", 404),
        ("dirk_director", 200),
        ("rita_reader", 403),
        ("stan_steward", 200),
        ("ada_admin", 404),
    ],
)
def test_who_may_edit(as_, account, name, status):
    browser = as_(name)

    assert browser.get(f"/accounts/{account.pk}/edit/").status_code == status
    if status != 200:
        assert browser.post(f"/accounts/{account.pk}/edit/", NEW).status_code == status


def test_a_steward_changes_facts_but_not_the_owner(as_, cast, account):
    browser = as_("stan_steward")
    form = fields(browser.get(f"/accounts/{account.pk}/edit/"))
    assert "owner" not in form

    browser.post(
        f"/accounts/{account.pk}/edit/",
        {**form, "city": "Oslo", "owner": cast["ed_editor"].pk, "tier": "strategic"},
    )

    account.refresh_from_db()
    assert (account.city, account.owner, account.tier) == ("Oslo", cast["olga_owner"], "ordinary")


def test_who_gives_an_account_away_is_told_that_it_is_gone(as_, cast, account):
    TeamMember.objects.filter(account=account).delete()
    browser = as_("olga_owner")
    form = fields(browser.get(f"/accounts/{account.pk}/edit/"))

    response = browser.post(
        f"/accounts/{account.pk}/edit/", {**form, "owner": cast["otto_outsider"].pk}, follow=True
    )

    assert response.redirect_chain[-1][0] == "/accounts/"
    assert "You no longer see it" in response.content.decode()


def test_names_are_offered_of_visible_accounts_only(as_, account, far_account):
    olga = as_("olga_owner").get("/accounts/names/?parent=r").content.decode()
    reader = as_("rita_reader").get("/accounts/names/?parent=zephyr").content.decode()

    assert "Vorholm Cranes (A-1)" in olga
    assert "Zephyr" not in olga
    assert "Zephyr Canary Works (Z-9)" in reader
