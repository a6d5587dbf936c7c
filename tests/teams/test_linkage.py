"""Linkage groups: who covers for whom, and what a deputy may do, for how long."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group

from customers.access import Change
from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account, Event, Region
from teams import actions, linkage
from teams.models import Deputy, LinkageGroup, LinkageMember, User

TODAY = business_today()
DAY = dt.timedelta(days=1)


@pytest.fixture
def director(cast):
    return cast["dora_director"]


@pytest.fixture
def group(cast, director):
    """Return the group of Olga, Ed and Otto."""
    people = [cast["olga_owner"], cast["ed_editor"], cast["otto_outsider"]]
    return linkage.form_group("East machines", people, by=director)


def manager(name):
    person = User.objects.create_user(name, email=f"{name}@example.com", name=name)
    person.groups.add(Group.objects.get(name="account manager"))
    return person


def sees(person, account):
    return Account.objects.visible_to(User.objects.get(pk=person.pk)).filter(pk=account.pk).exists()


def changes(person, account, change=Change.RELATIONSHIP):
    person = User.objects.get(pk=person.pk)
    return Account.objects.editable_by(person, change).filter(pk=account.pk).exists()


def test_a_standing_deputy_sees_and_changes_the_covered_account(cast, account, group, director):
    otto = cast["otto_outsider"]
    assert not sees(otto, account)

    linkage.name_deputy(account, otto, by=director)

    assert sees(otto, account)
    assert changes(otto, account)
    assert changes(otto, account, Change.FACTS)
    named = Event.objects.get(kind="deputy.named")
    assert (named.account, named.changes["user"]) == (account, [None, otto.pk])


@pytest.mark.parametrize(
    ("first", "last", "open_now"),
    [(-3, -1, False), (-3, 0, True), (0, 0, True), (0, 3, True), (1, 3, False), (-9, None, True)],
)
def test_access_lasts_from_the_first_day_to_the_last(cast, account, group, first, last, open_now):
    Deputy.objects.create(
        account=account,
        user=cast["otto_outsider"],
        group=group,
        since=TODAY + first * DAY,
        until=None if last is None else TODAY + last * DAY,
    )

    assert sees(cast["otto_outsider"], account) is open_now
    assert changes(cast["otto_outsider"], account) is open_now


def test_a_deputy_without_the_role_of_a_manager_sees_nothing(cast, account, group, director):
    linkage.name_deputy(account, cast["otto_outsider"], by=director)
    cast["otto_outsider"].groups.clear()

    assert not sees(cast["otto_outsider"], account)


@pytest.mark.parametrize(
    ("who", "said"), [("vera_viewer", "not in the linkage group"), ("olga_owner", "somebody else")]
)
def test_only_another_member_of_the_managers_group_is_a_deputy(
    cast, account, group, director, who, said
):
    with pytest.raises(Refused, match=said):
        linkage.name_deputy(account, cast[who], by=director)

    assert not Deputy.objects.exists()


def test_a_member_of_another_group_is_no_deputy(cast, account, group, director):
    other = linkage.form_group("West", [cast["vera_viewer"]], by=director)
    assert other.members.count() == 1

    with pytest.raises(Refused, match="not in the linkage group"):
        linkage.name_deputy(account, cast["vera_viewer"], by=director)


def test_an_account_without_a_manager_has_nobody_to_cover_for(cast, far_account, group, director):
    with pytest.raises(Refused, match="no account manager"):
        linkage.name_deputy(far_account, cast["otto_outsider"], by=director)


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [(-1, None, "past"), (2, 1, "before the first"), (0, None, None), (1, 5, None)],
)
def test_a_period_begins_today_or_later_and_ends_after(
    cast, account, group, director, since, until, said
):
    period = {"since": TODAY + since * DAY, "until": until and TODAY + until * DAY}
    if said:
        with pytest.raises(Refused, match=said):
            linkage.name_deputy(account, cast["otto_outsider"], by=director, **period)
    else:
        deputy = linkage.name_deputy(account, cast["otto_outsider"], by=director, **period)
        assert (deputy.since, deputy.until) == (period["since"], period["until"])


def test_periods_of_one_person_do_not_overlap(cast, account, group, director):
    otto = cast["otto_outsider"]
    linkage.name_deputy(account, otto, by=director, since=TODAY + 3 * DAY, until=TODAY + 5 * DAY)

    with pytest.raises(Refused, match="already"):
        linkage.name_deputy(account, otto, by=director, since=TODAY + 5 * DAY)
    with pytest.raises(Refused, match="already"):
        linkage.name_deputy(account, otto, by=director, until=TODAY + 3 * DAY)
    linkage.name_deputy(account, otto, by=director, until=TODAY + 2 * DAY)
    linkage.name_deputy(account, otto, by=director, since=TODAY + 6 * DAY)

    assert Deputy.objects.count() == 3


def test_who_leaves_the_group_covers_nothing_and_is_not_covered(
    cast, account, far_account, group, director
):
    otto, olga = cast["otto_outsider"], cast["olga_owner"]
    actions.set_owner(far_account, to=otto, by=director)
    linkage.name_deputy(account, otto, by=director)
    linkage.name_deputy(account, cast["ed_editor"], by=director)
    linkage.name_deputy(far_account, olga, by=director)
    Deputy.objects.update(since=TODAY - 30 * DAY)

    linkage.leave_group(LinkageMember.objects.get(user=otto), by=director)

    assert [row.user for row in Deputy.objects.not_over(TODAY)] == [cast["ed_editor"]]
    assert not sees(otto, account)
    assert not sees(olga, far_account)
    assert Event.objects.filter(kind="deputy.ended").count() == 2
    with pytest.raises(Refused, match="not in the linkage group"):
        linkage.name_deputy(account, otto, by=director)


def test_who_leaves_the_company_covers_nothing_but_stays_covered(
    cast, account, far_account, group, director
):
    otto, olga = cast["otto_outsider"], cast["olga_owner"]
    actions.set_owner(far_account, to=otto, by=director)
    linkage.name_deputy(account, otto, by=director)
    linkage.name_deputy(far_account, olga, by=director)

    linkage.leave_company(otto, by=director)

    assert list(Deputy.objects.not_over(TODAY).values_list("account", "user")) == [
        (far_account.pk, olga.pk)
    ]
    assert not LinkageMember.objects.filter(user=otto, until=None).exists()


def test_the_administrator_who_makes_a_person_inactive_ends_his_deputyships(
    cast, account, group, director, client
):
    otto = cast["otto_outsider"]
    linkage.name_deputy(account, otto, by=director)
    client.force_login(cast["ada_admin"])
    page = client.get(f"/admin/teams/user/{otto.pk}/change/")
    form = page.context["adminform"].form
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {name: value for name, value in sent.items() if value not in (None, False)}
    sent["groups"] = [group.pk for group in otto.groups.all()]
    sent.pop("is_active")

    answer = client.post(f"/admin/teams/user/{otto.pk}/change/", sent)

    assert answer.status_code == 302, answer.context["errors"]
    otto.refresh_from_db()
    assert not otto.is_active
    assert not Deputy.objects.not_over(TODAY).exists()


def test_a_new_manager_keeps_the_deputies_of_his_group_but_not_himself(
    cast, account, group, director
):
    for name in ("ed_editor", "otto_outsider"):
        linkage.name_deputy(account, cast[name], by=director)

    actions.set_owner(account, to=cast["ed_editor"], by=director)

    kept = Deputy.objects.not_over(TODAY)
    assert [row.user for row in kept] == [cast["otto_outsider"]]


def test_a_new_manager_of_another_group_ends_the_deputies_in_bulk_too(
    cast, account, group, director
):
    linkage.name_deputy(account, cast["ed_editor"], by=director)
    account.refresh_from_db()

    actions.set_owners({account.pk: (account.version, cast["vera_viewer"])}, by=director)

    assert not Deputy.objects.not_over(TODAY).exists()


def test_an_account_that_loses_its_manager_keeps_its_deputies(cast, account, group, director):
    linkage.name_deputy(account, cast["ed_editor"], by=director)

    actions.set_owners({account.pk: (account.version, None)}, by=director)

    assert Deputy.objects.not_over(TODAY).count() == 1


def test_a_group_has_four_managers_at_most_and_nobody_is_in_two(cast, group, director):
    linkage.join_group(group, cast["vera_viewer"], by=director)

    with pytest.raises(Refused, match="four managers already"):
        linkage.join_group(group, manager("fifth"), by=director)
    with pytest.raises(Refused, match="in a linkage group already"):
        linkage.form_group("Second", [cast["olga_owner"]], by=director)
    with pytest.raises(Refused, match="of that name"):
        linkage.form_group("East machines", [], by=director)
    assert LinkageGroup.objects.count() == 1


@pytest.mark.parametrize("who", ["rita_reader", "dora_director"])
def test_only_account_managers_are_members(cast, group, director, who):
    with pytest.raises(Refused, match="no account manager"):
        linkage.join_group(group, cast[who], by=director)


def test_ending_a_deputy_takes_the_access_at_once(cast, account, group, director):
    otto = cast["otto_outsider"]
    deputy = linkage.name_deputy(account, otto, by=director)
    Deputy.objects.update(since=TODAY - 3 * DAY)

    linkage.end_deputy(deputy, by=director)

    assert not sees(otto, account)
    with pytest.raises(Refused, match="no longer"):
        linkage.end_deputy(deputy, by=director)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("olga_owner", True),
        ("ed_editor", False),
        ("otto_outsider", False),  # the deputy himself
        ("dirk_director", True),
        ("dora_director", True),
        ("rita_reader", False),
        ("stan_steward", False),
        ("ada_admin", False),
    ],
)
def test_the_manager_and_the_directors_above_name_deputies(
    cast, account, group, director, who, may
):
    from customers.access import appointed_by

    linkage.name_deputy(account, cast["otto_outsider"], by=director)
    person = User.objects.get(pk=cast[who].pk)

    assert Account.objects.filter(appointed_by(person), pk=account.pk).exists() is may


def test_a_director_of_another_region_sees_no_covered_account(cast, far_account, group, director):
    actions.set_owner(far_account, to=cast["olga_owner"], by=director)
    linkage.name_deputy(far_account, cast["otto_outsider"], by=director)

    assert Region.objects.get(name="West") == far_account.region
    assert not sees(cast["dirk_director"], far_account)


@pytest.mark.django_db(transaction=True)
def test_a_deputy_is_not_named_beside_his_leaving_the_group(cast, account, group, director):
    from tests.concurrently import at_once

    otto = cast["otto_outsider"]

    def leave():
        linkage.leave_group(LinkageMember.objects.get(user=otto), by=director)

    for _round in range(5):
        named, left = at_once(lambda: linkage.name_deputy(account, otto, by=director), leave)
        assert left is None
        assert isinstance(named, Deputy | Refused), named
        assert not Deputy.objects.not_over(TODAY).exists()
        linkage.join_group(group, otto, by=director)


@pytest.mark.django_db(transaction=True)
def test_the_deputy_is_not_named_beside_his_becoming_the_manager(cast, account, group, director):
    from tests.concurrently import at_once

    otto, olga = cast["otto_outsider"], cast["olga_owner"]
    for _round in range(5):
        named, _made = at_once(
            lambda: linkage.name_deputy(account, otto, by=director),
            lambda: actions.set_owner(Account.objects.get(pk=account.pk), to=otto, by=director),
        )
        assert isinstance(named, Deputy | Refused), named
        assert not Deputy.objects.not_over(TODAY).exists()
        actions.set_owner(Account.objects.get(pk=account.pk), to=olga, by=director)
