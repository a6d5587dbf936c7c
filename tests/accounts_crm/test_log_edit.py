import datetime as dt

import pytest

from customers import actions
from customers.models import Contact, Interaction

AT = dt.datetime(2026, 9, 1, 2, 30, tzinfo=dt.UTC)


@pytest.fixture
def olga(cast, client):
    client.force_login(cast["olga_owner"])
    return cast["olga_owner"]


@pytest.fixture
def entry(account, cast):
    wang = Contact.objects.create(account=account, name="Wang Jue")
    return actions.log_contact(
        account, by=cast["olga_owner"], kind="call", at=AT, subject="Price", theirs=[wang]
    )


def url(entry):
    return f"/interactions/{entry.pk}/edit/"


def typed(entry, **changes):
    return {
        "version": entry.version,
        "kind": "call",
        "at": "2026-09-01T10:30",
        "subject": "Price",
        "theirs": [person.pk for person in entry.theirs.all()],
        "ours": [person.pk for person in entry.ours.all()],
    } | changes


def test_the_entry_stands_in_the_form_in_the_persons_time_zone(client, olga, entry):
    page = client.get(url(entry)).text

    assert 'value="2026-09-01 10:30"' in page
    assert 'value="Price"' in page
    assert f'name="theirs" value="{entry.theirs.get().pk}" checked' in page


def test_an_entry_is_corrected(client, olga, entry, cast):
    response = client.post(
        url(entry),
        typed(entry, kind="visit", at="2026-08-31T09:00", ours=[olga.pk, cast["ed_editor"].pk]),
    )

    assert response.url == entry.account.get_absolute_url()
    entry = Interaction.objects.get()
    assert (entry.kind, entry.date, entry.version) == ("visit", dt.date(2026, 8, 31), 2)
    assert entry.ours.count() == 2


def test_a_second_editor_sees_both_values_and_can_save_then(client, olga, entry, cast):
    actions.change_interaction(
        Interaction.objects.get(), by=cast["ed_editor"], version=1, subject="Rebate", tone=1
    )

    refused = client.post(url(entry), typed(entry, subject="Discount"))

    assert refused.status_code == 409
    assert refused.context["conflict"] == [
        {"label": "Subject", "theirs": "Rebate", "yours": "Discount"},
        {"label": "Tone", "theirs": "Good", "yours": ""},
    ]
    assert 'value="Discount"' in refused.text
    assert 'name="version" value="2"' in refused.text
    assert Interaction.objects.get().subject == "Rebate"

    saved = client.post(url(entry), typed(entry, subject="Discount", version=2))

    assert saved.status_code == 302
    assert Interaction.objects.get().subject == "Discount"


def test_a_form_without_its_version_is_refused(client, olga, entry):
    for version in ("", "x", "99999999999999999999"):
        response = client.post(url(entry), typed(entry, subject="Discount", version=version))
        assert response.status_code == 409, version

    assert Interaction.objects.get().subject == "Price"


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"at": ""}, "at", "Say when"),
        ({"at": "2999-01-01T00:00"}, "at", "future"),
        ({"kind": "telegram"}, "kind", "telegram"),
        ({"theirs": ["0"]}, "theirs", "not at this account"),
        ({"subject": "x" * 201}, "subject", "at most 200"),
    ],
)
def test_each_fault_is_named_at_its_field(client, olga, entry, change, field, said):
    response = client.post(url(entry), typed(entry, note="Kept", **change))

    assert response.status_code == 422
    assert said in " ".join(response.context["form"].errors[field])
    assert "Kept" in response.text
    entry = Interaction.objects.get()
    assert (entry.at, entry.note, entry.version) == (AT, "", 1)


def test_people_who_left_stay_in_the_entries_they_were_part_of(client, olga, entry):
    Contact.objects.update(left_on=dt.date(2026, 9, 2))

    assert "Wang Jue" in client.get(url(entry)).text
    assert client.post(url(entry), typed(entry, subject="Rebate")).status_code == 302


@pytest.mark.parametrize(
    ("name", "status"),
    [("ed_editor", 200), ("vera_viewer", 403), ("otto_outsider", 404), ("rita_reader", 403)],
)
def test_who_may_correct(client, cast, entry, name, status):
    client.force_login(cast[name])

    assert client.get(url(entry)).status_code == status
