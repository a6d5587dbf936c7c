"""People at a customer, complaints, satisfaction and potential, recorded in the browser."""

import datetime as dt

import pytest

from customers import actions
from customers.calendar import business_today
from customers.models import Complaint, Contact, Event, PurchasePotential, SatisfactionScore
from tests.forms import errors, fields

TODAY = business_today()
TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def olga(client, cast):
    client.force_login(cast["olga_owner"])
    return client


@pytest.fixture
def contact(account, cast):
    return actions.add_contact(account, by=cast["olga_owner"], name="Brita Buyer")


@pytest.fixture
def complaint(account, cast):
    return actions.record_complaint(
        account,
        by=cast["olga_owner"],
        category="quality",
        severity=2,
        opened_on=TODAY - dt.timedelta(days=9),
        text="Cracked housings.",
    )


def test_a_person_is_added_with_a_place_in_decisions(olga, account, contact):
    response = olga.post(
        f"/accounts/{account.pk}/contacts/new/",
        {
            "name": "Dag Decider",
            "dmu_role": "decider",
            "attitude": "sceptic",
            "influence": "5",
            "parent": contact.pk,
        },
    )

    assert response["Location"] == f"/accounts/{account.pk}/#contacts"
    dag = Contact.objects.get(name="Dag Decider")
    assert (dag.dmu_role, dag.attitude, dag.influence, dag.parent) == (
        "decider",
        "sceptic",
        5,
        contact,
    )
    assert dag.account == account


def test_every_fault_is_named_and_what_was_typed_stays(olga, account):
    response = olga.post(
        f"/accounts/{account.pk}/contacts/new/",
        {
            "name": "",
            "function": "magic",
            "influence": "9",
            "email": "no address",
            "left_on": "soon",
            "phone": "+47 1",
        },
    )

    assert response.status_code == 422
    assert set(errors(response)) == {"name", "function", "influence", "email", "left_on"}
    assert fields(response)["phone"] == "+47 1"
    assert not Contact.objects.exists()


def test_a_superior_is_of_the_same_account(olga, account, far_account, cast):
    stranger = actions.add_contact(far_account, by=cast["dora_director"], name="Sven Stranger")

    form = olga.get(f"/accounts/{account.pk}/contacts/new/").content.decode()
    response = olga.post(
        f"/accounts/{account.pk}/contacts/new/", {"name": "X", "parent": stranger.pk}
    )

    assert "Sven" not in form
    assert "Pick a superior of this account" in errors(response)["parent"]


def test_a_circle_in_the_org_chart_is_refused_at_its_field(olga, account, contact, cast):
    below = actions.add_contact(account, by=cast["olga_owner"], name="Below", parent=contact)
    form = fields(olga.get(f"/contacts/{contact.pk}/edit/"))

    response = olga.post(f"/contacts/{contact.pk}/edit/", {**form, "parent": below.pk})

    assert response.status_code == 422
    assert "itself or stands below it" in errors(response)["parent"]


def test_a_stale_form_is_refused_with_both_values(olga, contact, cast):
    form = fields(olga.get(f"/contacts/{contact.pk}/edit/"))
    actions.change_contact(
        contact, by=cast["ed_editor"], version=1, attitude="champion", phone="+47 2"
    )

    response = olga.post(f"/contacts/{contact.pk}/edit/", {**form, "attitude": "opponent"})

    assert response.status_code == 409
    (row,) = response.context["form"].conflict
    assert (row.yours, row.theirs) == ("Opponent", "Champion")
    again = fields(response)
    assert (again["attitude"], again["phone"]) == ("opponent", "+47 2")
    assert olga.post(f"/contacts/{contact.pk}/edit/", again).status_code == 302
    contact.refresh_from_db()
    assert (contact.attitude, contact.phone) == ("opponent", "+47 2")


def test_a_person_who_left_stays_in_the_history(olga, account, contact):
    form = fields(olga.get(f"/contacts/{contact.pk}/edit/"))

    olga.post(f"/contacts/{contact.pk}/edit/", {**form, "left_on": f"{TODAY}"})

    contact.refresh_from_db()
    assert contact.left_on == TODAY
    assert "1 person has left" in olga.get(f"/accounts/{account.pk}/").content.decode()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ed_editor", 200),
        ("vera_viewer", 403),
        ("otto_outsider", 404),
        ("dirk_director", 200),
        ("rita_reader", 403),
        ("stan_steward", 403),  # people belong to the relationship, not to the facts
    ],
)
def test_who_may_edit_people(client, cast, account, contact, name, status):
    client.force_login(cast[name])

    assert client.get(f"/accounts/{account.pk}/contacts/new/").status_code == status
    assert client.get(f"/contacts/{contact.pk}/edit/").status_code == status
    if status != 200:
        assert client.post(f"/contacts/{contact.pk}/edit/", {"name": "X"}).status_code == status


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ed_editor", 200),
        ("vera_viewer", 403),
        ("otto_outsider", 404),
        ("rita_reader", 403),
        ("stan_steward", 200),
    ],
)
def test_who_may_record_facts(client, cast, account, complaint, name, status):
    client.force_login(cast[name])

    for address in ("complaints/new/", "satisfaction/new/", "potential/new/"):
        assert client.get(f"/accounts/{account.pk}/{address}").status_code == status
    assert client.get(f"/complaints/{complaint.pk}/edit/").status_code == status


def test_a_complaint_is_recorded_and_resolved(olga, account):
    form = fields(olga.get(f"/accounts/{account.pk}/complaints/new/"))
    assert form["opened_on"] == f"{TODAY}"

    olga.post(
        f"/accounts/{account.pk}/complaints/new/",
        {**form, "category": "delivery", "severity": "3", "text": "Two weeks late."},
    )
    complaint = Complaint.objects.get()
    shown = olga.get(f"/complaints/{complaint.pk}/edit/")
    typed = {**fields(shown), "category": "delivery", "severity": "3", "text": "Two weeks late."}
    response = olga.post(f"/complaints/{complaint.pk}/edit/", {**typed, "resolved_on": f"{TODAY}"})

    assert response.status_code == 302
    complaint.refresh_from_db()
    assert (complaint.severity, complaint.resolved_on) == (3, TODAY)
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        "complaint.recorded",
        "complaint.changed",
    ]


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"opened_on": f"{TOMORROW}"}, "opened_on", "lies in the future"),
        ({"opened_on": "soon"}, "opened_on", "valid date"),
        ({"severity": "4"}, "severity", "valid choice"),
        ({"category": ""}, "category", "Say what it is about"),
        ({"text": " "}, "text", "Say what the customer complained of"),
        ({"resolved_on": "2001-01-01"}, "resolved_on", "before it was opened"),
        ({"resolved_on": f"{TOMORROW}"}, "resolved_on", "lies in the future"),
    ],
)
def test_a_faulty_complaint_is_refused_at_its_field(olga, account, typed, field, said):
    right = {
        "category": "quality",
        "severity": "1",
        "opened_on": f"{TODAY - dt.timedelta(days=3)}",
        "text": "Dust.",
    }

    response = olga.post(f"/accounts/{account.pk}/complaints/new/", {**right, **typed})

    assert response.status_code == 422
    assert said in errors(response)[field]
    assert not Complaint.objects.exists()


def test_of_two_who_resolve_a_complaint_the_second_sees_both_days(olga, complaint, cast):
    form = fields(olga.get(f"/complaints/{complaint.pk}/edit/"))
    form |= {"category": "quality", "severity": "2", "text": "Cracked housings."}
    yesterday = TODAY - dt.timedelta(days=1)
    actions.change_complaint(complaint, by=cast["ed_editor"], version=1, resolved_on=yesterday)

    response = olga.post(f"/complaints/{complaint.pk}/edit/", {**form, "resolved_on": f"{TODAY}"})

    assert response.status_code == 409
    (row,) = [r for r in response.context["form"].conflict if "esolved" in r.label]
    assert (row.yours, row.theirs) == (f"{TODAY}", f"{yesterday}")


def test_satisfaction_is_recorded(olga, account):
    olga.post(
        f"/accounts/{account.pk}/satisfaction/new/",
        {"score": "9", "date": f"{TODAY}", "source": "visit"},
    )

    assert SatisfactionScore.objects.get().score == 9


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"score": "11"}, "score"),
        ({"score": "-1"}, "score"),
        ({"score": "7.5"}, "score"),
        ({"score": ""}, "score"),
        ({"date": f"{TOMORROW}"}, "date"),
        ({"date": ""}, "date"),
    ],
)
def test_a_faulty_score_is_refused_at_its_field(olga, account, typed, field):
    response = olga.post(
        f"/accounts/{account.pk}/satisfaction/new/",
        {"score": "9", "date": f"{TODAY}", **typed},
    )

    assert response.status_code == 422
    assert set(errors(response)) == {field}
    assert not SatisfactionScore.objects.exists()


def test_purchase_potential_is_recorded_to_the_cent(olga, account):
    olga.post(
        f"/accounts/{account.pk}/potential/new/",
        {
            "amount_minor": "1,500,000.05",
            "currency": "cny",
            "date": f"{TODAY}",
            "certainty": "confirmed",
        },
    )

    row = PurchasePotential.objects.get()
    assert (row.amount_minor, row.amount, row.certainty) == (150000005, 150000005, "confirmed")


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"amount_minor": "much"}, "amount_minor", "as a number"),
        ({"amount_minor": "１２"}, "amount_minor", "as a number"),
        ({"amount_minor": "NaN"}, "amount_minor", "as a number"),
        ({"amount_minor": "0.001"}, "amount_minor", "finer than the currency"),
        ({"amount_minor": "1e999999"}, "amount_minor", "more than can be stored"),
        ({"amount_minor": "0"}, "amount_minor", "above zero"),
        ({"amount_minor": "-5"}, "amount_minor", "above zero"),
        ({"currency": "XXX"}, "currency", "is no currency"),
        ({"certainty": "sure"}, "certainty", "valid choice"),
        ({"date": f"{TOMORROW}"}, "date", "lies in the future"),
    ],
)
def test_a_faulty_potential_is_refused_at_its_field(olga, account, typed, field, said):
    right = {"amount_minor": "100", "currency": "CNY", "date": f"{TODAY}", "certainty": "guess"}

    response = olga.post(f"/accounts/{account.pk}/potential/new/", {**right, **typed})

    assert response.status_code == 422
    assert said in errors(response)[field]
    assert not PurchasePotential.objects.exists()


def test_a_potential_without_a_rate_leaves_the_wallet_share_unknown(olga, account):
    olga.post(
        f"/accounts/{account.pk}/potential/new/",
        {"amount_minor": "100", "currency": "EUR", "date": f"{TODAY}", "certainty": "guess"},
    )

    assert PurchasePotential.objects.get().amount is None
    page = olga.get(f"/accounts/{account.pk}/").content.decode()
    assert "No exchange rate for the purchase potential" in page
