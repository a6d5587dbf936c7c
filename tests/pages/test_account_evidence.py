"""Behind each point of the evidence stand exactly the entries that it counts."""

import datetime as dt

import pytest

from customers.models import Contact, Interaction, PurchasePotential
from customers.removals import remove_interaction
from lifecycle import evidence
from lifecycle.behind import behind
from lifecycle.facts import of_one
from lifecycle.models import OpenBook, StageGate
from teams.models import JointGroup, JointMeeting
from tests.nights import make_run, order

D = dt.date(2026, 6, 30)


def ago(days):
    return D - dt.timedelta(days=days)


def meet(account, day, ours, theirs, kind="meeting"):
    at = dt.datetime.combine(day, dt.time(4), dt.UTC)
    entry = Interaction.objects.create(account=account, kind=kind, at=at, date=day, author=ours[0])
    entry.ours.add(*ours)
    entry.theirs.add(*theirs)
    return entry


@pytest.fixture
def entries(account, cast):
    """Write contacts in and out of each gate; return them by a name."""
    StageGate.objects.filter(least=0).update(least=1)
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    olga.function, ed.function = "commercial", "rnd"
    olga.save(), ed.save()
    boss, clerk, nobody = (
        Contact.objects.create(account=account, name=name, function=function, level=level)
        for name, function, level in (
            ("Wen", "board", "executive"),
            ("Xu", "finance", "staff"),
            ("Yan", "", ""),
        )
    )
    return {
        "alone": meet(account, ago(1), [olga], [clerk]),
        "call": meet(account, ago(2), [olga, ed], [boss], kind="call"),
        "both": meet(account, ago(179), [olga, ed], [boss, clerk]),
        "late": meet(account, ago(180), [ed], [boss, clerk]),
        "mail": meet(account, ago(3), [ed], [boss], kind="email"),
        "unknown": meet(account, ago(4), [ed], [nobody]),
        "future": meet(account, D + dt.timedelta(days=1), [ed], [boss]),
    }


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("functions", {"alone", "call", "both"}),
        ("levels", {"alone", "call", "both"}),
        ("pairs", {"call", "both"}),
        ("director", {"call", "both"}),
        ("top", {"both", "late"}),  # 365 days; a call is no meeting
    ],
)
def test_the_entries_are_those_that_the_figure_counts(kind, names, account, entries):
    gate = StageGate.objects.filter(kind=kind, days__in=(180, 365))[0]

    found = behind(account, gate, D)

    assert set(found.contacts) == {entries[name] for name in names}
    assert len(found.rows) == evidence.have(gate, of_one(account.pk, D), D) > 0


def test_every_gate_shows_what_it_counts(account, cast, entries, client):
    order(account, ago(30), 300_00, order_id="O-30")
    order(account, ago(20), -20_00, order_id="R-20")
    order(account, ago(10), None, order_id="X-10", currency="USD", revenue_minor=5_00)
    PurchasePotential.objects.create(
        account=account, date=ago(90), currency="CNY", amount_minor=1_000_00, amount=1_000_00
    )
    group = JointGroup.objects.create(account=account, subject="rnd", name="Gears", since=ago(300))
    JointMeeting.objects.create(group=group, account=account, date=ago(50))
    JointMeeting.objects.create(group=group, account=account, date=ago(90))
    OpenBook.objects.create(account=account, since=ago(60))
    make_run(D)
    facts = of_one(account.pk, D)
    client.force_login(cast["olga_owner"])

    panel = client.get(account.get_absolute_url()).text
    for gate in StageGate.objects.filter(least__gt=0):
        url = f"/accounts/{account.pk}/evidence/?gate={gate.pk}"
        answer = client.get(url)
        found = answer.context["found"]
        assert found.have == evidence.have(gate, facts, D), gate
        assert not answer.context["differs"], gate
        assert gate.stage not in ("early",) or url in panel
    text = client.get(f"/accounts/{account.pk}/evidence/?gate={gates('share').pk}").text
    assert "Order lines without an exchange rate, left out" in text
    text = client.get(f"/accounts/{account.pk}/evidence/?gate={gates('trade').pk}").text
    assert ("O-30" in text, "X-10" in text, "R-20" in text) == (True, True, False)


def gates(kind):
    return StageGate.objects.filter(kind=kind, least__gt=0)[0]


def test_an_entry_that_was_deleted_since_is_said(account, cast, entries, client):
    order(account, ago(400), 1_00)
    make_run(D)
    remove_interaction(entries["alone"], by=cast["olga_owner"])
    remove_interaction(entries["both"], by=cast["olga_owner"])
    client.force_login(cast["olga_owner"])
    gate = StageGate.objects.get(stage="mid", kind="levels")

    answer = client.get(f"/accounts/{account.pk}/evidence/?gate={gate.pk}")

    assert [row.name for row in answer.context["found"].rows] == ["Executive level"]
    assert "found: 2. Since then" in answer.content.decode()


@pytest.mark.parametrize("query", ["", "?gate=0", "?gate=x", "?gate=" + "9" * 30, "?gate="])
def test_a_gate_that_is_none_is_not_found(query, account, cast, client):
    client.force_login(cast["olga_owner"])
    assert client.get(f"/accounts/{account.pk}/evidence/{query}").status_code == 404


def test_the_queries_do_not_grow(account, cast, entries, client, django_assert_max_num_queries):
    order(account, ago(400), 1_00)
    make_run(D)
    client.force_login(cast["olga_owner"])
    for number in range(60):
        meet(account, ago(5 + number), [cast["ed_editor"]], entries["both"].theirs.all())
    for kind in ("pairs", "trade", "share", "groups"):
        url = f"/accounts/{account.pk}/evidence/?as_of=2026-06-30&gate={gates(kind).pk}"
        client.get(url)
        with django_assert_max_num_queries(15):
            assert client.get(url).status_code == 200
