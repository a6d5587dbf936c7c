"""The customer's people over the API."""

from customers.models import Contact, Event


def test_a_contact_is_added_and_shown(api, account, cast):
    caller = api("ed_editor")

    answer = caller.post(
        "contacts/",
        {
            "account": account.pk,
            "name": "王芳",
            "function": "commercial",
            "level": "manager",
            "dmu_role": "buyer",
            "attitude": "supporter",
            "influence": 4,
            "email": "wang@example.com",
        },
    )

    assert answer.status_code == 201, answer.content
    contact = Contact.objects.get()
    assert (contact.name, contact.influence, contact.account) == ("王芳", 4, account)
    assert caller.get(f"contacts/{contact.pk}/").json() == answer.json()
    assert Event.objects.get().kind == "contact.added"


def test_every_wrong_field_is_named(api, account):
    answer = api("ed_editor").post(
        "contacts/",
        {
            "name": "",
            "function": "magic",
            "level": ["manager"],
            "influence": 6,
            "email": "no address",
            "left_on": "2026-02-30",
            "reports_to": 10**30,
            "phone": "1" * 41,
        },
    )

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {
        "account",
        "name",
        "function",
        "level",
        "influence",
        "email",
        "left_on",
        "reports_to",
        "phone",
    }


def test_who_may_read_does_not_add(api, account, far_account):
    body = {"account": account.pk, "name": "Ann"}

    assert api("vera_viewer").post("contacts/", body).status_code == 403
    assert api("rita_reader").post("contacts/", body).status_code == 403
    assert api("stan_steward").post("contacts/", body).status_code == 403
    assert api("ada_admin").post("contacts/", body).status_code == 403
    assert api("otto_outsider").post("contacts/", body).status_code == 404
    away = {"account": far_account.pk, "name": "Ann"}
    assert api("ed_editor").post("contacts/", away).status_code == 404
    assert not Contact.objects.exists()


def test_a_circle_of_superiors_is_refused_under_the_name_of_the_api(api, account):
    boss = Contact.objects.create(account=account, name="Boss")
    aide = Contact.objects.create(account=account, name="Aide", parent=boss)

    answer = api("ed_editor").patch(f"contacts/{boss.pk}/", {"reports_to": aide.pk, "version": 1})

    assert answer.status_code == 409
    assert list(answer.json()["errors"]) == ["reports_to"]
    boss.refresh_from_db()
    assert boss.parent is None


def test_a_superior_is_of_the_same_account_and_in_sight(api, account, far_account, cast):
    boss = Contact.objects.create(account=far_account, name="Canary Boss")
    aide = Contact.objects.create(account=account, name="Aide")
    body = {"reports_to": boss.pk, "version": 1}

    unseen = api("ed_editor").patch(f"contacts/{aide.pk}/", body)
    elsewhere = api("dora_director").patch(f"contacts/{aide.pk}/", body)

    assert unseen.status_code == 400
    assert "Canary" not in unseen.content.decode()
    assert elsewhere.status_code == 409


def test_a_contact_stays_with_its_account(api, account, far_account):
    contact = Contact.objects.create(account=account, name="Ann")
    caller = api("dora_director")

    moved = caller.patch(f"contacts/{contact.pk}/", {"account": far_account.pk, "version": 1})
    same = caller.patch(
        f"contacts/{contact.pk}/", {"account": account.pk, "phone": "1", "version": 1}
    )

    assert (moved.status_code, list(moved.json()["errors"])) == (400, ["account"])
    assert (same.status_code, same.json()["phone"]) == (200, "1")


def test_the_list_is_filtered(api, account, far_account):
    Contact.objects.create(account=account, name="Ann", level="staff")
    Contact.objects.create(account=account, name="Bea", level="board", left_on="2026-01-31")
    Contact.objects.create(account=far_account, name="Cid")
    caller = api("rita_reader")

    def names(**query):
        return [row["name"] for row in caller.get("contacts/", **query).json()["results"]]

    assert names() == ["Ann", "Bea", "Cid"]
    assert names(account=account.pk) == ["Ann", "Bea"]
    assert names(present="true") == ["Ann", "Cid"]
    assert names(level="board") == ["Bea"]
    assert names(search="i") == ["Cid"]
    assert names(account=2**63 - 1) == []
