import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from customers.models import Contact, Event, Interaction, NextStep
from teams.models import TeamMember

LOG = "/log/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def olga(cast, client):
    client.force_login(cast["olga_owner"])
    return cast["olga_owner"]


@pytest.fixture
def wang(account):
    return Contact.objects.create(account=account, name="Wang Jue", job_title="Purchasing")


def entry_of(account, **typed):
    return {"account": account.pk, "kind": "call", "when": "now", **typed}


def faults(response, field):
    return " ".join(response.context["form"].errors.get(field, []))


def nothing_stored():
    return not (Interaction.objects.exists() or NextStep.objects.exists() or Event.objects.exists())


# --- The form ---------------------------------------------------------------------------------
def test_the_page_and_the_dialog_offer_my_accounts(client, olga, account, far_account):
    page, dialog = client.get(LOG), client.get(LOG, headers=HTMX)

    for response in (page, dialog):
        assert response.status_code == 200
        assert "Vorholm Cranes" in response.text
        assert "Zephyr" not in response.text
    assert "<html" in page.text
    assert "<html" not in dialog.text


def test_an_account_in_the_address_is_chosen_with_its_people(client, olga, account, wang):
    response = client.get(LOG, {"account": account.pk})

    assert f'name="account" value="{account.pk}"' in response.text
    assert "Wang Jue" in response.text
    assert response.context["form"].chosen_ours() == [str(olga.pk)]


def test_people_who_left_are_not_offered(client, olga, account, wang):
    Contact.objects.filter(pk=wang.pk).update(left_on=dt.date(2026, 1, 1))

    assert "Wang Jue" not in client.get(LOG, {"account": account.pk}).text


def test_the_list_box_finds_accounts_by_any_part_of_name_or_code(
    client, olga, account, far_account
):
    for text in ("cran", "VORH", "a-1"):
        response = client.get("/log/accounts/", {"q": text}, headers=HTMX)
        assert f'data-value="{account.pk}"' in response.text, text
        assert "<mark>" in response.text
    assert "Zephyr" not in client.get("/log/accounts/", {"q": "zeph"}).text


def test_the_accounts_of_ones_last_entries_come_first(client, olga, account, cast):
    from customers.models import Account

    earlier = Account.objects.create(code="A-0", name="Aardvark Works", owner=olga)
    client.post(LOG, entry_of(account))

    found = client.get("/log/accounts/").context["matches"]

    assert found == [account, earlier]


def test_the_list_box_shows_names_as_text(client, olga, account):
    type(account).objects.update(name="<b>Bold</b> & Sons")

    response = client.get("/log/accounts/", {"q": "bold"})

    assert "&lt;b&gt;<mark>Bold</mark>&lt;/b&gt; &amp; Sons" in response.text


def test_without_scripts_an_account_is_found_and_picked_and_what_was_typed_stays(
    client, olga, account, wang
):
    typed = {"kind": "visit", "when": "yesterday", "note": "Prices again", "account": ""}

    found = client.post(LOG, typed | {"q": "vorholm", "find": "1"})
    picked = client.post(LOG, typed | {"account": account.pk, "draft": "1"})

    assert f'<option value="{account.pk}">' in found.text
    assert "Wang Jue" in picked.text
    for response in (found, picked):
        assert response.status_code == 200
        assert "Prices again" in response.text
        assert 'value="visit" checked' in response.text
        assert 'value="yesterday" checked' in response.text
    assert nothing_stored()


def test_another_account_can_be_picked_instead(client, olga, account, wang):
    response = client.post(LOG, entry_of(account, forget="account", note="Prices again"))

    assert response.context["account"] is None
    assert "Prices again" in response.text
    assert "Wang Jue" not in response.text


# --- Saving -----------------------------------------------------------------------------------
def test_a_contact_is_logged_with_people_and_a_next_step(client, olga, account, wang, cast):
    response = client.post(
        LOG,
        entry_of(
            account,
            kind="visit",
            theirs=[wang.pk],
            ours=[olga.pk, cast["ed_editor"].pk],
            subject="Price",
            note="Wants 5 % less",
            tone="-1",
            step_what="Send the quote",
            step_due="week",
            step_who=cast["ed_editor"].pk,
        ),
    )

    assert response.url == account.get_absolute_url()
    entry = Interaction.objects.get()
    assert (entry.kind, entry.subject, entry.tone) == ("visit", "Price", -1)
    assert list(entry.theirs.all()) == [wang]
    assert set(entry.ours.all()) == {olga, cast["ed_editor"]}
    assert entry.next_step.what == "Send the quote"
    assert entry.next_step.who == cast["ed_editor"]
    assert (entry.next_step.due - timezone.localdate()).days == 7


def test_the_dialog_is_answered_by_an_event_and_a_toast(client, olga, account):
    response = client.post(LOG, entry_of(account), headers=HTMX)

    assert response.status_code == 200
    assert f'"contact-logged": {{"account": {account.pk}}}' in response["HX-Trigger"]
    assert reverse("interaction-edit", args=[Interaction.objects.get().pk]) in response.text
    assert "<form" not in response.text


def test_save_and_log_another_gives_an_empty_form(client, olga, account):
    typed = entry_of(account, note="Prices again", another="1")

    dialog = client.post(LOG, typed, headers=HTMX)
    page = client.post(LOG, typed)

    assert "<form" in dialog.text
    assert "Contact with Vorholm Cranes logged." in dialog.text
    assert "Prices again" not in dialog.text
    assert "contact-logged" in dialog["HX-Trigger"]
    assert page.url == LOG
    assert Interaction.objects.count() == 2


def test_someone_new_is_added_to_the_account(client, olga, account):
    client.post(LOG, entry_of(account, new="1", someone_new="Sun Li"))

    assert Interaction.objects.get().theirs.get().name == "Sun Li"
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        "contact.added",
        "interaction.logged",
    ]


@pytest.mark.parametrize(
    ("when", "at"),
    [
        ("now", dt.datetime(2026, 9, 15, 13, 0, tzinfo=dt.UTC)),
        ("morning", dt.datetime(2026, 9, 15, 7, 0, tzinfo=dt.UTC)),
        ("yesterday", dt.datetime(2026, 9, 14, 10, 0, tzinfo=dt.UTC)),
        ("other", dt.datetime(2026, 9, 1, 8, 30, tzinfo=dt.UTC)),
    ],
)
def test_moments_are_in_the_persons_time_zone(client, olga, account, when, at):
    type(olga).objects.update(time_zone="Europe/Berlin")

    with time_machine.travel("2026-09-15T13:00:00Z", tick=False):
        client.force_login(olga)
        client.post(LOG, entry_of(account, when=when, at="2026-09-01T10:30"))

    assert Interaction.objects.get().at == at


def test_this_morning_is_never_later_than_now(client, olga, account):
    with time_machine.travel("2026-09-14T22:15:00Z", tick=False):  # 06:15 in Shanghai
        client.force_login(olga)
        response = client.post(LOG, entry_of(account, when="morning"))

    assert response.status_code == 302
    assert Interaction.objects.get().at == dt.datetime(2026, 9, 14, 22, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("due", "day"), [("tomorrow", 16), ("friday", 18), ("week", 22), ("date", 30)]
)
def test_due_days(client, olga, account, due, day):
    with time_machine.travel("2026-09-15T03:00:00Z", tick=False):  # a Tuesday
        client.force_login(olga)
        client.post(
            LOG,
            entry_of(account, step_what="Ring back", step_due=due, step_date="2026-09-30"),
        )

    assert NextStep.objects.get().due == dt.date(2026, 9, day)


# --- Bad input ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"kind": ""}, "kind", "Say what kind"),
        ({"kind": "telegram"}, "kind", "telegram"),
        ({"when": ""}, "when", "Say when"),
        ({"when": "other", "at": ""}, "at", "give the day and the time"),
        ({"when": "other", "at": "soon"}, "at", "“soon” is no moment"),
        ({"when": "other", "at": "0001-01-01T00:00"}, "at", "Check the year"),
        ({"when": "other", "at": "9999-12-31T23:59"}, "at", "future"),
        ({"subject": "x" * 201}, "subject", "at most 200"),
        ({"note": "x" * 20_001}, "note", "at most 20000"),
        ({"note": "nul \x00"}, "note", "Null characters"),
        ({"tone": "9"}, "tone", "Select a valid choice"),
        ({"theirs": ["abc"]}, "theirs", "not at this account"),
        ({"theirs": [str(10**30)]}, "theirs", "not at this account"),
        ({"ours": ["0"]}, "ours", "not in the team"),
        ({"new": "1", "someone_new": " "}, "someone_new", "Give the name"),
        ({"new": "1", "someone_new": "x" * 121}, "someone_new", "at most 120"),
        ({"step_what": "Ring back"}, "step_due", "needs a due date"),
        ({"step_due": "week"}, "step_what", "what is to be done"),
        ({"step_what": "Ring", "step_due": "never"}, "step_due", "Select a valid choice"),
        ({"step_what": "Ring", "step_due": "date"}, "step_date", "Give the day"),
        (
            {"step_what": "Ring", "step_due": "date", "step_date": "30 Feb"},
            "step_date",
            "is no day",
        ),
        (
            {"step_what": "Ring", "step_due": "date", "step_date": "2026-01-01"},
            "step_date",
            "has passed",
        ),
        ({"step_what": "x" * 201, "step_due": "week"}, "step_what", "at most 200"),
        (
            {"step_what": "Ring", "step_due": "week", "step_who": "0"},
            "step_who",
            "this account's team",
        ),
        ({"account": ""}, "account", "Choose the account"),
        ({"account": "Vorholm"}, "account", "Choose the account"),
    ],
)
def test_each_fault_is_named_at_its_field_and_nothing_is_stored(
    client, olga, account, typed, field, said
):
    response = client.post(LOG, entry_of(account) | typed, headers=HTMX)

    assert response.status_code == 422
    assert said in faults(response, field)
    assert list(response.context["form"].errors) == [field]
    assert said.replace("'", "&#x27;") in response.text
    assert f'href="#log-{field}"' in response.text
    assert f'id="log-{field}"' in response.text
    assert nothing_stored()


def test_a_date_in_the_future_is_refused_and_what_was_typed_stays(client, olga, account, wang):
    tomorrow = timezone.localtime() + dt.timedelta(days=1)
    response = client.post(
        LOG,
        entry_of(
            account,
            when="other",
            at=f"{tomorrow:%Y-%m-%dT%H:%M}",
            note="Prices again",
            theirs=[wang.pk],
            step_what="Ring back",
            step_due="week",
        ),
    )

    assert response.status_code == 422
    assert "future" in faults(response, "at")
    assert "Prices again" in response.text
    assert "Ring back" in response.text
    assert f'value="{tomorrow:%Y-%m-%dT%H:%M}"' in response.text
    assert f'name="theirs" value="{wang.pk}" checked' in response.text
    assert nothing_stored()


def test_every_fault_is_named_at_once(client, olga, account):
    response = client.post(LOG, {"kind": "", "when": "other", "at": "x", "step_what": "Ring"})

    assert list(response.context["form"].errors) == ["kind", "at", "account", "step_due"]
    assert "4 things are to be put right" in response.text


def test_a_person_of_an_unseen_account_is_refused_without_a_name(
    client, olga, account, far_account
):
    stranger = Contact.objects.create(account=far_account, name="Zoltan Unseen")

    response = client.post(LOG, entry_of(account, theirs=[stranger.pk]))

    assert "not at this account" in faults(response, "theirs")
    assert "Zoltan" not in response.text
    assert nothing_stored()


def test_a_step_for_somebody_who_left_is_refused(client, olga, account, cast):
    cast["ed_editor"].is_active = False
    cast["ed_editor"].save()

    response = client.post(
        LOG,
        entry_of(account, step_what="Ring", step_due="week", step_who=cast["ed_editor"].pk),
    )

    assert response.status_code == 422
    assert "has left the company" in faults(response, "step_who")
    assert nothing_stored()


def test_nobody_outside_the_team_can_be_given_a_step(client, olga, account, cast):
    response = client.post(
        LOG,
        entry_of(account, step_what="Ring", step_due="week", step_who=cast["otto_outsider"].pk),
    )

    assert "this account's team" in faults(response, "step_who").replace("&#x27;", "'")
    assert nothing_stored()


def test_a_newcomer_is_not_stored_when_the_entry_is_refused(client, olga, account):
    response = client.post(
        LOG,
        entry_of(account, when="other", at="2999-01-01T00:00", new="1", someone_new="Sun Li"),
    )

    assert response.status_code == 422
    assert not Contact.objects.exists()
    assert nothing_stored()


# --- Access -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "mine", "far"),
    [
        ("olga_owner", 302, 404),
        ("ed_editor", 302, 404),
        ("vera_viewer", 403, 404),
        ("otto_outsider", 404, 404),
        ("dora_director", 302, 302),
        ("dirk_director", 302, 404),
        ("rita_reader", 403, 403),
        ("stan_steward", 403, 403),
        ("ada_admin", 403, 403),
        ("ina_integration", 403, 403),
    ],
)
def test_who_may_log(client, cast, account, far_account, name, mine, far):
    client.force_login(cast[name])

    assert client.post(LOG, entry_of(account)).status_code == mine
    assert client.post(LOG, entry_of(far_account)).status_code == far
    chosen = client.get(LOG, {"account": account.pk}).status_code
    assert chosen == (200 if mine == 302 else mine)


def test_the_form_needs_a_log_in(client, account):
    for url in (LOG, "/log/accounts/"):
        assert client.get(url).status_code == 302
    assert client.post(LOG, entry_of(account)).status_code == 302
    assert nothing_stored()


def test_a_membership_that_ended_gives_no_access(client, cast, account):
    TeamMember.objects.filter(user=cast["ed_editor"]).update(until=dt.date(2026, 1, 1))
    client.force_login(cast["ed_editor"])

    assert client.post(LOG, entry_of(account)).status_code == 404


# --- Queries ------------------------------------------------------------------------------------
def test_queries_do_not_grow_with_people_and_accounts(
    client, olga, account, django_assert_max_num_queries
):
    from customers.models import Account

    Account.objects.bulk_create(
        Account(code=f"B-{n}", name=f"Account {n}", owner=olga) for n in range(300)
    )
    Contact.objects.bulk_create(Contact(account=account, name=f"Person {n}") for n in range(60))

    with django_assert_max_num_queries(7):
        client.get(LOG, {"account": account.pk}, headers=HTMX)
    with django_assert_max_num_queries(8):
        client.get(LOG, headers=HTMX)
    with django_assert_max_num_queries(6):
        client.get("/log/accounts/", {"q": "acc"}, headers=HTMX)
