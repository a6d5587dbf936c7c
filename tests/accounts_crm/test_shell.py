"""The frame of every page: who sees which way, headers, switches, errors, health."""

import json
import re

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from accounts_crm.urls import urlpatterns as product_urls


def explode(request):
    raise RuntimeError("boom")


def applaud(request):
    messages.success(request, "Well done")
    return HttpResponse("<p>fragment</p>")


def go_on(request):
    messages.success(request, "Well done")
    return HttpResponse(status=302, headers={"Location": "/me/"})


urlpatterns = [
    *product_urls,
    path("explode/", explode),
    path("applaud/", applaud),
    path("go-on/", go_on),
]
handler400 = "accounts_crm.errors.bad_request"
handler403 = "accounts_crm.errors.denied"
handler404 = "accounts_crm.errors.not_found"
handler500 = "accounts_crm.errors.failed"


@pytest.fixture
def browse(cast):
    """Return a function that logs a person of the cast in."""

    def log_in(name):
        client = Client()
        client.force_login(cast[name], backend="teams.backends.ByEmail")
        return client

    return log_in


def links(response) -> set[str]:
    nav = re.search(r'<nav class="nav".*?</nav>', response.content.decode(), re.DOTALL)[0]
    return set(re.findall(r'href="([^"]+)"', nav))


@pytest.mark.parametrize(
    ("name", "dashboard", "log", "accounts", "admin"),
    [
        ("olga_owner", True, True, True, False),
        ("dora_director", True, True, True, False),
        ("rita_reader", True, False, True, False),
        ("stan_steward", True, False, True, False),
        ("ada_admin", False, False, False, True),
    ],
)
def test_the_side_bar_shows_what_the_role_may_reach(browse, name, dashboard, log, accounts, admin):
    found = links(browse(name).get("/me/"))

    assert ("/dashboard/" in found) == dashboard
    assert ("/log/" in found) == log
    assert ("/accounts/" in found) == accounts
    assert ("/admin/" in found) == admin
    assert "/data/runs/" in found


def test_the_frame_works_without_scripts_or_styles_of_its_own(browse):
    page = browse("olga_owner").get("/me/").content.decode()

    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert '<a class="skip" href="#main">' in page
    assert '<form class="find" role="search" action="/search/">' in page


def test_htmx_is_told_to_show_refusals_and_to_evaluate_nothing(browse):
    page = browse("olga_owner").get("/me/").content.decode()
    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", page)[1])

    swapped = {rule["code"] for rule in config["responseHandling"] if rule["swap"]}
    assert {"409", "422"} <= swapped
    assert config["allowEval"] is config["allowScriptTags"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["historyCacheSize"] == 0


def test_pages_carry_a_strict_policy_and_are_not_stored(browse):
    for response in (browse("olga_owner").get("/me/"), Client().get("/auth/login/")):
        policy = response["Content-Security-Policy"]
        assert "unsafe-" not in policy
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "no-store" in response["Cache-Control"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "HX-Request" in response["Vary"]


def test_language_switch_before_log_in_lasts_by_cookie(db):
    client = Client()

    answer = client.post("/me/language/", {"language": "zh-hans", "next": "/auth/login/"})

    assert answer["Location"] == "/auth/login/"
    assert '<html lang="zh-hans"' in client.get("/auth/login/").content.decode()


def test_language_switch_lasts_for_the_person_on_another_device(browse, cast):
    browse("olga_owner").post("/me/language/", {"language": "zh-hans"})

    page = browse("olga_owner").get("/me/").content.decode()

    cast["olga_owner"].refresh_from_db()
    assert cast["olga_owner"].language == "zh-hans"
    assert '<html lang="zh-hans"' in page


def test_theme_switch_lasts_before_and_after_log_in(browse, cast):
    stranger = Client()
    stranger.post("/me/theme/", {"theme": "dark"})
    browse("olga_owner").post("/me/theme/", {"theme": "light"})

    assert 'data-theme="dark"' in stranger.get("/auth/login/").content.decode()
    assert 'data-theme="light"' in browse("olga_owner").get("/me/").content.decode()


def test_theme_switch_tells_a_script_nothing_but_done(browse):
    answer = browse("olga_owner").post(
        "/me/theme/", {"theme": "dark"}, headers={"X-Requested-With": "fetch"}
    )

    assert answer.status_code == 204


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("/me/language/", {"language": "tlh"}),
        ("/me/language/", {}),
        ("/me/theme/", {"theme": "neon"}),
    ],
)
def test_switches_refuse_what_there_is_not(db, url, data):
    assert Client().post(url, data).status_code == 400


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_switches_lead_nowhere_else(db, target):
    answer = Client().post("/me/theme/", {"theme": "dark", "next": target})

    assert answer["Location"] == "/"


def test_a_forged_theme_cookie_is_not_shown(db):
    client = Client()
    client.cookies["theme"] = '"><script>'

    assert "data-theme" not in client.get("/auth/login/").content.decode().split("<body")[0]


def test_switches_are_guarded_against_forgery(db):
    client = Client(enforce_csrf_checks=True)

    assert client.post("/me/language/", {"language": "en"}).status_code == 403


def test_htmx_is_sent_to_the_log_in_page_as_a_page(db):
    answer = Client().get(
        "/me/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/accounts/?q=x"},
    )

    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/auth/login/?next=%2Faccounts%2F%3Fq%3Dx"
    assert answer.content == b""


@override_settings(ROOT_URLCONF="tests.accounts_crm.test_shell")
def test_messages_reach_an_open_page_as_toasts(browse):
    client = browse("olga_owner")

    answer = client.get("/applaud/", headers={"HX-Request": "true"})

    assert json.loads(answer["HX-Trigger"])["toast"]["toasts"] == [
        {"text": "Well done", "level": "success"}
    ]
    assert "Well done" not in client.get("/me/").content.decode()


@override_settings(ROOT_URLCONF="tests.accounts_crm.test_shell")
def test_messages_wait_for_the_page_a_redirect_leads_to(browse):
    client = browse("olga_owner")

    answer = client.get("/go-on/", headers={"HX-Request": "true"})

    assert "HX-Trigger" not in answer
    assert "Well done" in client.get("/me/").content.decode()


@pytest.mark.parametrize("name", ["olga_owner", None])
def test_a_missing_page_says_what_to_do(browse, name):
    client = browse(name) if name else Client()

    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "ask its account manager" in answer.content.decode()


def test_a_missing_page_is_a_sentence_for_htmx_and_json_for_programs(browse):
    client = browse("olga_owner")

    fragment = client.get("/nowhere/", headers={"HX-Request": "true"})
    program = client.get("/api/nowhere/")

    assert fragment["Content-Type"] == "text/plain"
    assert fragment.status_code == program.status_code == 404
    assert "detail" in program.json()


def test_denied_says_what_may_not_be_done(account, browse):
    from django.core.exceptions import PermissionDenied

    from accounts_crm.errors import denied

    request = RequestFactory().get("/accounts/1/")
    request.user, request.htmx = AnonymousUser(), False

    answer = denied(request, PermissionDenied("You may read Vorholm, but not change it."))

    assert answer.status_code == 403
    assert "You may read Vorholm, but not change it." in answer.content.decode()


def test_an_outdated_form_says_what_to_do(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["olga_owner"])

    answer = client.post("/me/", {"name": "X"})

    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()


@override_settings(ROOT_URLCONF="tests.accounts_crm.test_shell")
def test_a_fault_of_ours_is_owned_up_to(browse):
    client = browse("olga_owner")
    client.raise_request_exception = False

    answer = client.get("/explode/")

    assert answer.status_code == 500
    assert "Something failed on our side" in answer.content.decode()
    assert "boom" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_health_answers_anybody_in_json():
    answer = Client().get("/health/")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "cache": "ok"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_health_says_what_fails_and_no_more(settings):
    settings.CACHES = {
        **settings.CACHES,
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        },
    }

    answer = Client().get("/health/")

    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "cache": "failed"}
