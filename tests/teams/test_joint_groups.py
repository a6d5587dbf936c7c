"""Joint groups: members of both sides, meetings, what is active and what is one-sided."""

import datetime as dt

import pytest

from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Contact, Event
from teams import actions
from teams.joint_work import joint_work
from teams.models import JointGroup, JointMeeting
from tests.concurrently import at_once
from tests.forms import fields


def days(number):
    return business_today() + dt.timedelta(days=number)


@pytest.fixture
def wen(account):
    return Contact.objects.create(account=account, name="Wen")


@pytest.fixture
def group(account, cast, wen):
    ed = cast["ed_editor"]
    return actions.open_joint_group(
        account, by=ed, subject="rnd", name="Gears", ours=[ed], theirs=[wen], since=days(-400)
    )


def shown(account, cast):
    return joint_work(account, cast["olga_owner"])


@pytest.mark.parametrize(("met", "active"), [(None, False), (-89, True), (-90, False), (0, True)])
def test_a_group_is_active_while_it_met_in_ninety_days(account, cast, group, met, active):
    if met is not None:
        actions.hold_joint_meeting(group, by=cast["ed_editor"], date=days(met))

    (found,) = shown(account, cast).groups

    assert (found.active, found.one_sided) == (active, False)
    assert found.last_met == (None if met is None else days(met))


def test_a_group_whose_people_have_left_is_one_sided(account, cast, group, wen):
    Contact.objects.filter(pk=wen.pk).update(left_on=days(0))

    (found,) = shown(account, cast).groups

    assert found.one_sided


def test_a_meeting_is_neither_ahead_nor_outside_the_group_nor_noted_twice(cast, group):
    ed = cast["ed_editor"]
    actions.hold_joint_meeting(group, by=ed, date=days(-1))

    for day, why in ((1, "future"), (-401, "began on"), (-1, "noted already")):
        with pytest.raises(Refused, match=why) as refused:
            actions.hold_joint_meeting(group, by=ed, date=days(day))
        assert refused.value.field == "date"

    assert JointMeeting.objects.count() == 1


def test_a_meeting_is_taken_out_once(cast, group):
    ed = cast["ed_editor"]
    meeting = actions.hold_joint_meeting(group, by=ed, date=days(0), note="Torque")

    actions.remove_joint_meeting(meeting, by=ed)
    with pytest.raises(Refused, match="already"):
        actions.remove_joint_meeting(JointMeeting(pk=meeting.pk or 1), by=ed)

    event = Event.objects.get(kind="jointmeeting.removed")
    assert event.changes["note"] == ["Torque", None]


def test_an_ended_group_meets_no_more_and_frees_its_name(account, cast, group):
    ed = cast["ed_editor"]
    with pytest.raises(Refused, match="already"):
        actions.open_joint_group(account, by=ed, subject="rnd", name="Gears")

    actions.end_joint_group(group, by=ed)

    with pytest.raises(Refused, match="ended"):
        actions.end_joint_group(JointGroup.objects.get(), by=ed)
    actions.open_joint_group(account, by=ed, subject="rnd", name="Gears")
    panel = shown(account, cast)
    assert (len(panel.groups), len(panel.ended)) == (1, 1)
    JointGroup.objects.filter(pk=group.pk).update(until=days(-5))
    with pytest.raises(Refused, match="ended on"):
        actions.hold_joint_meeting(JointGroup.objects.get(pk=group.pk), by=ed, date=days(0))


def test_people_of_elsewhere_and_who_left_are_refused(account, far_account, cast, group, wen):
    ed, stranger = cast["ed_editor"], Contact.objects.create(account=far_account, name="Far")
    gone = Contact.objects.create(account=account, name="Gone", left_on=days(-1))
    cast["otto_outsider"].is_active = False

    for people in ({"theirs": [stranger]}, {"theirs": [gone]}, {"ours": [cast["otto_outsider"]]}):
        with pytest.raises(Refused) as refused:
            actions.change_joint_group(group, by=ed, version=1, **people)
        assert refused.value.field in people

    Contact.objects.filter(pk=wen.pk).update(left_on=days(-1))
    changed = actions.change_joint_group(
        group, by=ed, version=1, theirs=[Contact.objects.get(pk=wen.pk)], ours=[]
    )
    assert changed == ["ours"]  # who was in it may stay


def test_of_two_who_edit_the_second_sees_both(client, account, cast, group):
    new = Contact.objects.create(account=account, name="Xu")
    client.force_login(cast["olga_owner"])
    form = fields(client.get(f"/joint-groups/{group.pk}/"))
    form |= {"ours": [cast["ed_editor"].pk], "theirs": [group.theirs.get().pk]}
    form |= {"initial-ours": form["ours"], "initial-theirs": form["theirs"]}
    form |= {"name": "Gears", "subject": "rnd", "initial-subject": "rnd"}

    first = client.post(f"/joint-groups/{group.pk}/", form | {"theirs": [new.pk], "name": "Axles"})
    second = client.post(f"/joint-groups/{group.pk}/", form | {"theirs": [], "name": "Cogs"})

    assert (first.status_code, second.status_code) == (302, 409)
    both = {row.label: (row.theirs, row.yours) for row in second.context["form"].conflict}
    assert both == {"Name": ("Axles", "Cogs"), "Theirs": ("Xu", "")}
    again = client.post(f"/joint-groups/{group.pk}/", fields(second) | {"name": "Cogs"} | {
        "ours": form["ours"], "subject": "rnd", "theirs": []})  # fmt: skip
    assert again.status_code == 302
    group.refresh_from_db()
    assert (group.name, group.theirs.count(), group.ours.count()) == ("Cogs", 0, 1)


def test_a_group_lives_by_its_forms(client, account, cast, wen):
    client.force_login(cast["olga_owner"])
    sent = {"name": "Ledger", "subject": "finance", "since": days(-10), "theirs": [wen.pk]}
    sent["ours"] = [cast["ed_editor"].pk]

    assert client.post(f"/accounts/{account.pk}/joint-groups/", sent).status_code == 302
    group = JointGroup.objects.get()
    met = {"date": days(-2), "note": "Terms"}
    assert client.post(f"/joint-groups/{group.pk}/meetings/", met).status_code == 302
    assert client.post(f"/joint-groups/{group.pk}/meetings/", met).status_code == 422
    ahead = client.post(f"/joint-groups/{group.pk}/meetings/", {"date": days(1)})
    assert ahead.status_code == 422
    page = client.get(f"/accounts/{account.pk}/team/").content.decode()
    assert "Ledger" in page
    assert "Terms" in page
    assert client.post(f"/joint-meetings/{group.meetings.get().pk}/removal/").status_code == 302
    assert client.post(f"/joint-groups/{group.pk}/end/").status_code == 302
    office = {"place": "Hall 3", "since": days(-3)}
    assert client.post(f"/accounts/{account.pk}/joint-offices/", office).status_code == 302
    assert "Hall 3" in client.get(f"/accounts/{account.pk}/team/").content.decode()
    assert client.get(f"/accounts/{account.pk}/history/").status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"theirs": "x\0"}, {"ours": "9" * 30}, {"name": "a\0"}, {"subject": "tea"}]
)
def test_nonsense_is_told_at_its_field(client, account, cast, wrong):
    client.force_login(cast["olga_owner"])
    right = {"name": "Ledger", "subject": "finance", "since": days(-10)}

    answer = client.post(f"/accounts/{account.pk}/joint-groups/", right | wrong)

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, set(wrong))


@pytest.mark.django_db(transaction=True)
def test_a_meeting_noted_twice_at_once_is_noted_once(cast, group):
    ed = cast["ed_editor"]
    for day in range(-5, 0):
        outcomes = at_once(
            *[lambda day=day: actions.hold_joint_meeting(group, by=ed, date=days(day))] * 2
        )
        assert sorted(type(o).__name__ for o in outcomes) == ["JointMeeting", "Refused"], outcomes


def test_the_page_asks_no_more_for_many_groups(client, account, cast, group, wen):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ed = cast["ed_editor"]

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/accounts/{account.pk}/team/").status_code == 200
        return len(captured)

    client.force_login(ed)
    actions.hold_joint_meeting(group, by=ed, date=days(0))
    queries()
    few = queries()
    for n in range(20):
        more = actions.open_joint_group(
            account, by=ed, subject="rnd", name=f"G{n}", ours=[ed], theirs=[wen], since=days(-9)
        )
        actions.hold_joint_meeting(more, by=ed, date=days(-1))

    assert queries() == few <= 20
