"""Notices: who hears of what, where they stand, when they go out by e-mail."""

import datetime as dt
import smtplib

import pytest
import time_machine
from django.core import mail

from accounts_crm.models import Notice
from accounts_crm.notices.mail import send_due
from accounts_crm.tasks import relay
from churn.actions import raise_flag
from customers import actions
from customers.models import Account, Event
from lifecycle.actions import move_stage
from teams.actions import set_owner
from teams.models import TeamMember, User

NOON = dt.datetime(2026, 9, 16, 4, tzinfo=dt.UTC)  # 12:00 in Shanghai


def hearers(kind):
    return {
        notice.user.username
        for notice in Notice.objects.filter(event__kind=kind).select_related("user")
    }


@pytest.mark.parametrize(
    ("kind", "happens", "heard_by"),
    [
        ("stage.moved", lambda a, c, by: move_stage(a, to="early", by=by), {"ed_editor"}),
        (
            "flag.opened",
            lambda a, c, by: raise_flag(a, by=by, reason="Wants to leave"),
            {"ed_editor"},
        ),
        (
            "complaint.recorded",
            lambda a, c, by: actions.record_complaint(
                a, by=by, category="quality", severity=3, opened_on=dt.date(2026, 1, 5), text="Rust"
            ),
            {"ed_editor"},
        ),
        (
            "step.planned",
            lambda a, c, by: actions.plan_step(
                a, by=by, what="Send the quote", due=dt.date(2030, 1, 1), who=c["ed_editor"]
            ),
            {"ed_editor"},
        ),
        (
            "step.planned",
            lambda a, c, by: actions.plan_step(a, by=by, what="Ring", due=dt.date(2030, 1, 1)),
            set(),
        ),
        (
            "owner.changed",
            lambda a, c, by: set_owner(a, to=c["otto_outsider"], by=by),
            {"otto_outsider"},
        ),
        (
            "contact.added",
            lambda a, c, by: actions.add_contact(a, by=by, name="Wen"),
            set(),
        ),
    ],
    ids=["move", "flag", "complaint", "step given", "own step", "handed over", "contact"],
)
def test_who_hears_of_what(account, cast, kind, happens, heard_by):
    happens(account, cast, cast["olga_owner"])
    assert Event.objects.filter(kind=kind).exists()

    relay()
    Event.objects.update(sent_at=None)  # as a relay that died before it could say so
    relay()

    assert hearers(kind) == heard_by
    assert Notice.objects.count() == len(heard_by)


def test_who_left_the_team_or_the_company_hears_nothing(account, cast):
    TeamMember.objects.filter(user=cast["ed_editor"]).update(until=dt.date(2021, 1, 1))
    User.objects.filter(username="olga_owner").update(is_active=False)

    move_stage(account, to="early", by=cast["dora_director"])
    relay()

    assert not Notice.objects.exists()


def test_many_at_once_are_told_as_one(client, account, cast):
    olga = cast["olga_owner"]
    more = [Account.objects.create(code=f"B-{n}", name=f"Batch {n}", owner=olga) for n in range(6)]
    for one in more:
        move_stage(one, to="early", by=cast["dora_director"])
    relay()

    (notice,) = Notice.objects.filter(user=olga)
    assert notice.count == 6
    client.force_login(olga)
    page = client.get("/notices/").content.decode()
    assert "6 accounts moved" in page
    assert "Batch 5" not in page


def test_an_account_no_longer_seen_is_not_told(client, account, cast):
    ed = cast["ed_editor"]
    move_stage(account, to="early", by=cast["olga_owner"])
    relay()
    client.force_login(ed)
    assert "Vorholm" in client.get("/notices/").content.decode()

    TeamMember.objects.filter(user=ed).update(until=dt.date(2021, 1, 1))

    page = client.get("/notices/").content.decode()
    assert "Vorholm" not in page
    assert "unread" not in page.split("<main")[0].lower()
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=2)):
        send_due()
    assert mail.outbox == []


def test_notices_are_read_and_made_new_again(client, account, cast):
    move_stage(account, to="early", by=cast["olga_owner"])
    relay()
    notice = Notice.objects.get()
    client.force_login(cast["vera_viewer"])
    client.post("/notices/read/", {"notice": notice.pk})
    assert Notice.objects.unread().count() == 1  # another's

    client.force_login(cast["ed_editor"])
    assert "Notices, 1 unread" in client.get("/").content.decode()
    side = client.get("/accounts/").content.decode().split("<main")[0]
    assert side.count('class="count"') == 1  # of the notices alone, whatever the page counts
    client.post("/notices/read/", {"notice": notice.pk})
    assert not Notice.objects.unread().exists()
    assert "Nothing new" in client.get("/notices/").content.decode()
    assert "Pre → Early" in client.get("/notices/?show=all").content.decode()
    client.post("/notices/read/", {"notice": notice.pk, "read": "no"})
    assert Notice.objects.unread().count() == 1
    answer = client.post("/notices/read/", {"show": "all"}, follow=True)
    assert answer.redirect_chain == [("/notices/?show=all", 302)]
    assert "1 notice is read." in answer.content.decode()


@pytest.mark.parametrize(
    "sent", [{"notice": "x"}, {"notice": "9" * 30}, {"read": "maybe"}, {"read": "no"}]
)
def test_what_makes_no_sense_marks_nothing(client, account, cast, sent):
    move_stage(account, to="early", by=cast["olga_owner"])
    relay()
    client.force_login(cast["ed_editor"])

    assert client.post("/notices/read/", sent).status_code == 400
    assert Notice.objects.unread().count() == 1


def test_a_digest_goes_out_once_a_day_in_the_morning(account, cast):
    User.objects.filter(username="ed_editor").update(
        mail="daily", language="zh-hans", time_zone="Europe/Berlin"
    )
    # 25 October 2026: the night that is an hour longer there.
    with time_machine.travel(dt.datetime(2026, 10, 24, 22, tzinfo=dt.UTC), tick=False) as clock:
        move_stage(account, to="early", by=cast["olga_owner"])
        relay()
        assert send_due() == 0  # midnight
        clock.move_to(dt.datetime(2026, 10, 25, 5, 59, tzinfo=dt.UTC))
        assert send_due() == 0  # 06:59
        clock.move_to(dt.datetime(2026, 10, 25, 6, 0, tzinfo=dt.UTC))
        assert send_due() == 1  # 07:00
        assert send_due() == 0
        move_stage(account, to="mid", by=cast["olga_owner"])
        relay()
        assert send_due() == 0  # not before tomorrow
        clock.move_to(dt.datetime(2026, 10, 26, 6, 30, tzinfo=dt.UTC))
        assert send_due() == 1

    first, second = mail.outbox
    assert first.to == ["ed_editor@example.com"]
    assert "1 条通知" in first.subject
    assert "孕育 → 初级" in first.body
    assert f"http://127.0.0.1:8000/accounts/{account.pk}/" in first.body
    assert "孕育" not in second.body


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        ({"mail": "at_once"}, 1),
        ({"mail": "off"}, 0),
        ({"mail": "at_once", "email": ""}, 0),
        ({"mail": "at_once", "is_active": False}, 0),
    ],
    ids=["at once", "off", "no address", "left"],
)
def test_mail_at_once_goes_to_who_wants_it(account, cast, change, sent):
    move_stage(account, to="early", by=cast["olga_owner"])
    relay()
    User.objects.filter(username="ed_editor").update(**change)

    assert send_due() == sent
    assert send_due() == 0
    assert len(mail.outbox) == sent


def test_what_was_read_is_not_mailed(account, cast):
    User.objects.filter(username="ed_editor").update(mail="at_once")
    move_stage(account, to="early", by=cast["olga_owner"])
    relay()
    Notice.objects.update(read_at=NOON)

    assert send_due() == 0


def test_a_mail_server_that_is_down_loses_nothing(account, cast, monkeypatch):
    User.objects.filter(username="ed_editor").update(mail="daily")
    with time_machine.travel(NOON, tick=False):
        move_stage(account, to="early", by=cast["olga_owner"])
        relay()

        def refuse(*args):
            raise smtplib.SMTPServerDisconnected("gone")

        with monkeypatch.context() as down:
            down.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
            assert send_due() == 0
        assert send_due() == 1
        assert send_due() == 0

    assert len(mail.outbox) == 1
