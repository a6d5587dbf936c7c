"""Account teams: one leader at any moment, nobody twice on one day, what is missing is said."""

import datetime as dt

import pytest
from django.test import Client

from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account, Event
from teams import coverage
from teams.actions import change_member, join, leave, set_owner
from teams.models import TeamMember, User
from tests.concurrently import at_once
from tests.forms import fields

TODAY = business_today()


def days(number):
    return business_today() + dt.timedelta(days=number)


def take(account, person, cast, **values):
    values = {"role": "editor", "layer": "support", **values}
    return join(account, person, by=cast["olga_owner"], **values)


def open_leads(account):
    return list(account.team.filter(role="lead", until=None).values_list("user", flat=True))


# (the place that is there, the place that is wanted): last days are in, so that they meet or not.
@pytest.mark.parametrize(
    ("there", "wanted", "taken"),
    [
        ((-10, 10), (11, None), True),
        ((-10, 10), (10, None), False),
        ((-10, 10), (-30, -11), True),
        ((-10, 10), (-30, -10), False),
        ((-10, 10), (0, 5), False),
        ((-10, 10), (-20, 20), False),
        ((5, None), (0, 4), True),
        ((5, None), (0, 5), False),
        ((5, None), (0, None), False),
    ],
)
def test_a_person_is_never_twice_in_a_team_on_one_day(account, cast, there, wanted, taken):
    otto = cast["otto_outsider"]
    day = [None if number is None else days(number) for number in (*there, *wanted)]
    take(account, otto, cast, since=day[0], until=day[1])

    if taken:
        take(account, otto, cast, since=day[2], until=day[3])
    else:
        with pytest.raises(Refused, match="in this team already"):
            take(account, otto, cast, since=day[2], until=day[3])

    assert account.team.filter(user=otto).count() == 1 + taken


def test_a_place_cannot_be_moved_onto_another(account, cast):
    otto = cast["otto_outsider"]
    take(account, otto, cast, since=days(-10), until=days(0))
    later = take(account, otto, cast, since=days(5))

    with pytest.raises(Refused, match="in this team already"):
        change_member(later, by=otto, version=1, since=days(0))
    with pytest.raises(Refused, match="before the first"):
        change_member(later, by=otto, version=1, until=days(4))

    assert change_member(later, by=otto, version=1, since=days(1)) == ["since"]


def test_the_leader_stays_until_a_successor_is_named(account, cast):
    olga, lead = cast["olga_owner"], account.team.get(role="lead")

    for wrong in (
        lambda: leave(lead, by=olga),
        lambda: change_member(lead, by=olga, version=1, until=days(3)),
        lambda: change_member(lead, by=olga, version=1, role="viewer"),
        lambda: set_owner(account, to=None, by=olga),
    ):
        with pytest.raises(Refused):
            wrong()

    assert open_leads(account) == [olga.pk]
    assert change_member(lead, by=olga, version=1, share=60) == ["share"]


def test_nobody_joins_as_leader_or_becomes_one_by_an_edit(account, cast):
    ed = account.team.get(user=cast["ed_editor"])

    with pytest.raises(Refused, match="account manager instead"):
        take(account, cast["otto_outsider"], cast, role="lead")
    with pytest.raises(Refused, match="account manager instead"):
        change_member(ed, by=cast["olga_owner"], version=1, role="lead")

    assert open_leads(account) == [cast["olga_owner"].pk]


def test_a_new_leader_keeps_no_other_place(account, cast):
    ed = cast["ed_editor"]
    change_member(account.team.get(user=ed), by=ed, version=1, until=days(20))
    take(account, ed, cast, since=days(30))

    set_owner(account, to=ed, by=cast["dora_director"])

    assert account.team.exclude(until__lt=business_today()).get(user=ed).role == "lead"
    assert open_leads(account) == [ed.pk]


def test_what_has_ended_is_history(account, cast):
    otto = cast["otto_outsider"]
    gone = take(account, otto, cast, since=days(-10), until=days(-1))

    with pytest.raises(Refused, match="left this team"):
        change_member(gone, by=otto, version=1, share=10)
    with pytest.raises(Refused, match="left this team"):
        leave(gone, by=otto)


def test_a_place_that_was_to_end_later_ends_now(account, cast):
    member = take(account, cast["otto_outsider"], cast, since=days(-10), until=days(50))

    leave(member, by=cast["olga_owner"])

    member.refresh_from_db()
    assert member.until == days(-1)
    with pytest.raises(Refused):
        leave(member, by=cast["olga_owner"])


def test_who_comes_later_sees_nothing_before(client, account, cast):
    take(account, cast["otto_outsider"], cast, since=days(3))
    client.force_login(cast["otto_outsider"])

    assert client.get(f"/accounts/{account.pk}/").status_code == 404


@pytest.mark.parametrize(("last", "seen"), [(-1, 404), (0, 200), (1, 200)])
def test_who_left_sees_and_changes_nothing_after_the_last_day(client, account, cast, last, seen):
    otto = cast["otto_outsider"]
    TeamMember.objects.create(
        account=account, user=otto, role="editor", since=days(-10), until=days(last)
    )
    client.force_login(otto)

    assert client.get(f"/accounts/{account.pk}/").status_code == seen
    assert Account.objects.editable_by(otto).exists() is (seen == 200)


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_at_once_one_wins_and_the_other_sees_both(account, cast):
    """Over the form, as two people send it who read the same page."""
    dora = cast["dora_director"]
    for turn, names in enumerate([("ed_editor", "vera_viewer"), ("otto_outsider", "olga_owner")]):
        version = Account.objects.get(pk=account.pk).version
        clients = []
        for name in names:
            client = Client()
            client.force_login(dora)
            clients.append((client, cast[name]))

        def send(client, person, version=version):
            sent = {"owner": person.pk, "version": version}
            return client.post(f"/accounts/{account.pk}/leader/", sent)

        answers = at_once(*[lambda pair=pair: send(*pair) for pair in clients])

        assert sorted(answer.status_code for answer in answers) == [302, 409], turn
        won = next(p for a, (_c, p) in zip(answers, clients, strict=True) if a.status_code == 302)
        lost = next(p for a, (_c, p) in zip(answers, clients, strict=True) if a.status_code == 409)
        refusal = next(a for a in answers if a.status_code == 409)
        (both,) = refusal.context["form"].conflict
        assert (both.theirs, both.yours) == (won.name, lost.name)
        assert open_leads(account) == [won.pk]
        assert Account.objects.get(pk=account.pk).owner == won


@pytest.mark.django_db(transaction=True)
def test_a_person_taken_in_twice_at_once_is_in_once(account, cast):
    otto = cast["otto_outsider"]
    for turn in range(5):
        start = days(10 * turn)
        outcomes = at_once(
            lambda start=start: take(account, otto, cast, since=start, until=start),
            lambda start=start: take(
                account, otto, cast, since=start, until=start + dt.timedelta(days=3)
            ),
        )

        assert sorted(type(o).__name__ for o in outcomes) == ["Refused", "TeamMember"], outcomes
        assert account.team.filter(user=otto).count() == turn + 1


def test_gaps_and_ends_are_found():
    needed = ["rnd", "commercial", "finance"]

    assert coverage.gaps(needed, {"commercial", "it"}) == ["rnd", "finance"]
    assert coverage.gaps(needed, set(needed)) == []
    assert [coverage.is_expiring(days(n), TODAY) for n in (-1, 0, 30, 31)] == [0, 1, 1, 0]
    assert not coverage.is_expiring(None, TODAY)
    assert coverage.is_overloaded([60, None, 41])
    assert not coverage.is_overloaded([60, 40])


def test_the_page_shows_layers_gaps_and_who_comes_and_goes(client, account, cast):
    olga = cast["olga_owner"]
    User.objects.filter(pk=olga.pk).update(function="commercial")
    take(account, cast["otto_outsider"], cast, since=days(3), function="finance")
    take(account, cast["rita_reader"], cast, until=days(20), function="rnd", share=15)
    client.force_login(olga)

    answer = client.get(f"/accounts/{account.pk}/team/")

    panel, text = answer.context["team"], answer.content.decode()
    assert [place.member.user.name for place in panel.coming] == ["Otto"]
    assert [place.member.user.name for place in panel.expiring] == ["Rita"]
    assert panel.gaps == ["Finance", "Marketing", "After-sales service"]
    assert "15%" in text
    assert [line.label for line in panel.lines if line.missing] == sorted(panel.gaps, key=[
        "Marketing", "Finance", "After-sales service"].index)  # fmt: skip


def test_who_has_left_us_fills_no_gap(client, account, cast):
    take(account, cast["rita_reader"], cast, until=days(20), function="rnd")
    take(account, cast["otto_outsider"], cast, function="finance")
    User.objects.filter(pk=cast["rita_reader"].pk).update(is_active=False)
    client.force_login(cast["olga_owner"])

    team = client.get(f"/accounts/{account.pk}/team/").context["team"]
    roster = client.get(f"/accounts/{account.pk}/").context["roster"]

    for panel in (team, roster):
        assert "R&D" in panel.gaps
        assert "Finance" not in panel.gaps
    assert [line.missing for line in team.lines if line.label == "R&D"] == [True]


def test_a_person_is_added_changed_and_ended_by_forms(client, account, cast):
    client.force_login(cast["olga_owner"])
    otto = cast["otto_outsider"]
    sent = {
        "user": otto.pk,
        "function": "finance",
        "layer": "support",
        "role": "viewer",
        "since": days(0),
    }

    assert client.post(f"/accounts/{account.pk}/members/", sent).status_code == 302
    member = account.team.get(user=otto)
    again = client.post(f"/accounts/{account.pk}/members/", sent)
    assert again.status_code == 422
    assert "in this team already" in again.content.decode()

    form = fields(client.get(f"/members/{member.pk}/"))
    first = client.post(f"/members/{member.pk}/", form | {"share": "40"})
    second = client.post(f"/members/{member.pk}/", form | {"share": "70"})
    assert (first.status_code, second.status_code) == (302, 409)
    (both,) = second.context["form"].conflict
    assert (both.yours, both.theirs) == ("70", "40")

    assert client.post(f"/members/{member.pk}/end/").status_code == 302
    assert not TeamMember.objects.filter(user=otto).exists()  # joined and left on one day
    kinds = list(
        Event.objects.filter(account=account).order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == ["member.joined", "member.changed", "member.left"]
    history = client.get(f"/accounts/{account.pk}/history/").content.decode()
    assert "Place in the account team changed" in history


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": "9" * 30},
        {"user": "\0"},
        {"since": "tomorrow\0"},
        {"share": "101"},
        {"share": "9" * 40},
        {"role": "lead"},
        {"layer": "attic"},
        {"function": "\0"},
    ],
)
def test_nonsense_is_told_at_its_field(client, account, cast, wrong):
    client.force_login(cast["olga_owner"])
    right = {"user": cast["otto_outsider"].pk, "layer": "core", "role": "editor", "since": days(0)}

    answer = client.post(f"/accounts/{account.pk}/members/", right | wrong)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(wrong)
    assert account.team.count() == 3
