"""A person's own settings and API tokens."""

import datetime as dt
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from customers.models import Event
from teams.models import ApiToken, User

WISHES = {
    "name": "Olga Brandt",
    "phone": "+86 21 555",
    "language": "zh-hans",
    "time_zone": "Europe/Berlin",
    "theme": "dark",
    "mail": "at_once",
}


@pytest.fixture
def olga(cast):
    """Return a browser in which Olga is logged in by password."""
    client = Client()
    client.post("/auth/login/", {"login": "olga_owner", "password": "keel-test-pass"})
    return client


def make_token(client, **more):
    data = {"name": "Export", "scopes": ["accounts:read"], "days": "90", **more}
    return client.post("/me/tokens/", data)


def text_of(answer) -> str:
    return re.search(r'id="new-token" value="([0-9a-f]{64})"', answer.content.decode())[1]


def call(text):
    return Client().get("/api/v1/accounts/", headers={"Authorization": f"Token {text}"})


def test_settings_are_kept_and_shown(olga, cast):
    answer = olga.post("/me/", WISHES)

    person = User.objects.get(pk=cast["olga_owner"].pk)
    page = olga.get("/me/").content.decode()
    assert answer["Location"] == "/me/"
    assert (person.name, person.time_zone) == ("Olga Brandt", "Europe/Berlin")
    assert person.shortcuts is False
    assert person.mail == "at_once"
    assert '<html lang="zh-hans" data-theme="dark">' in page
    assert 'data-shortcuts="off"' in page


def test_wrong_settings_keep_what_was_typed_and_change_nothing(olga, cast):
    answer = olga.post("/me/", WISHES | {"name": "", "time_zone": "Mars/Olympus"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="+86 21 555"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_name_error"' in page
    assert User.objects.get(pk=cast["olga_owner"].pk).name == "Olga"


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "is_active", "username", "email"])
def test_nobody_makes_more_of_himself(olga, cast, field):
    before = User.objects.values().get(pk=cast["olga_owner"].pk)

    olga.post("/me/", WISHES | {field: "1", "groups": "1"})

    after = User.objects.values().get(pk=cast["olga_owner"].pk)
    assert after[field] == before[field]
    assert cast["olga_owner"].groups.count() == 1


def test_a_token_is_shown_once_and_works_within_its_scopes(olga, cast):
    answer = make_token(olga)
    text = text_of(answer)

    token = ApiToken.objects.get(user=cast["olga_owner"])
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    assert text not in olga.get("/me/").content.decode()
    assert text not in token.digest
    assert token.scopes == ["accounts:read"]
    assert dt.timedelta(days=89) < token.expiry - timezone.now() <= dt.timedelta(days=90)
    assert call(text).status_code == 200
    assert Event.objects.filter(kind="token.issued", actor=cast["olga_owner"]).exists()


def test_a_second_token_of_one_name_is_refused_at_its_field(olga):
    make_token(olga)
    answer = make_token(olga)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "You have a token named" in page
    assert 'id="token_name_error"' in page
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"scopes": ["root:all"]}, {"scopes": []}, {"days": "36500"}, {"name": " "}]
)
def test_a_wrong_wish_for_a_token_makes_none(olga, wrong):
    answer = make_token(olga, **wrong)

    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_a_deleted_token_is_dead(olga):
    text = text_of(make_token(olga))
    token = ApiToken.objects.get()

    olga.post(f"/me/tokens/{token.digest}/")

    assert call(text).status_code == 401


def test_nobody_deletes_the_token_of_another(olga, cast):
    make_token(olga)
    token = ApiToken.objects.get()
    other = Client()
    other.force_login(cast["ed_editor"])

    assert other.post(f"/me/tokens/{token.digest}/").status_code == 404
    assert ApiToken.objects.count() == 1


def test_looking_deletes_nothing(olga):
    make_token(olga)

    assert olga.get(f"/me/tokens/{ApiToken.objects.get().digest}/").status_code == 405
    assert ApiToken.objects.count() == 1


def test_a_changed_password_ends_tokens_and_other_sessions(olga, cast):
    text = text_of(make_token(olga))
    elsewhere = Client()
    elsewhere.post("/auth/login/", {"login": "olga_owner", "password": "keel-test-pass"})

    answer = olga.post(
        "/auth/password/change/",
        {
            "oldpassword": "keel-test-pass",
            "password1": "another-long-pass",
            "password2": "another-long-pass",
        },
    )

    assert answer["Location"] == "/me/"
    assert not ApiToken.objects.exists()
    assert call(text).status_code == 401
    assert elsewhere.get("/me/").status_code == 302
    assert olga.get("/me/").status_code == 200


def test_a_password_set_by_the_administrator_ends_tokens_too(olga, cast):
    make_token(olga)
    admin = Client()
    admin.force_login(cast["ada_admin"])

    admin.post(
        f"/admin/teams/user/{cast['olga_owner'].pk}/password/",
        {
            "usable_password": "true",
            "password1": "another-long-pass",
            "password2": "another-long-pass",
        },
    )

    assert not ApiToken.objects.exists()
    assert olga.get("/me/").status_code == 302


def test_an_integration_gets_its_token_by_command(cast):
    out = StringIO()

    call_command("issue_token", "ina_integration", name="ERP", scopes=["accounts:read"], stdout=out)

    assert call(out.getvalue().strip()).status_code == 200


def test_the_command_refuses_who_is_not_there(cast):
    with pytest.raises(CommandError, match="no active user nobody"):
        call_command("issue_token", "nobody", name="ERP", scopes=["accounts:read"])


def test_own_page_costs_few_queries(olga, django_assert_max_num_queries):
    for number in range(5):
        make_token(olga, name=f"T{number}")

    with django_assert_max_num_queries(8):
        olga.get("/me/")
