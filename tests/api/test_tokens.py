"""Who is let in: tokens, their scopes, sessions."""

import datetime as dt

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from accounts_crm.api.urls import RESOURCES
from customers.models import Contact
from teams.models import ApiToken
from teams.tokens import AREAS
from tests.api.conftest import Api


def test_without_a_token_nothing_is_open(stranger, account):
    for path in [*RESOURCES, f"accounts/{account.pk}", "order-lines/bulk"]:
        caches[settings.THROTTLE_CACHE].clear()  # more paths than a stranger has calls a minute
        for answer in (stranger.get(f"{path}/"), stranger.post(f"{path}/")):
            assert answer.status_code == 401, path
            assert answer["WWW-Authenticate"] == "Token"
            assert set(answer.json()) == {"detail", "errors"}


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token x",
        "Token a b",
        "Token \xff",
        "Bearer x",
        "Basic eDp5",
        "Token " + "a" * 5000,
    ],
)
def test_a_token_that_is_none_is_refused(account, header):
    answer = Client().get("/api/v1/accounts/", headers={"Authorization": header})

    assert answer.status_code == 401


def test_a_wrong_token_beside_a_session_is_refused(in_session, account):
    caller = in_session("ed_editor")

    assert caller.get("accounts/").status_code == 200
    assert caller.get("accounts/", headers={"Authorization": "Bearer x"}).status_code == 401


def test_an_expired_token_is_refused_and_stays(cast, account):
    token, text = ApiToken.objects.create(user=cast["ed_editor"], name="old", scopes=["*:write"])
    caller = Api(text)
    assert caller.get("accounts/").status_code == 200

    ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now() - dt.timedelta(seconds=1))

    assert caller.get("accounts/").status_code == 401
    assert caller.post("contacts/", {"account": account.pk, "name": "x"}).status_code == 401
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_a_token_ends_with_its_person(api, cast, account):
    caller = api("ed_editor")
    cast["ed_editor"].is_active = False
    cast["ed_editor"].save()

    assert caller.get("accounts/").status_code == 401


def test_a_token_reaches_its_areas_only(api, account):
    areas = {name: resource.area for name, resource in RESOURCES.items()}
    assert set(areas.values()) <= set(AREAS)

    for area in AREAS:
        caller = api("rita_reader", f"{area}:read")
        for name, own in areas.items():
            expected = 200 if own == area else 403
            assert caller.get(f"{name}/").status_code == expected, (area, name)


def test_reading_is_not_writing(api, account):
    body = {"account": account.pk, "name": "Ann"}

    assert api("ed_editor", "contacts:read").post("contacts/", body).status_code == 403
    assert api("ed_editor", "accounts:write").post("contacts/", body).status_code == 403
    assert not Contact.objects.exists()
    assert api("ed_editor", "contacts:write").post("contacts/", body).status_code == 201


def test_a_token_without_scopes_opens_nothing(cast, account):
    _token, text = ApiToken.objects.create(user=cast["ed_editor"], name="bare", scopes=[])

    assert {Api(text).get(f"{name}/").status_code for name in RESOURCES} == {403}


def test_who_may_only_read_writes_nowhere(api, account):
    for name in ("rita_reader", "ada_admin"):
        caller = api(name)
        for path in [*RESOURCES, "order-lines/bulk"]:
            expected = 405 if path in ("rankings", "risk", "back-tests", "events") else 403
            assert caller.post(f"{path}/", []).status_code in (expected, 403), path


def test_a_session_needs_its_csrf_token(in_session, account):
    caller = in_session("ed_editor", enforce_csrf_checks=True)
    body = {"account": account.pk, "name": "Ann"}

    without = caller.post("contacts/", body)
    foreign = caller.post("contacts/", body, Origin="https://elsewhere.example")
    htmx = caller.post("contacts/", body, HX_Request="true")

    assert {without.status_code, foreign.status_code, htmx.status_code} == {403}
    assert not Contact.objects.exists()


def test_the_day_of_use_is_noted_once(api, cast, account):
    caller = api("ed_editor")
    caller.get("accounts/")

    token = ApiToken.objects.get(user=cast["ed_editor"])
    assert token.last_used_on == timezone.localdate()


def test_refusals_speak_the_persons_language(api, cast, account):
    cast["ed_editor"].language = "zh-hans"
    cast["ed_editor"].save()

    answer = api("ed_editor").patch(f"accounts/{account.pk}/", {})

    assert answer.status_code == 400
    assert answer["Content-Language"] == "zh-hans"
