"""The API's schema and its page."""

import re

import pytest
from django.core.management import call_command
from django.test import Client

from accounts_crm.api.schema import DESCRIPTIONS
from accounts_crm.api.urls import RESOURCES


@pytest.fixture
def schema(in_session):
    answer = in_session("rita_reader").client.get("/api/schema/?format=json")
    assert answer.status_code == 200
    return answer.json()


def test_the_schema_is_valid_and_without_a_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", tmp_path / "api.yml")


def test_every_resource_is_in_it_with_every_error(schema):
    assert {path.split("/")[3] for path in schema["paths"]} == set(RESOURCES)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            declared = set(operation["responses"])
            if method == "get":
                assert {"200", "400", "401", "403", "404", "429"} <= declared, path
            else:
                assert set(DESCRIPTIONS) <= declared, path
                named = {parameter["name"] for parameter in operation["parameters"]}
                assert "Idempotency-Key" in named, path
            assert operation["security"] == [{"token": []}, {"cookieAuth": []}]
            assert operation["description"], path


def test_schema_and_page_want_a_log_in(cast, api):
    assert Client().get("/api/schema/").status_code == 401
    page = Client().get("/api/docs/")
    assert (page.status_code, page["Location"]) == (302, "/auth/login/?next=/api/docs/")
    token = api("ina_integration", "facts:read")
    assert token.client.get("/api/schema/", headers=token.headers).status_code == 200


def test_the_page_holds_nothing_inline(in_session):
    client = in_session("rita_reader").client

    page = client.get("/api/docs/")
    script = client.get("/api/docs/?script=")

    html = page.content.decode()
    assert page.status_code == 200
    assert not re.search(r"<style|style=|\son\w+=|<script>", html)
    assert not re.search(r"(src|href)=\"(https?:)?//", html)
    assert "unsafe" not in page["Content-Security-Policy"]
    assert script["Content-Type"] == "application/javascript"
    assert "/api/schema/" in script.content.decode()
