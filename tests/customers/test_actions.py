import datetime as dt

import pytest
from django.db import IntegrityError
from django.utils import timezone

from customers import actions
from customers.errors import Refused
from customers.models import (
    Account,
    Complaint,
    Contact,
    Event,
    ExchangeRate,
    Interaction,
    NextStep,
    PurchasePotential,
    SatisfactionScore,
)

TODAY = dt.date(2026, 9, 15)


@pytest.fixture
def olga(cast):
    return cast["olga_owner"]


@pytest.fixture
def contact(account):
    return Contact.objects.create(account=account, name="Wang Jue")


@pytest.fixture
def stranger(far_account):
    return Contact.objects.create(account=far_account, name="Zoltan Unseen")


@pytest.fixture
def step(account, olga):
    return actions.plan_step(account, by=olga, what="Send the quote", due=TODAY)


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def broken_events(monkeypatch):
    """Let the last write of every action fail, as a full disk would."""

    def fail(self, *args, **kwargs):
        raise IntegrityError("the event cannot be written")

    monkeypatch.setattr(Event, "save", fail)


# --- Accounts ---------------------------------------------------------------------------------
def test_open_account_refuses_a_code_in_use(account, olga):
    with pytest.raises(Refused, match="belongs to another account") as refusal:
        actions.open_account(by=olga, code=" A-1 ", name="Another")

    assert refusal.value.field == "code"
    assert Account.objects.count() == 1
    assert kinds() == []


def test_change_account_records_old_and_new(account, olga):
    changed = actions.change_account(account, by=olga, version=1, city="Bremen")

    account.refresh_from_db()
    assert (changed, account.city, account.version) == (["city"], "Bremen", 2)
    assert Event.objects.get().changes == {"city": ["", "Bremen"]}


def test_change_account_refuses_a_stale_version_and_shows_both_values(account, olga):
    actions.change_account(account, by=olga, version=1, city="Bremen")

    with pytest.raises(Refused, match="changed by someone else") as refusal:
        actions.change_account(account, by=olga, version=1, city="Kiel")

    assert refusal.value.conflict == {
        "version": 2,
        "fields": {"city": {"yours": "Kiel", "theirs": "Bremen"}},
    }
    account.refresh_from_db()
    assert account.city == "Bremen"


def test_change_account_refuses_a_circle_and_stores_nothing_else(account, olga):
    child = actions.open_account(by=olga, code="A-2", name="Child", parent=account)

    with pytest.raises(Refused, match="stands below it") as refusal:
        actions.change_account(account, by=olga, version=1, parent=child, city="Kiel")

    assert refusal.value.field == "parent"
    account = Account.objects.get(pk=account.pk)
    assert (account.parent, account.city, account.version) == (None, "", 1)


def test_change_account_moves_an_account_in_its_group_once(account, olga):
    parent = actions.open_account(by=olga, code="A-2", name="Parent")

    assert actions.change_account(account, by=olga, version=1, parent=parent) == ["parent"]

    account = Account.objects.get(pk=account.pk)
    assert (account.parent, account.version) == (parent, 2)
    assert Event.objects.filter(kind="account.changed").count() == 1


def test_change_account_does_not_write_what_others_own(account, olga):
    with pytest.raises(ValueError, match="tier"):
        actions.change_account(account, by=olga, version=1, tier="strategic")


# --- Contacts ---------------------------------------------------------------------------------
def test_add_contact_refuses_a_superior_of_another_account(account, stranger, olga):
    with pytest.raises(Refused, match="another account") as refusal:
        actions.add_contact(account, by=olga, name="Ana", parent=stranger)

    assert refusal.value.field == "parent"
    assert not account.contacts.exists()


def test_change_contact_refuses_a_circle_in_the_org_chart(account, contact, olga):
    report = actions.add_contact(account, by=olga, name="Ana", parent=contact)

    with pytest.raises(Refused, match="stands below it"):
        actions.change_contact(contact, by=olga, version=1, parent=report)

    contact.refresh_from_db()
    assert contact.parent is None


def test_change_contact_refuses_a_stale_version(account, contact, olga):
    actions.change_contact(contact, by=olga, version=1, job_title="Buyer")

    with pytest.raises(Refused) as refusal:
        actions.change_contact(contact, by=olga, version=1, job_title="Head buyer")

    both = refusal.value.conflict["fields"]["job_title"]
    assert both == {"yours": "Head buyer", "theirs": "Buyer"}


def test_change_contact_can_record_that_a_person_left(account, contact, olga):
    actions.change_contact(contact, by=olga, version=1, left_on=TODAY)

    assert Event.objects.get().changes == {"left_on": [None, "2026-09-15"]}


# --- The contact log --------------------------------------------------------------------------
def test_log_contact_stores_entry_people_step_and_events_together(account, contact, olga, cast):
    entry = actions.log_contact(
        account,
        by=olga,
        kind="visit",
        at=dt.datetime(2026, 9, 14, 17, 30, tzinfo=dt.UTC),
        theirs=[contact],
        subject="  Price  ",
        tone=-1,
        step={"what": "Send the quote", "due": TODAY, "who": cast["ed_editor"]},
    )

    entry.refresh_from_db()
    assert entry.date == dt.date(2026, 9, 15)  # already tomorrow in Shanghai
    assert (entry.subject, entry.tone, entry.author) == ("Price", -1, olga)
    assert list(entry.ours.all()) == [olga]
    assert list(entry.theirs.all()) == [contact]
    assert entry.next_step.who == cast["ed_editor"]
    assert kinds() == ["interaction.logged", "step.planned"]


def test_log_contact_takes_now_when_no_moment_is_given(account, olga):
    entry = actions.log_contact(account, by=olga, kind="call")

    assert timezone.now() - entry.at < dt.timedelta(minutes=1)


def test_log_contact_refuses_the_future(account, olga):
    with pytest.raises(Refused, match="future") as refusal:
        actions.log_contact(
            account, by=olga, kind="call", at=timezone.now() + dt.timedelta(hours=1)
        )

    assert refusal.value.field == "at"
    assert not Interaction.objects.exists()


def test_log_contact_refuses_people_of_another_account(account, contact, stranger, olga):
    with pytest.raises(Refused, match="not at Vorholm") as refusal:
        actions.log_contact(account, by=olga, kind="call", theirs=[contact, stranger])

    assert refusal.value.field == "theirs"
    assert not Interaction.objects.exists()


def test_log_contact_stores_nothing_when_its_step_is_refused(account, olga, cast):
    cast["ed_editor"].is_active = False
    cast["ed_editor"].save()

    with pytest.raises(Refused, match="left the company") as refusal:
        actions.log_contact(
            account,
            by=olga,
            kind="call",
            step={"what": "Ring back", "due": TODAY, "who": cast["ed_editor"]},
        )

    assert refusal.value.field == "who"
    assert not Interaction.objects.exists()
    assert kinds() == []


def test_log_contact_stores_nothing_when_its_event_fails(account, olga, broken_events):
    with pytest.raises(IntegrityError):
        actions.log_contact(account, by=olga, kind="call")

    assert not Interaction.objects.exists()


def test_change_interaction_moves_its_business_date_along(account, olga):
    entry = actions.log_contact(account, by=olga, kind="call")

    actions.change_interaction(
        entry, by=olga, version=1, at=dt.datetime(2026, 3, 1, 16, 0, tzinfo=dt.UTC), subject="Price"
    )

    entry.refresh_from_db()
    assert (entry.date, entry.version) == (dt.date(2026, 3, 2), 2)


def test_change_interaction_records_who_was_there(account, contact, olga, cast):
    entry = actions.log_contact(account, by=olga, kind="call")

    changed = actions.change_interaction(
        entry, by=olga, version=1, theirs=[contact], ours=[olga, cast["ed_editor"]]
    )

    assert sorted(changed) == ["ours", "theirs"]
    assert Event.objects.filter(kind="interaction.changed").count() == 2


def test_change_interaction_refuses_future_strangers_and_stale_versions(account, stranger, olga):
    entry = actions.log_contact(account, by=olga, kind="call", subject="One")
    tomorrow = timezone.now() + dt.timedelta(days=1)

    for wrong, field in (({"at": tomorrow}, "at"), ({"theirs": [stranger]}, "theirs")):
        with pytest.raises(Refused) as refusal:
            actions.change_interaction(entry, by=olga, version=1, subject="Two", **wrong)
        assert refusal.value.field == field
    actions.change_interaction(entry, by=olga, version=1, subject="Three")
    with pytest.raises(Refused, match="meanwhile") as refusal:
        actions.change_interaction(entry, by=olga, version=1, subject="Four")

    assert refusal.value.conflict["fields"]["subject"] == {"yours": "Four", "theirs": "Three"}
    assert Interaction.objects.get().subject == "Three"


def test_a_stale_edit_of_people_only_is_refused_too(account, contact, olga):
    entry = actions.log_contact(account, by=olga, kind="call")
    actions.change_interaction(entry, by=olga, version=1, subject="Price")

    with pytest.raises(Refused, match="meanwhile"):
        actions.change_interaction(entry, by=olga, version=1, theirs=[contact])

    assert not entry.theirs.exists()


def test_of_two_edits_of_people_only_the_second_is_refused(account, contact, olga, cast):
    entry = actions.log_contact(account, by=olga, kind="call")
    seen_by_both = Interaction.objects.get()
    actions.change_interaction(entry, by=olga, version=1, theirs=[contact])

    with pytest.raises(Refused, match="meanwhile"):
        actions.change_interaction(seen_by_both, by=olga, version=1, ours=[cast["ed_editor"]])

    assert list(entry.ours.all()) == [olga]
    assert Interaction.objects.get().version == 2


# --- Next steps -------------------------------------------------------------------------------
def test_plan_step_is_the_planners_own_without_a_name(step, olga):
    assert (step.who, step.state) == (olga, NextStep.State.OPEN)
    assert Event.objects.get().changes == {
        "what": [None, "Send the quote"],
        "due": [None, "2026-09-15"],
    }


def test_an_entry_has_at_most_one_step(account, olga):
    entry = actions.log_contact(account, by=olga, kind="call", step={"what": "One", "due": TODAY})

    with pytest.raises(Refused, match="next step already"):
        actions.plan_step(account, by=olga, what="Two", due=TODAY, interaction=entry)

    assert NextStep.objects.count() == 1


def test_close_step_twice_is_one_event(step, olga):
    actions.close_step(step, by=olga)
    step.refresh_from_db()
    assert actions.close_step(step, by=olga) == []

    assert (step.state, step.version) == ("done", 2)
    assert step.closed_on is not None
    assert kinds() == ["step.planned", "step.done"]


def test_reopen_step_undoes_closing(step, olga):
    actions.close_step(step, by=olga, state="dropped")
    step.refresh_from_db()

    actions.reopen_step(step, by=olga)

    step.refresh_from_db()
    assert (step.state, step.closed_at, step.closed_on) == ("open", None, None)
    assert kinds() == ["step.planned", "step.dropped", "step.reopened"]
    assert actions.reopen_step(step, by=olga) == []


def test_change_step_refuses_a_stale_version_and_a_person_who_left(step, olga, cast):
    actions.change_step(step, by=olga, version=1, due=TODAY + dt.timedelta(days=1))
    with pytest.raises(Refused, match="meanwhile") as refusal:
        actions.change_step(step, by=olga, version=1, due=TODAY + dt.timedelta(days=7))
    assert refusal.value.conflict["fields"]["due"]["theirs"] == "2026-09-16"

    cast["ed_editor"].is_active = False
    cast["ed_editor"].save()
    with pytest.raises(Refused, match="left the company") as refusal:
        actions.change_step(step, by=olga, version=2, who=cast["ed_editor"])
    assert refusal.value.field == "who"


def test_a_step_stays_open_when_its_event_fails(step, olga, broken_events):
    with pytest.raises(IntegrityError):
        actions.close_step(step, by=olga)

    assert NextStep.objects.get().state == "open"


# --- Complaints, satisfaction, potential --------------------------------------------------------
def test_record_complaint_refuses_impossible_dates(account, olga):
    past, future = dt.date(2026, 1, 2), dt.date(2999, 1, 1)
    for dates, field in (
        ({"opened_on": future}, "opened_on"),
        ({"opened_on": past, "resolved_on": dt.date(2026, 1, 1)}, "resolved_on"),
        ({"opened_on": past, "resolved_on": future}, "resolved_on"),
    ):
        with pytest.raises(Refused) as refusal:
            actions.record_complaint(
                account, by=olga, category="quality", severity=2, text="Cracks", **dates
            )
        assert refusal.value.field == field

    assert not Complaint.objects.exists()


def test_a_complaint_is_resolved_under_its_version(account, olga):
    complaint = actions.record_complaint(
        account, by=olga, category="quality", severity=3, opened_on=dt.date(2026, 1, 2), text="No"
    )

    actions.change_complaint(complaint, by=olga, version=1, resolved_on=dt.date(2026, 1, 9))
    with pytest.raises(Refused, match="meanwhile"):
        actions.change_complaint(complaint, by=olga, version=1, severity=1)

    assert kinds() == ["complaint.recorded", "complaint.changed"]


def test_record_satisfaction_refuses_a_future_date(account, olga):
    actions.record_satisfaction(account, by=olga, score=9, date=dt.date(2026, 1, 2))
    with pytest.raises(Refused) as refusal:
        actions.record_satisfaction(account, by=olga, score=9, date=dt.date(2999, 1, 1))

    assert refusal.value.field == "date"
    assert SatisfactionScore.objects.count() == 1
    assert kinds() == ["satisfaction.recorded"]


def test_record_potential_converts_where_a_rate_is_known(account, olga):
    ExchangeRate.objects.create(month=dt.date(2026, 1, 1), currency="EUR", rate="7.5")
    known, unknown = (
        actions.record_potential(
            account, by=olga, date=dt.date(2026, month, 2), amount_minor=100_00, currency="EUR"
        )
        for month in (1, 2)
    )

    assert (known.amount, unknown.amount) == (750_00, None)
    with pytest.raises(Refused, match="future"):
        actions.record_potential(
            account, by=olga, date=dt.date(2999, 1, 1), amount_minor=1, currency="EUR"
        )
    assert PurchasePotential.objects.count() == 2
    assert kinds() == ["potential.recorded", "potential.recorded"]
