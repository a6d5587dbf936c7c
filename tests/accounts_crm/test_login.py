"""Log-in, log-out, second factor, new passwords; and that an integration gets no session."""

import re

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

PASSWORD = "keel-test-pass"


def log_in(client, name, password=PASSWORD, **more):
    return client.post("/auth/login/", {"login": name, "password": password, **more})


def is_in(client) -> bool:
    return client.get("/me/").status_code == 200


def code_for(secret) -> str:
    counter = next(yield_hotp_counters_from_time())
    return f"{hotp_value(secret, counter):06d}"


def test_the_door_opens_by_name_and_by_e_mail(cast):
    for login in ("olga_owner", "olga_owner@example.com"):
        client = Client()
        answer = log_in(client, login)

        assert answer.status_code == 302
        assert answer["Location"] == "/"
        assert is_in(client)


def test_the_key_of_the_session_changes_at_log_in(cast):
    client = Client()
    client.get("/auth/login/")
    before = client.session.session_key

    log_in(client, "olga_owner")

    assert client.session.session_key != before


@pytest.mark.parametrize("login", ["olga_owner", "nobody_here"])
def test_a_wrong_password_says_the_same_for_anybody(cast, login):
    answer = log_in(Client(), login, "wrong")

    page = answer.content.decode()
    assert "not correct" in page
    assert f'value="{login}"' in page


def test_staying_is_asked_for(cast):
    brief, long = Client(), Client()

    log_in(brief, "olga_owner")
    log_in(long, "olga_owner", remember="on")

    assert brief.session.get_expire_at_browser_close()
    assert not long.session.get_expire_at_browser_close()


def test_an_integration_gets_no_session(cast):
    client = Client()

    answer = log_in(client, "ina_integration")

    assert answer["Location"] == "/auth/login/"
    assert "_auth_user_id" not in client.session
    assert "Use a token" in client.get("/auth/login/").content.decode()


def test_an_integration_with_a_session_all_the_same_reaches_no_page(cast):
    client = Client()
    client.force_login(cast["ina_integration"])

    assert client.get("/me/").status_code == 403


def test_who_left_does_not_get_in_and_is_out_at_once(cast):
    client = Client()
    log_in(client, "olga_owner")
    cast["olga_owner"].is_active = False
    cast["olga_owner"].save()

    assert not is_in(client)
    assert "_auth_user_id" not in Client().session
    other = Client()
    log_in(other, "olga_owner")
    assert not is_in(other)


def test_log_out_needs_a_post_and_ends_the_session(cast):
    client = Client()
    log_in(client, "olga_owner")
    old = client.cookies["sessionid"].value

    assert client.get("/auth/logout/").status_code == 200
    assert is_in(client)
    client.post("/auth/logout/")

    replay = Client()
    replay.cookies["sessionid"] = old
    assert not is_in(client)
    assert not is_in(replay)


def test_too_many_guesses_are_stopped(cast):
    client = Client()
    for _guess in range(12):
        answer = log_in(client, "olga_owner", "wrong")

    assert answer.status_code == 429 or "Too many" in answer.content.decode()
    assert not is_in(client)


def test_nobody_signs_up(cast):
    answer = Client().post(
        "/auth/signup/",
        {
            "username": "eve",
            "email": "eve@example.com",
            "password1": "long-enough-pass-9",
            "password2": "long-enough-pass-9",
        },
    )

    from teams.models import User

    assert not User.objects.filter(username="eve").exists()
    assert "closed" in answer.content.decode().lower()


@pytest.mark.parametrize(
    "url",
    [
        "/auth/password/change/",
        "/auth/2fa/",
        "/auth/email/",
        "/auth/logout/",
        "/auth/reauthenticate/",
    ],
)
def test_pages_around_the_door_wear_our_clothes(cast, url):
    client = Client()
    log_in(client, "olga_owner")

    answer = client.get(url)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="en"' in page
    assert "css/app.css" in page
    assert "<strong>Menu:</strong>" not in page


def test_the_door_speaks_chinese(cast):
    page = Client().get("/auth/password/reset/", headers={"Accept-Language": "zh-CN"})

    assert "密码" in page.content.decode()


def test_a_forgotten_password_is_replaced_by_mail(cast):
    client = Client()
    client.post("/auth/password/reset/", {"email": "olga_owner@example.com"})
    link = re.search(r"http://testserver(/auth/password/reset/key/\S+)", mail.outbox[0].body)[1]

    form = client.get(link, follow=True)
    target = form.redirect_chain[-1][0]
    client.post(target, {"password1": "a-quite-new-pass", "password2": "a-quite-new-pass"})

    assert "css/app.css" in form.content.decode()
    log_in(client, "olga_owner", "a-quite-new-pass")
    assert is_in(client)


def test_a_second_factor_is_asked_for_and_works_once(cast):
    secret = generate_totp_secret()
    TOTP.activate(cast["olga_owner"], secret)
    client, replay = Client(), Client()
    code = code_for(secret)

    answer = log_in(client, "olga_owner")
    assert answer["Location"] == "/auth/2fa/authenticate/"
    assert not is_in(client)
    assert "css/app.css" in client.get("/auth/2fa/authenticate/").content.decode()
    client.post("/auth/2fa/authenticate/", {"code": code})
    log_in(replay, "olga_owner")
    replay.post("/auth/2fa/authenticate/", {"code": code})

    assert is_in(client)
    assert not is_in(replay)


def test_a_second_factor_is_set_up_under_the_policy(cast):
    client = Client()
    log_in(client, "olga_owner")

    assert client.get("/auth/2fa/totp/activate/")["Location"].startswith("/auth/reauthenticate/")
    client.post("/auth/reauthenticate/", {"password": PASSWORD})
    answer = client.get("/auth/2fa/totp/activate/")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'src="data:image/svg+xml' in page
    assert "img-src 'self' data:" in answer["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|<style", page)
