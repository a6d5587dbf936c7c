"""The organisation: a tree without circles, who held what when, and who may change it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.access import sees_all
from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Event, Region
from teams.actions import abolish_post, add_post, change_post
from teams.models import Post, PostHolding, User
from teams.organisation import organisation
from tests.concurrently import at_once
from tests.forms import fields


def days(number):
    return business_today() + dt.timedelta(days=number)


def ago(post, number):
    """Let a post and who holds it have begun some days ago."""
    Post.objects.filter(pk=post.pk).update(since=days(-number))
    PostHolding.objects.filter(post=post).update(since=days(-number))
    post.refresh_from_db()
    return post


@pytest.fixture
def east(cast):
    """Return Dirk's post; below it stands one that nobody holds."""
    return Post.objects.get(title="East")


@pytest.fixture
def below(cast, east):
    return add_post(
        by=cast["ada_admin"], title="Harbours", level="city", parent=east, region=east.region
    )


def of(day, viewer):
    return {n.post.title: n for n in organisation(viewer, day, today=business_today()).nodes}


def test_the_organisation_is_shown_as_of_any_day(cast, below):
    ada, ed, otto = cast["ada_admin"], cast["ed_editor"], cast["otto_outsider"]
    ago(below, 100)
    change_post(below, by=ada, version=1, holder=ed)
    ago(below, 50)
    Post.objects.filter(pk=below.pk).update(since=days(-100))
    change_post(below, by=ada, version=2, holder=otto)

    assert "Harbours" not in of(days(-101), ada)
    assert of(days(-51), ada)["Harbours"].holder is None
    assert of(days(-51), ada)["Harbours"].since == days(-100)
    assert of(days(-50), ada)["Harbours"].holder.name == "Ed"
    assert of(days(-1), ada)["Harbours"].holder.name == "Ed"
    assert of(days(0), ada)["Harbours"].holder.name == "Otto"

    change_post(below, by=ada, version=3, holder=None)
    now = of(days(0), ada)["Harbours"]
    assert (now.holder, now.since) == (None, days(0))  # Otto held it for no whole day

    abolish_post(below, by=ada)
    assert "Harbours" not in of(days(0), ada)
    assert of(days(-1), ada)["Harbours"].holder.name == "Ed"
    assert not of(days(-1), ada)["Harbours"].may_change  # the past is for reading
    with pytest.raises(Refused, match="abolished"):
        change_post(below, by=ada, version=None, title="Docks")


def test_a_post_added_by_mistake_goes_without_a_trace_in_the_tree(cast, below):
    abolish_post(below, by=cast["ada_admin"])

    assert not Post.objects.filter(title="Harbours").exists()
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        "post.added",
        "post.abolished",
    ]


def test_a_post_with_others_below_is_not_abolished(cast, east, below):
    with pytest.raises(Refused, match="Move it first"):
        abolish_post(east, by=cast["ada_admin"])


@pytest.mark.parametrize("under", ["East", "Harbours"])
def test_a_post_stands_neither_below_itself_nor_below_its_own(cast, east, below, under):
    with pytest.raises(Refused, match="itself or stands below it") as refused:
        change_post(east, by=cast["ada_admin"], version=1, parent=Post.objects.get(title=under))

    assert refused.value.field == "parent"
    east.refresh_from_db()
    assert (east.parent, east.version) == (None, 1)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_never_close_a_circle(cast):
    ada = cast["ada_admin"]
    for turn in range(5):
        left, right = (
            add_post(by=ada, title=f"{side}{turn}", level="city") for side in ("left", "right")
        )
        outcomes = at_once(
            lambda left=left, right=right: change_post(left, by=ada, version=1, parent=right),
            lambda left=left, right=right: change_post(right, by=ada, version=1, parent=left),
        )

        assert sorted(type(o).__name__ for o in outcomes) == ["Refused", "list"], outcomes
        parents = set(
            Post.objects.filter(pk__in=[left.pk, right.pk]).values_list("parent", flat=True)
        )
        assert parents in ({None, left.pk}, {None, right.pk})


@pytest.mark.django_db(transaction=True)
def test_a_post_filled_twice_at_once_has_one_holder(cast, below):
    names = ["ed_editor", "otto_outsider"]
    version = below.version
    outcomes = at_once(
        *[
            lambda name=name: change_post(
                Post.objects.get(pk=below.pk),
                by=cast["ada_admin"],
                version=version,
                holder=cast[name],
            )
            for name in names
        ]
    )

    assert sorted(type(o).__name__ for o in outcomes) == ["Refused", "list"], outcomes
    refusal = next(o for o in outcomes if isinstance(o, Refused))
    both = refusal.conflict["fields"]["holder"]
    assert {both["yours"], both["theirs"]} == {cast[name].pk for name in names}
    held = PostHolding.objects.get(post=below, until=None)
    assert held.user_id == Post.objects.get(pk=below.pk).holder_id == both["theirs"]


def test_nobody_gives_himself_a_post(client, cast, below):
    for name in ("ada_admin", "dirk_director"):
        client.force_login(cast[name])
        form = fields(client.get(f"/teams/posts/{below.pk}/"))
        answer = client.post(f"/teams/posts/{below.pk}/", form | {"holder": cast[name].pk})
        assert answer.status_code == 422
        assert "himself" in answer.context["form"].errors["holder"][0]
    assert not PostHolding.objects.filter(post=below).exists()


def test_a_director_gives_no_more_than_he_has(client, cast, east, below):
    west = Region.objects.create(name="West")
    top = Post.objects.get(title="Key account director")
    client.force_login(cast["dirk_director"])
    url, form = f"/teams/posts/{below.pk}/", fields(client.get(f"/teams/posts/{below.pk}/"))

    for wrong in ({"region": ""}, {"region": west.pk}, {"parent": ""}, {"parent": top.pk}):
        assert client.post(url, form | wrong).status_code == 422, wrong
    new = {"title": "All", "level": "national", "parent": east.pk, "region": ""}
    assert client.post("/teams/posts/new/", new).status_code == 422
    for other in (east, top):  # his own, and one above
        assert client.get(f"/teams/posts/{other.pk}/").status_code == 403
        assert client.post(f"/teams/posts/{other.pk}/end/").status_code == 403
    assert not sees_all(User.objects.get(pk=cast["dirk_director"].pk))

    Post.objects.filter(pk=below.pk).update(region=west)  # by an administrator
    assert client.post(url, {**form, "region": "", "initial-region": "", "holder":
                             cast["ed_editor"].pk}).status_code == 422  # fmt: skip
    Post.objects.filter(pk=below.pk).update(region=east.region)
    assert client.post(url, form | {"holder": cast["ed_editor"].pk}).status_code == 302
    assert PostHolding.objects.get(post=below).user == cast["ed_editor"]


def test_the_scope_follows_the_post_at_once(client, cast, account, far_account):
    dirk, ada = cast["dirk_director"], cast["ada_admin"]
    client.force_login(dirk)
    assert client.get(f"/accounts/{account.pk}/").status_code == 200

    east = Post.objects.get(title="East")
    change_post(east, by=ada, version=1, holder=None)

    assert client.get(f"/accounts/{account.pk}/").status_code == 404
    change_post(east, by=ada, version=2, holder=dirk, region=far_account.region)
    assert client.get(f"/accounts/{far_account.pk}/").status_code == 200


def test_of_two_who_edit_the_second_sees_both(client, cast, below):
    client.force_login(cast["ada_admin"])
    form = fields(client.get(f"/teams/posts/{below.pk}/"))

    first = client.post(f"/teams/posts/{below.pk}/", form | {"title": "Docks"})
    second = client.post(f"/teams/posts/{below.pk}/", form | {"title": "Quays"})

    assert (first.status_code, second.status_code) == (302, 409)
    (both,) = second.context["form"].conflict
    assert (both.theirs, both.yours) == ("Docks", "Quays")


@pytest.mark.parametrize("day", ["2020-01-01", "0001-01-01", "nonsense", "2026-13-45", "\0", ""])
def test_the_page_takes_any_day(client, cast, below, day):
    client.force_login(cast["vera_viewer"])

    answer = client.get("/teams/", {"as_of": day})

    assert answer.status_code == 200
    assert ("Harbours" in answer.content.decode()) == (day != "2020-01-01")


def told(client, address="/teams/posts/history/"):
    answer = client.get(address)
    assert answer.status_code == 200
    return [
        (line.post, line.what, str(line.label), line.was, line.now)
        for line in answer.context["history"]
    ]


def test_the_history_tells_who_changed_and_held_which_post(client, cast, east, below):
    ada, west = cast["ada_admin"], Region.objects.create(name="West")
    change_post(below, by=ada, version=1, holder=cast["ed_editor"], region=west)
    change_post(below, by=ada, version=2, holder=cast["otto_outsider"], region=None)
    change_post(below, by=ada, version=3, parent=None, title="Docks", level="national")
    gone = add_post(by=ada, title="Slip", level="city", holder=cast["ed_editor"])
    abolish_post(gone, by=ada)
    ago(below, 10)
    abolish_post(below, by=ada)
    client.force_login(cast["vera_viewer"])

    lines = told(client)

    assert ("Docks", "Changed", "holder", "Vacant", "Ed") in lines
    assert ("Docks", "Changed", "holder", "Ed", "Otto") in lines
    assert ("Docks", "Changed", "region", "East", "West") in lines
    assert ("Docks", "Changed", "region", "West", "Every region") in lines
    assert ("Docks", "Changed", "reports to", "East", "–") in lines
    assert ("Docks", "Changed", "title", "Harbours", "Docks") in lines
    assert ("Docks", "Changed", "level", "City", "National") in lines
    assert ("Docks", "Abolished", "holder", "Otto", "Vacant") in lines
    assert ("Slip", "Added", "holder", "Vacant", "Ed") in lines
    assert ("Slip", "Abolished", "title", "Slip", "–") in lines
    assert {line.by for line in client.get("/teams/posts/history/").context["history"]} == {ada}
    one = told(client, f"/teams/posts/history/?post={below.pk}")
    assert {line[0] for line in one} == {"Docks"}
    assert len(one) == len([line for line in lines if line[0] == "Docks"])
    for odd in ("post=x", "post=0", "post=\0", "post=9" + "9" * 30, "page=x", "page=-1"):
        assert client.get(f"/teams/posts/history/?{odd}").status_code == 200


def test_the_history_costs_the_same_at_any_length(client, cast, below):
    client.force_login(cast["ada_admin"])
    names = ["ed_editor", "otto_outsider"]

    def cost():
        with CaptureQueriesContext(connection) as queries:
            told(client)
        return len(queries)

    change_post(below, by=cast["ada_admin"], version=1, holder=cast["ed_editor"])
    few = cost()
    for turn in range(60):
        change_post(below, by=cast["ada_admin"], version=None, holder=cast[names[turn % 2 - 1]])

    assert cost() == few <= 15
    assert len(told(client)) == 50
    assert told(client, "/teams/posts/history/?page=2")
