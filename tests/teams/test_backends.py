"""Who is behind a session: the person with roles and posts, in one query."""

import pytest
from django.contrib.auth import load_backend
from django.contrib.auth.models import Group

from customers import access
from customers.models import Region
from teams.models import Post, User

BACKENDS = ["teams.backends.ByUserName", "teams.backends.ByEmail"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_person_comes_with_every_role_and_post(cast, backend, django_assert_num_queries):
    dirk = cast["dirk_director"]
    dirk.groups.add(Group.objects.get(name="account manager"))
    west = Region.objects.create(name="West")
    Post.objects.create(title="West", holder=dirk, region=west)

    with django_assert_num_queries(1):
        found = load_backend(backend).get_user(dirk.pk)
        roles = access.roles_of(found)

    plain = User.objects.get(pk=dirk.pk)
    assert found == dirk
    assert roles == access.roles_of(plain) == {"account manager", "director"}
    assert access.regions_given_by(found) == access.regions_given_by(plain)
    assert west.pk in access.regions_given_by(found)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_person_without_a_role_has_none(db, backend):
    person = User.objects.create_user("nobody", password="keel-test-pass")
    Post.objects.create(title="Alone", holder=person)  # a post is no role

    found = load_backend(backend).get_user(person.pk)

    assert access.roles_of(found) == frozenset()
    assert not access.sees_all(found)


@pytest.mark.parametrize("backend", BACKENDS)
def test_who_has_left_or_is_not_there_is_nobody(cast, backend):
    olga = cast["olga_owner"]
    User.objects.filter(pk=olga.pk).update(is_active=False)

    assert load_backend(backend).get_user(olga.pk) is None
    assert load_backend(backend).get_user(0) is None


@pytest.mark.parametrize("typed", ["olga_owner", "olga_owner@example.com"])
def test_one_logs_in_by_name_and_by_address(client, cast, typed):
    answer = client.post("/auth/login/", {"login": typed, "password": "keel-test-pass"})

    assert answer.status_code == 302
    page = client.get("/")
    assert page.status_code == 200
    assert page.context["user"] == cast["olga_owner"]
