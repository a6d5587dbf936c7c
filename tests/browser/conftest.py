"""Chromium, and people logged in to a live site."""

import shutil

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)

# What is waited for comes in a moment or, on a busy machine, in several; it must come.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium") or shutil.which("chromium-browser"),
        "args": SWITCHES.split(),
    }


@pytest.fixture(scope="session")
def base_url():
    """Return no address: each test has a site of its own (and the plugin's fixture warns)."""
    return ""


@pytest.fixture
def complaints():
    """Return what the browser complained of: failed scripts, refused styles, missing files."""
    return []


@pytest.fixture
def enter(live_server, context, client, complaints):
    """Return a function that opens a page of the live site as a person."""

    def open_page(person, path="/"):
        client.force_login(person)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: message.type == "error" and complaints.append(message.text),
        )
        page.goto(live_server.url + path)
        return page

    return open_page


DEMO_PASSWORD = "keel-browser-tests-1"


@pytest.fixture
def company(transactional_db, monkeypatch):
    """Make the demo company, one night computed; return its people by log-in."""
    from teams.models import User

    monkeypatch.setenv("DEMO_PASSWORD", DEMO_PASSWORD)
    call_command("seed_demo", verbosity=0)
    call_command("nightly", verbosity=0)
    return {person.username: person for person in User.objects.all()}
