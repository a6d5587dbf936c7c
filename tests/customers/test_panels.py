"""The ground floor's panels: value, people, history, steps, complaints."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.translation import override

from customers import actions, panels
from customers.calendar import business_today, months_before
from customers.models import Account, Complaint, OrderLine
from customers.trade import Day, Trade

TODAY = business_today()


def value_panel(account, *values):
    days = [
        Day(months_before(TODAY.replace(day=1), n), value, value)
        for n, value in enumerate(values, start=1)
    ]
    return panels.value(account, Trade(TODAY, days), currency="CNY", measure="revenue")


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([205_000_000], [0, 600_000, 1_200_000, 1_800_000, 2_400_000]),
        ([100], [0, 0.25, 0.5, 0.75, 1]),
        ([-40_000, 80_000], [-600, -300, 0, 300, 600, 900]),
        ([1], [0, 0.1]),
    ],
)
def test_the_axis_has_a_few_round_steps_around_all_values(account, values, ticks):
    scale = value_panel(account, *values).chart["ticks"]

    assert [tick["at"] for tick in scale] == pytest.approx(ticks)


def test_without_orders_there_is_nothing_to_draw(account):
    assert value_panel(account).empty
    assert not value_panel(account, 5).empty


def test_the_running_month_is_named_up_to_its_day(account):
    middle = dt.date(2026, 9, 14)
    panel = panels.value(account, Trade(middle, []), currency="CNY", measure="margin")

    assert [row["name"] for row in panel.rows][-2:] == [
        "August 2026",
        "September 2026, until 14 Sep"
        if TODAY.year == 2026
        else "September 2026, until 14 Sep 2026",
    ]


def test_people_stand_last_met_first_and_those_who_left_apart(account, cast):
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    never = actions.add_contact(account, by=olga, name="Never Met")
    old = actions.add_contact(account, by=olga, name="Old Friend")
    new = actions.add_contact(account, by=olga, name="New Friend")
    gone = actions.add_contact(account, by=olga, name="Gone", left_on=TODAY)
    leaving = actions.add_contact(
        account, by=olga, name="Leaving", left_on=TODAY + dt.timedelta(days=9)
    )
    for person, days in ((old, 500), (new, 3)):
        at = timezone.now() - dt.timedelta(days=days)
        actions.log_contact(account, by=olga, kind="call", at=at, theirs=[person], ours=[olga, ed])

    panel = panels.contacts(account, olga)

    assert [row.contact for row in panel.rows][:2] == [new, old]
    assert {row.contact for row in panel.rows} == {new, old, never, leaving}
    assert [row.contact for row in panel.left] == [gone]
    # Who met somebody longer ago than a year no longer knows the person.
    assert [person.name for person in panel.rows[0].known_by] == ["Ed", "Olga"]
    assert panel.rows[1].known_by == []


def test_who_may_change_nothing_is_offered_nothing(account, cast):
    for name, may in (("olga_owner", True), ("vera_viewer", False), ("rita_reader", False)):
        viewer = cast[name]
        assert panels.contacts(account, viewer).may_change is may
        assert panels.next_steps(account, viewer).may_change is may
        assert (panels.next_steps(account, viewer).form is not None) is may
        assert panels.complaints(account, viewer).may_change is may


def test_permissions_read_with_the_account_are_those_asked_for_later(account, cast, far_account):
    for viewer in cast.values():
        for one in Account.objects.with_permissions(viewer):
            plain = Account.objects.get(pk=one.pk)
            for change in ("facts", "relationship"):
                known = one.may_be_changed_by(viewer, change)
                assert known is plain.may_be_changed_by(viewer, change), (viewer, one, change)


def test_open_steps_stand_soonest_first(account, cast):
    olga = cast["olga_owner"]
    late = actions.plan_step(account, by=olga, what="Late", due=TODAY - dt.timedelta(days=3))
    soon = actions.plan_step(account, by=olga, what="Soon", due=TODAY + dt.timedelta(days=3))
    actions.close_step(actions.plan_step(account, by=olga, what="Done", due=TODAY), by=olga)

    assert panels.next_steps(account, olga).steps == [late, soon]


def test_open_complaints_come_before_resolved_ones_however_old(account, cast):
    for n in range(8):
        Complaint.objects.create(
            account=account,
            category="delivery",
            severity=1,
            opened_on=TODAY - dt.timedelta(days=n),
            resolved_on=TODAY,
            text=f"{n}",
        )
    old = Complaint.objects.create(
        account=account,
        category="quality",
        severity=3,
        opened_on=TODAY - dt.timedelta(days=900),
        text="Still open.",
    )

    panel = panels.complaints(account, cast["olga_owner"])

    assert panel.open == [old]
    assert len(panel.resolved) == panels.COMPLAINTS


def history(account, viewer, **kwargs):
    return panels.timeline(account, viewer, currency="CNY", measure="revenue", **kwargs).page


@pytest.mark.parametrize(("every", "number"), [(15, 120), (1, 1500)])
def test_orders_stand_by_month_and_every_order_once(account, cast, every, number):
    OrderLine.objects.bulk_create(
        OrderLine(
            source="test",
            order_id=f"{n}",
            line_id="1",
            account=account,
            date=TODAY - dt.timedelta(days=every * n),
            currency="CNY",
            revenue_minor=100,
            revenue=100,
        )
        for n in range(number)
    )

    entries, before, pages = [], None, 0
    while pages == 0 or before:
        page = history(account, cast["olga_owner"], before=before)
        entries += page.entries
        before, pages = page.older, pages + 1

    firsts = [entry.row.first for entry in entries]
    assert firsts == sorted(set(firsts), reverse=True)
    assert sum(entry.row.orders for entry in entries) == number
    assert sum(entry.row.value for entry in entries) == 100 * number


def test_what_happened_on_one_day_is_neither_lost_nor_told_twice(account, cast):
    """A page ends at a moment, and many complaints have only a day."""
    for n in range(50):
        Complaint.objects.create(
            account=account,
            category="delivery",
            severity=1,
            opened_on=TODAY - dt.timedelta(days=n // 25),
            text=f"{n}",
        )

    seen, before = [], None
    while not seen or before:
        page = history(account, cast["olga_owner"], before=before)
        seen += [entry.row.pk for entry in page.entries]
        before = page.older

    assert len(seen) == len(set(seen)) == 50


def test_may_is_a_month_in_chinese_too(account):
    may = dt.date(2026, 5, 31)
    with override("zh-hans"):
        panel = panels.value(account, Trade(may, []), currency="CNY", measure="margin")
        labels = panel.chart["labels"]

    assert labels[-1].split() == ["5", "月"]
