"""Linkage groups and deputies in the browser: before, during and after a period."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import actions as customer_actions
from customers.calendar import business_today
from customers.models import Account
from teams import linkage
from teams.models import Deputy, LinkageGroup

TODAY = business_today()
DAY = dt.timedelta(days=1)


@pytest.fixture
def group(cast):
    people = [cast["olga_owner"], cast["ed_editor"], cast["otto_outsider"]]
    return linkage.form_group("East machines", people, by=cast["dora_director"])


def text(answer):
    return " ".join(answer.content.decode().split())


PERIODS = [(-9, -1, False), (-9, 0, True), (0, 0, True), (0, 9, True), (1, 9, False)]


@pytest.mark.parametrize(("first", "last", "during"), PERIODS)
def test_a_substitute_reaches_page_and_api_during_the_period_alone(
    client, cast, account, group, first, last, during
):
    Deputy.objects.create(
        account=account,
        user=cast["otto_outsider"],
        group=group,
        since=TODAY + first * DAY,
        until=TODAY + last * DAY,
    )
    client.force_login(cast["otto_outsider"])
    found = 200 if during else 404

    for address in ("", "edit/", "people/", "stage-moves/", "contacts/new/", "deputies/"):
        assert client.get(f"/accounts/{account.pk}/{address}").status_code == found, address
    assert client.get(f"/api/v1/accounts/{account.pk}/").status_code == found
    assert ("Vorholm" in text(client.get("/accounts/"))) is during
    assert client.get("/api/v1/accounts/").json()["count"] == int(during)
    step = {"account": account.pk, "what": "Call", "due": TODAY.isoformat()}
    written = client.post("/api/v1/next-steps/", step, content_type="application/json")
    assert written.status_code == (201 if during else 404)
    # Never: name further deputies.
    sent = client.post(f"/accounts/{account.pk}/deputies/", {"user": cast["ed_editor"].pk})
    assert sent.status_code == (403 if during else 404)


def test_the_manager_names_a_deputy_and_ends_it(client, cast, account, group):
    client.force_login(cast["olga_owner"])
    page = f"/accounts/{account.pk}/deputies/"

    sent = client.post(page, {"user": cast["otto_outsider"].pk}, follow=True)

    assert "Otto covers Vorholm Cranes." in text(sent)
    deputy = Deputy.objects.get()
    assert (deputy.since, deputy.until) == (TODAY, None)
    ended = client.post(f"/deputies/{deputy.pk}/end/", follow=True)
    assert "covers Vorholm Cranes no longer" in text(ended)
    assert not Deputy.objects.not_over(TODAY).exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"user": "0"},
        {"user": "99999999999999999999999"},
        {"user": "\x00"},
        {"since": "0001-01-01"},
        {"until": "2020-01-01"},
        {"until": "never"},
        {},
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, cast, account, group, sent):
    client.force_login(cast["olga_owner"])
    who = {} if "user" in sent or not sent else {"user": cast["otto_outsider"].pk}

    answer = client.post(f"/accounts/{account.pk}/deputies/", {**who, **sent})

    assert answer.status_code == 422
    assert not Deputy.objects.exists()


def test_only_colleagues_of_the_group_are_offered(client, cast, account, group):
    client.force_login(cast["olga_owner"])

    page = client.get(f"/accounts/{account.pk}/deputies/")

    assert [person.name for person in page.context["colleagues"]] == ["Ed", "Otto"]
    stranger = {"user": cast["vera_viewer"].pk}
    assert client.post(f"/accounts/{account.pk}/deputies/", stranger).status_code == 422


def test_the_page_shows_who_has_not_met_what_he_covers(client, cast, account, group):
    director, otto = cast["dora_director"], cast["otto_outsider"]
    client.force_login(director)
    assert "No deputy" in text(client.get("/teams/linkage/"))

    linkage.name_deputy(account, otto, by=director)
    assert "Not met in 90 days" in text(client.get("/teams/linkage/"))
    customer_actions.log_contact(account, by=otto, kind="call")
    assert "Not met in 90 days" not in text(client.get("/teams/linkage/"))
    assert "Not met in 90 days" not in text(client.get(f"/teams/linkage/{group.pk}/"))

    otto.attended.update(date=TODAY - 91 * DAY)
    assert "Not met in 90 days" in text(client.get("/teams/linkage/"))
    otto.attended.update(date=TODAY - 90 * DAY)
    assert "Not met in 90 days" not in text(client.get("/teams/linkage/"))


def test_likeness_is_the_common_share_of_two_portfolios(cast, account, group):
    from teams.cover import groups

    Account.objects.filter(pk=account.pk).update(industry="Cranes", channel="direct")
    for code, owner, industry in [
        ("B", "olga_owner", "Steel"),
        ("C", "ed_editor", "Steel"),
        ("D", "ed_editor", "Steel"),
    ]:
        Account.objects.create(code=code, name=code, owner=cast[owner], industry=industry)

    [found] = groups(cast["dora_director"])

    alike = dict(found.alike)
    assert alike["Industry"] == 0.5  # half of Olga's are steel, all of Ed's
    assert alike["Tier"] == 1.0
    assert alike["Channel"] is None  # nothing is known of Ed's
    assert (found.accounts, found.covered, found.open) == (4, 0, 4)


def test_a_director_forms_a_group_takes_in_and_out(client, cast):
    client.force_login(cast["dirk_director"])
    people = [cast[name].pk for name in ("olga_owner", "ed_editor", "vera_viewer")]

    answer = client.post("/teams/linkage/", {"name": "East", "members": people})

    group = LinkageGroup.objects.get()
    assert (answer.status_code, group.members.count()) == (302, 3)
    page = f"/teams/linkage/{group.pk}/"
    client.post(f"{page}members/", {"user": cast["otto_outsider"].pk})
    assert group.members.count() == 4
    member = group.members.get(user=cast["ed_editor"])
    client.post(f"/linkage-members/{member.pk}/end/")
    assert group.members.count() == 3
    again = client.post("/teams/linkage/", {"name": "East", "members": [cast["ed_editor"].pk]})
    assert (again.status_code, "of that name" in text(again)) == (422, True)
    assert LinkageGroup.objects.count() == 1


def test_a_director_renames_a_group_and_of_two_windows_the_second_sees_both(client, cast, group):
    client.force_login(cast["dirk_director"])
    page = f"/teams/linkage/{group.pk}/name/"
    read = LinkageGroup.objects.get().version
    assert f'value="{read}"' in text(client.get(page))

    first = client.post(page, {"name": "West", "version": read})
    second = client.post(page, {"name": "North", "version": read})

    assert (first.status_code, second.status_code) == (302, 409)
    assert "West</td><td>North" in text(second)
    assert LinkageGroup.objects.get().name == "West"
    again = client.post(page, {"name": "North", "version": read + 1})
    assert again.status_code == 302
    assert LinkageGroup.objects.get().name == "North"


def test_a_name_that_is_taken_is_said_at_the_field(client, cast, group):
    linkage.form_group("West", [], by=cast["dora_director"])
    client.force_login(cast["dirk_director"])
    sent = {"name": "West", "version": LinkageGroup.objects.get(pk=group.pk).version}

    answer = client.post(f"/teams/linkage/{group.pk}/name/", sent)

    assert (answer.status_code, "of that name" in text(answer)) == (422, True)


def test_an_ended_group_is_in_the_list_no_more_and_its_page_says_so(client, cast, account, group):
    linkage.name_deputy(account, cast["ed_editor"], by=cast["olga_owner"])
    client.force_login(cast["dirk_director"])
    page = f"/teams/linkage/{group.pk}/"
    assert "End this group" in text(client.get(page))

    answer = client.post(f"{page}end/", follow=True)

    assert "East machines has ended" in text(answer)
    assert f'href="{page}"' not in text(answer)
    assert "This group has ended" in text(client.get(page))
    assert not Deputy.objects.not_over(TODAY).exists()
    again = client.post(f"{page}end/", follow=True)
    assert "nobody is in it any more" in text(again)


def test_the_number_of_queries_does_not_grow(client, cast, account, group):
    client.force_login(cast["dora_director"])

    def queries(path):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    paths = ["/teams/linkage/", f"/teams/linkage/{group.pk}/"]
    few = [queries(path) for path in paths]
    olga = cast["olga_owner"]
    Account.objects.bulk_create(
        Account(code=f"G{n}", name=f"G{n}", owner=olga, industry=f"I{n}") for n in range(60)
    )
    LinkageGroup.objects.bulk_create(LinkageGroup(name=f"Group {n}") for n in range(20))
    for row in Account.objects.filter(owner=olga)[:20]:
        linkage.name_deputy(row, cast["ed_editor"], by=olga)

    assert [queries(path) for path in paths] == few
    assert max(few) <= 20
