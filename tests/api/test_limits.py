"""What is refused before it is looked at: bodies, kinds of content, numbers of calls."""

import json

import pytest

from customers.models import Contact
from customers.rest import throttles
from customers.rest.throttles import PersonThrottle, StrangerThrottle

BAD_BODIES = {
    "nothing": b"",
    "no json": b"{",
    "not utf-8": b'{"name": "\xff\xfe"}',
    "nan": b'{"account": NaN}',
    "infinite": b'{"account": Infinity}',
    "half a character": b'{"level": "\\ud800", "status": "\\ud800"}',
    "deep": b"[" * 100_000,
    "a number too long": b'{"account": ' + b"9" * 5000 + b"}",
    "utf-16": '{"name": "x"}'.encode("utf-16"),
}


@pytest.mark.parametrize("kind", BAD_BODIES)
@pytest.mark.parametrize("path", ["contacts/", "order-lines/bulk/", "accounts/"])
def test_a_body_that_cannot_be_read_is_refused(api, account, kind, path):
    answer = api("dora_director").send("post", path, BAD_BODIES[kind])

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["detail"]


@pytest.mark.parametrize("body", [None, 1, "x", [], [1], True, 1e400])
def test_a_body_that_is_no_object_is_refused(api, account, body):
    text = json.dumps(body).replace("Infinity", "1e400")

    answer = api("ed_editor").send("post", "contacts/", text)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_another_kind_of_content_is_refused(api, in_session, account, content_type):
    for caller in (api("ed_editor"), in_session("ed_editor", enforce_csrf_checks=False)):
        answer = caller.send("post", "contacts/", b"name=x", content_type=content_type)

        assert answer.status_code == 415, content_type
        assert answer["Content-Type"] == "application/json"


def test_another_charset_is_not_unpacked(api, account):
    body = json.dumps({"account": account.pk, "name": "x"}).encode()

    caller = api("ed_editor")
    answer = caller.client.generic(
        "POST",
        "/api/v1/contacts/",
        body,
        content_type="application/json; charset=bz2_codec",
        headers=caller.headers,
    )

    # The charset is not listened to: JSON is UTF-8.
    assert answer.status_code == 201


def test_a_body_beyond_the_limit_is_refused(api, account, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = {"account": account.pk, "name": "x" * 1000}

    answer = api("ed_editor").post("contacts/", body)

    assert answer.status_code == 413
    assert not Contact.objects.exists()


def test_nul_and_long_text_are_refused_by_field(api, account):
    answer = api("ed_editor").post(
        "contacts/", {"account": account.pk, "name": "a\0b", "job_title": "x" * 100_000}
    )

    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"name", "job_title"})


def test_the_answer_is_json_whatever_is_accepted(api, account):
    caller = api("ed_editor")

    for accept in ("text/html", "application/xml", "x", ""):
        answer = caller.get("accounts/", headers={"Accept": accept})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    for path in ("nowhere/", "accounts", "accounts/1/members/", "accounts.json"):
        answer = caller.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/json"), path


def test_other_methods_are_not_allowed(api, account):
    caller = api("dora_director")

    for method in ("put", "delete", "options", "trace"):
        for path in ("accounts/", f"accounts/{account.pk}/"):
            assert caller.send(method, path, b"{}").status_code == 405, (method, path)


def test_too_many_fields_in_a_query_are_refused(api, account):
    answer = api("ed_editor").get("accounts/?" + "&".join(f"a{n}=1" for n in range(3000)))

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"


@pytest.fixture
def clock(monkeypatch):
    """Return a clock that stands until it is moved."""
    now = [1_000_000_020.0]
    monkeypatch.setattr(throttles.CountingThrottle, "timer", lambda self=None: now[0])
    return now


def test_a_person_is_limited_over_all_tokens(api, account, monkeypatch, clock):
    monkeypatch.setattr(PersonThrottle, "rate", "3/min", raising=False)
    one, two = api("ed_editor"), api("ed_editor", "accounts:read")

    answers = [caller.get("accounts/") for caller in (one, two, one, two, one)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    wait = int(answers[-1]["Retry-After"])
    assert api("olga_owner").get("accounts/").status_code == 200
    clock[0] += wait - 2
    assert one.get("accounts/").status_code == 429
    clock[0] += 2
    assert one.get("accounts/").status_code == 200


def test_the_limit_holds_across_the_minute(api, account, monkeypatch, clock):
    monkeypatch.setattr(PersonThrottle, "rate", "60/min", raising=False)
    caller = api("ed_editor")
    passed = 0

    # Ten times the limit, over a minute that begins in the middle of one.
    for _call in range(600):
        passed += caller.get("contacts/").status_code == 200
        clock[0] += 0.1

    assert passed <= 66


def test_failed_tokens_are_limited_by_address(stranger, account, api, monkeypatch, clock):
    monkeypatch.setattr(StrangerThrottle, "rate", "3/min", raising=False)
    known = api("ed_editor")
    guess = {"Authorization": "Token 0123456789"}

    codes = [stranger.get("accounts/", headers=guess).status_code for _n in range(4)]

    assert codes == [401, 401, 401, 429]
    # An address given by the caller does not open a new account of guesses.
    moved = stranger.get("accounts/", headers={**guess, "X-Forwarded-For": "10.9.8.7"})
    assert moved.status_code == 429
    assert known.get("accounts/").status_code == 200
