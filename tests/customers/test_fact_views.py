"""Payment, credit and competitors, recorded in the browser and shown on the account's page."""

import datetime as dt

import pytest

from customers import fact_panels
from customers.calendar import business_today
from customers.models import CompetitorSighting, Event, Receivable
from customers.receivable_actions import change_receivable, record_receivable
from customers.sighting_actions import change_sighting, record_sighting
from tests.forms import errors, fields

TODAY = business_today()
TOMORROW = TODAY + dt.timedelta(days=1)


def ago(days):
    return TODAY - dt.timedelta(days=days)


@pytest.fixture
def olga(client, cast):
    client.force_login(cast["olga_owner"])
    return client


def typed(**other):
    return {
        "type": "invoice",
        "reference": "R-7",
        "issued_on": f"{ago(50)}",
        "due_on": f"{ago(20)}",
        "amount_minor": "1,250.50",
        "currency": "eur",
        **other,
    }


def invoice(account, by, **values):
    return record_receivable(
        account,
        by=by,
        **{
            "type": "invoice",
            "reference": "R-7",
            "issued_on": ago(50),
            "due_on": ago(20),
            "amount_minor": 1250_50,
            "currency": "EUR",
            **values,
        },
    )


def test_an_invoice_is_recorded_shown_and_paid(olga, account):
    new = f"/accounts/{account.pk}/receivables/new/"
    assert fields(olga.get(new))["issued_on"] == f"{TODAY}"

    answer = olga.post(new, typed())
    row = Receivable.objects.get()
    page = olga.get(answer["Location"]).content.decode()
    form = fields(olga.get(f"/receivables/{row.pk}/edit/"))
    paid = olga.post(f"/receivables/{row.pk}/edit/", {**form, **typed(settled_on=f"{TODAY}")})

    assert answer["Location"] == f"/accounts/{account.pk}/value/#receivables"
    assert row.amount_minor == 1250_50
    assert "Overdue for 20 d" in page
    assert "€1,250.50" in page
    assert form["amount_minor"] == "1250.50"
    assert paid.status_code == 302
    row.refresh_from_db()
    assert (row.settled_on, row.amount_minor, row.version) == (TODAY, 1250_50, 2)
    assert Event.objects.get(kind="receivable.changed").changes == {
        "settled_on": [None, TODAY.isoformat()]
    }
    told = olga.get(f"/accounts/{account.pk}/timeline/").content.decode()
    assert "Invoice or credit trouble recorded" in told
    assert "€1,250.50" in told


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"type": ""}, "type", "Say what it is"),
        ({"type": "credit_hold"}, "due_on", "Only an invoice"),
        ({"reference": " "}, "reference", "number of the invoice"),
        ({"issued_on": f"{TOMORROW}", "due_on": ""}, "issued_on", "lies in the future"),
        ({"due_on": ""}, "due_on", "by when"),
        ({"due_on": f"{ago(51)}"}, "due_on", "before its date"),
        ({"amount_minor": ""}, "amount_minor", "amount of the invoice"),
        ({"amount_minor": "0.001"}, "amount_minor", "finer than the currency"),
        ({"amount_minor": "0"}, "amount_minor", "above zero"),
        ({"amount_minor": "１２"}, "amount_minor", "as a number"),
        ({"currency": "XXX"}, "currency", "is no currency"),
        ({"settled_on": f"{ago(51)}"}, "settled_on", "before its date"),
        ({"settled_on": f"{TOMORROW}"}, "settled_on", "lies in the future"),
        ({"note": "x" * 2001}, "note", "2000"),
    ],
)
def test_a_faulty_receivable_is_refused_at_its_field(olga, account, wrong, field, said):
    answer = olga.post(f"/accounts/{account.pk}/receivables/new/", typed(**wrong))

    assert answer.status_code == 422
    assert said in errors(answer)[field]
    assert not Receivable.objects.exists()


def test_of_two_who_change_an_amount_the_second_sees_both(olga, account, cast):
    row = invoice(account, cast["olga_owner"])
    form = {**fields(olga.get(f"/receivables/{row.pk}/edit/")), **typed()}
    change_receivable(row, by=cast["ed_editor"], version=1, amount_minor=1200_00)

    answer = olga.post(f"/receivables/{row.pk}/edit/", {**form, "amount_minor": "1300"})

    assert answer.status_code == 409
    (both,) = answer.context["form"].conflict
    assert (both.yours, both.theirs) == ("1300.00", "1200.00")
    row.refresh_from_db()
    assert row.amount_minor == 1200_00


def test_another_currency_keeps_the_figure(olga, account, cast):
    row = invoice(account, cast["olga_owner"], amount_minor=1250_00)
    form = {**fields(olga.get(f"/receivables/{row.pk}/edit/")), "type": "invoice"}

    olga.post(f"/receivables/{row.pk}/edit/", {**form, "amount_minor": "1250", "currency": "JPY"})

    row.refresh_from_db()
    assert (row.amount_minor, row.currency) == (1250, "JPY")


def test_a_competitor_is_recorded_shown_and_corrected(olga, account):
    new = f"/accounts/{account.pk}/sightings/new/"

    answer = olga.post(new, {"competitor": "Norvik Drives", "seen_on": f"{TODAY}", "share": ""})
    row = CompetitorSighting.objects.get()
    page = olga.get(answer["Location"]).content.decode()
    form = fields(olga.get(f"/sightings/{row.pk}/edit/"))
    olga.post(f"/sightings/{row.pk}/edit/", {**form, "share": "0"})

    assert answer["Location"] == f"/accounts/{account.pk}/value/#sightings"
    assert "Norvik Drives" in page
    assert "Share unknown" in page
    row.refresh_from_db()
    assert (row.share, row.version) == (0, 2)
    assert "About 0%" in olga.get(answer["Location"]).content.decode()
    assert "Competitor seen" in olga.get(f"/accounts/{account.pk}/timeline/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"competitor": " "}, "competitor"),
        ({"competitor": "x" * 201}, "competitor"),
        ({"seen_on": f"{TOMORROW}"}, "seen_on"),
        ({"seen_on": ""}, "seen_on"),
        ({"share": "101"}, "share"),
        ({"share": "-1"}, "share"),
        ({"share": "7.5"}, "share"),
    ],
)
def test_a_faulty_sighting_is_refused_at_its_field(olga, account, wrong, field):
    right = {"competitor": "Norvik", "seen_on": f"{TODAY}", "share": "20"}

    answer = olga.post(f"/accounts/{account.pk}/sightings/new/", {**right, **wrong})

    assert answer.status_code == 422
    assert set(errors(answer)) == {field}
    assert not CompetitorSighting.objects.exists()


def test_of_two_who_correct_a_share_the_second_sees_both(olga, account, cast):
    row = record_sighting(account, by=cast["olga_owner"], competitor="N", seen_on=TODAY, share=10)
    form = fields(olga.get(f"/sightings/{row.pk}/edit/"))
    change_sighting(row, by=cast["ed_editor"], version=1, share=20)

    answer = olga.post(f"/sightings/{row.pk}/edit/", {**form, "share": "30"})

    assert answer.status_code == 409
    (both,) = answer.context["form"].conflict
    assert (both.yours, both.theirs) == ("30", "20")


def test_open_ones_come_first_and_trouble_before_them(account, cast):
    olga = cast["olga_owner"]
    paid = [invoice(account, olga, reference=f"P{n}", settled_on=ago(n)) for n in range(8)]
    young = invoice(account, olga, due_on=ago(-9))
    old = invoice(account, olga, issued_on=ago(900), due_on=ago(800))
    hold = record_receivable(account, by=olga, type="credit_hold", issued_on=ago(3), currency="CNY")

    panel = fact_panels.receivables(account, olga)

    assert panel.open == [hold, old, young]
    assert panel.settled == paid[: fact_panels.SETTLED]
    assert panel.may_change
    assert not fact_panels.sightings(account, cast["vera_viewer"]).may_change
