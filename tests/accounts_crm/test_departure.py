"""What breaks if somebody leaves: told by a page and a command that change nothing."""

import datetime as dt

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts_crm.departures.findings import Leader, departure, leaders
from churn.models import Flag
from customers import actions
from customers.calendar import business_today
from customers.models import Account, Contact, Interaction
from teams import linkage
from teams.models import JointGroup, Post, User
from tests.nights import make_run, order

TODAY = business_today()
DAY = dt.timedelta(days=1)


def find(person, run=None, accounts=None, *, whole=True):
    accounts = Account.objects.all() if accounts is None else accounts
    return departure(person, accounts, run, whole=whole)


def names(found):
    return [row.name for row in found.rows]


def meet(account, day, theirs, *ours):
    entry = actions.log_contact(account, by=ours[0], kind="call", theirs=theirs, ours=ours)
    Interaction.objects.filter(pk=entry.pk).update(date=day)
    return entry


def test_contacts_whom_nobody_else_met_in_a_year(account, cast):
    olga, ed, vera = (cast[name] for name in ("olga_owner", "ed_editor", "vera_viewer"))
    alone, both, old, elsewhere, gone, left = (
        actions.add_contact(account, by=olga, name=name)
        for name in ("Alone", "Both", "Old", "Elsewhere", "Gone", "Left")
    )
    meet(account, TODAY, [alone], olga)
    meet(account, TODAY, [both], olga, ed)
    meet(account, TODAY - 366 * DAY, [old], olga)
    meet(account, TODAY, [elsewhere], olga)
    meet(account, TODAY - 365 * DAY, [elsewhere], ed)
    meet(account, TODAY, [gone], olga)
    meet(account, TODAY, [gone], vera)
    vera.is_active = False
    vera.save()
    meet(account, TODAY, [left], olga)
    Contact.objects.filter(pk=left.pk).update(left_on=TODAY - DAY)

    assert names(find(olga).contacts) == ["Alone", "Gone"]
    assert names(find(ed).contacts) == []


def test_accounts_steps_flags_groups_and_posts(account, cast):
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    covered = Account.objects.create(code="B", name="Bolt", owner=olga)
    linkage.form_group("East", [olga, ed], by=cast["dora_director"])
    linkage.name_deputy(covered, ed, by=olga)
    Account.objects.create(code="L", name="Lost", owner=olga, status="lost")
    step = actions.plan_step(account, by=olga, what="Call", due=TODAY)
    actions.close_step(actions.plan_step(account, by=olga, what="Done", due=TODAY), by=olga)
    Flag.objects.create(account=account, kind="manual", reason="A rival")
    one, two = (
        JointGroup.objects.create(account=account, subject="rnd", name=name)
        for name in ("One", "Two")
    )
    one.ours.set([olga])
    two.ours.set([olga, ed])
    Post.objects.create(title="Manager East", holder=olga)

    found = find(olga)

    assert (names(found.led), found.leads) == (["Vorholm Cranes"], 2)
    assert found.steps.rows == [step]
    assert [row.reason for row in found.flags.rows] == ["A rival"]
    assert names(found.groups) == ["One"]
    assert [post.title for post in found.posts] == ["Manager East"]


def test_the_value_carried_and_its_share_for_who_sees_the_whole(account, far_account, cast):
    order(account, dt.date(2024, 6, 1), 300)
    order(far_account, dt.date(2024, 6, 1), 100)
    run = make_run(dt.date(2024, 6, 30))

    found = find(cast["olga_owner"], run)
    assert (found.value, found.share) == (300, 0.75)
    part = find(cast["olga_owner"], run, Account.objects.filter(pk=account.pk), whole=False)
    assert (part.value, part.share) == (300, None)
    assert find(cast["olga_owner"]).value is None


def test_who_carries_most_is_first_with_what_is_uncovered(account, far_account, cast):
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    Account.objects.filter(pk=far_account.pk).update(owner=ed)
    covered = Account.objects.create(code="B", name="Bolt", owner=olga)
    Account.objects.create(code="L", name="Lost", owner=olga, status="lost")
    linkage.form_group("East", [olga, ed], by=cast["dora_director"])
    linkage.name_deputy(covered, ed, by=olga)
    order(account, dt.date(2024, 6, 1), 100)
    order(covered, dt.date(2024, 6, 1), 50)
    order(far_account, dt.date(2024, 6, 1), 300)
    run = make_run(dt.date(2024, 6, 30))

    found = leaders(Account.objects.all(), run)

    assert found == [Leader(ed, 1, 1, 300), Leader(olga, 2, 1, 150)]
    assert [one.value for one in leaders(Account.objects.all(), None)] == [None, None]
    User.objects.filter(pk=ed.pk).update(is_active=False)  # gone already: the handover tells of him
    assert leaders(Account.objects.all(), run) == [Leader(olga, 2, 2, 150)]


def counts():
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()
            if model._meta.managed}  # fmt: skip


def test_page_and_command_show_it_and_write_nothing(account, cast, client, capsys):
    olga = cast["olga_owner"]
    wen = actions.add_contact(account, by=olga, name="Wen")
    meet(account, TODAY, [wen], olga)
    client.force_login(cast["dora_director"])
    before = counts()

    page = client.get(f"/teams/departure/{olga.pk}/").content.decode()
    call_command("departure", "olga_owner")
    told = capsys.readouterr().out

    assert counts() == before
    for text in (page, told):
        assert "Wen" in text
        assert "Vorholm Cranes" in text
    with pytest.raises(CommandError, match="no user nobody"):
        call_command("departure", "nobody")


def test_a_director_of_a_region_is_told_of_his_region_alone(account, far_account, cast, client):
    olga = cast["olga_owner"]
    Account.objects.filter(pk=far_account.pk).update(owner=olga)
    canary = Contact.objects.create(account=far_account, name="Canary Person")
    meet(far_account, TODAY, [canary], olga)
    order(far_account, dt.date(2024, 6, 1), 777_777_77)
    make_run(dt.date(2024, 6, 30))
    address = f"/teams/departure/{olga.pk}/"

    client.force_login(cast["dirk_director"])
    page = client.get(address).content.decode()
    assert "Vorholm" in page
    assert "Canary" not in page
    assert "%" not in page.split('id="carried-h"')[1].split("</section>")[0]
    client.force_login(cast["ada_admin"])
    assert "Vorholm" not in client.get(address).content.decode()


def test_the_number_of_queries_does_not_grow(account, cast):
    olga = cast["olga_owner"]

    def queries():
        with CaptureQueriesContext(connection) as captured:
            found = find(olga)
            found.contacts.rows  # noqa: B018
        return len(captured)

    few = queries()
    rows = Account.objects.bulk_create(
        Account(code=f"G{n}", name=f"G{n}", owner=olga) for n in range(40)
    )
    for row in rows:
        contact = Contact.objects.create(account=row, name="Ann")
        meet(row, TODAY, [contact], olga)
        actions.plan_step(row, by=olga, what="Call", due=TODAY)

    assert queries() == few
    assert few <= 12
