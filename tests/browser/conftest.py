"""Chromium, and people logged in to a live site."""

import shutil

import pytest

SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


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
