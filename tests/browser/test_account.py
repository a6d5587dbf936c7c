"""The account page: what comes after it stands, and what stands without scripts."""

import pytest
from playwright.sync_api import expect

from customers import actions

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def logged(account, cast):
    olga = cast["olga_owner"]
    actions.log_contact(account, by=olga, kind="call", note="They ask for samples.")
    return olga


def test_the_timeline_comes_by_itself_and_tells_a_new_contact(enter, logged, account, complaints):
    page = enter(logged, account.get_absolute_url())
    timeline = page.locator("#timeline")

    expect(timeline).to_contain_text("They ask for samples.")
    expect(timeline.get_by_role("link", name="To the timeline")).to_have_count(0)
    page.keyboard.press("l")
    page.locator("#log-note").fill("They want two more.")
    page.keyboard.press("Control+Enter")

    expect(timeline).to_contain_text("They want two more.")
    expect(timeline).to_contain_text("They ask for samples.")
    assert complaints == []


def test_without_scripts_a_link_leads_to_the_timeline(
    browser, live_server, client, logged, account
):
    client.force_login(logged)
    context = browser.new_context(java_script_enabled=False)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + account.get_absolute_url())

    page.locator("#timeline").get_by_role("link", name="To the timeline").click()

    expect(page.get_by_text("They ask for samples.")).to_be_visible()
    context.close()
