"""Callers of the API."""

import json

import pytest
from django.test import Client

from teams.models import ApiToken


class Api:
    """A caller with a token, who speaks JSON."""

    def __init__(self, token, client=None):
        self.client = client or Client()
        self.headers = {"Authorization": f"Token {token}"} if token else {}

    def get(self, path, headers=None, **query):
        return self.client.get(
            f"/api/v1/{path}", query, headers={**self.headers, **(headers or {})}
        )

    def post(self, path, data=None, **headers):
        return self.send("post", path, json.dumps({} if data is None else data), **headers)

    def patch(self, path, data, **headers):
        return self.send("patch", path, json.dumps(data), **headers)

    def send(self, method, path, body, content_type="application/json", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(self.client, method)(
            f"/api/v1/{path}", body, content_type=content_type, headers={**self.headers, **named}
        )


@pytest.fixture
def api(cast):
    """Return a maker of callers: api("ed_editor", "facts:read") has a token of Ed's."""

    def caller(name, *scopes):
        scopes = list(scopes or ["*:write"])
        _token, text = ApiToken.objects.create(
            user=cast[name], name=f"{name} {' '.join(scopes)}"[:64], scopes=scopes
        )
        return Api(text)

    return caller


@pytest.fixture
def stranger():
    """Return a caller without a token."""
    return Api(None)


@pytest.fixture
def in_session(cast):
    """Return a maker of callers who are logged in in a browser."""

    def caller(name, enforce_csrf_checks=False):
        client = Client(enforce_csrf_checks=enforce_csrf_checks)
        client.force_login(cast[name])
        return Api(None, client)

    return caller
