"""Search by keyboard, on a phone, without scripts, when it fails, by axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from customers import actions
from customers.search import texts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def olga(cast):
    return cast["olga_owner"]


@pytest.fixture
def company(account, olga):
    actions.add_contact(account, by=olga, name="单雪梅")
    actions.log_contact(account, by=olga, kind="call", note="Voracious interest in steel.")
    texts.rebuild()
    return account


def violations(page):
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [(fault["id"], fault["nodes"]) for fault in found]


def chosen(page):
    return page.locator("#palette [role=option][aria-selected=true]")


def test_an_account_is_reached_by_five_strokes(enter, olga, company, complaints):
    page = enter(olga)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search everything")).to_be_focused()
    page.keyboard.type("vor")
    page.keyboard.press("Enter")  # before the answer is there: it waits

    page.wait_for_url(f"**/accounts/{company.pk}/")
    assert complaints == []


def test_arrows_choose_and_escape_gives_the_focus_back(enter, olga, company, complaints):
    page = enter(olga)
    link = page.get_by_role("link", name="Accounts").first
    link.focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("vor")
    expect(chosen(page)).to_contain_text("Vorholm Cranes")
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_contain_text("Voracious interest")
    field = page.locator("#palette-q")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert field.get_attribute("aria-activedescendant") == chosen(page).get_attribute("id")
    assert violations(page) == []

    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()
    expect(link).to_be_focused()
    assert complaints == []


def test_ctrl_enter_opens_in_a_new_tab(enter, olga, company, context):
    page = enter(olga)
    page.keyboard.press("/")
    page.keyboard.type("sxm")
    expect(chosen(page)).to_contain_text("单雪梅")
    with context.expect_page() as opened:
        page.keyboard.press("Control+Enter")

    opened.value.wait_for_url(f"**/accounts/{company.pk}/#contact-*")
    expect(page.locator("#palette")).to_be_visible()


def test_a_command_is_done_from_the_dialog(enter, olga, company):
    page = enter(olga)
    page.keyboard.press("/")
    page.keyboard.type("log contact")
    expect(chosen(page)).to_contain_text("Log a contact")
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    page.goto(page.url)
    page.keyboard.press("/")
    page.keyboard.type("dark")
    expect(chosen(page)).to_contain_text("Switch to dark")
    page.keyboard.press("Enter")
    expect(page.locator("html[data-theme=dark]")).to_be_attached()


def test_a_search_that_fails_says_so_and_recovers(enter, context, olga, company):
    context.route("**/search/?q=vo*", lambda route: route.abort())
    page = enter(olga)
    page.keyboard.press("/")
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    page.keyboard.type("vo")
    expect(page.locator(".palette-failed")).to_be_visible()
    expect(page.locator("#toasts")).to_be_empty()

    context.unroute("**/search/?q=vo*")
    page.keyboard.type("r")
    expect(chosen(page)).to_contain_text("Vorholm Cranes")
    expect(page.locator(".palette-failed")).not_to_be_visible()


def test_typing_into_the_side_field_goes_on_in_the_dialog(enter, olga, company):
    page = enter(olga)
    page.locator(".side [data-search]").first.focus()
    page.keyboard.type("vorh")
    expect(page.locator("#palette-q")).to_have_value("vorh")
    expect(chosen(page)).to_contain_text("Vorholm")


def test_on_a_phone_it_fills_the_screen(enter, olga, company):
    page = enter(olga)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".me [data-search]").click()
    page.keyboard.type("vor")
    expect(chosen(page)).to_be_visible()

    box = page.locator("#palette").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert violations(page) == []
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#palette")).not_to_be_visible()


def test_the_page_stands_without_scripts(live_server, browser, client, olga, company):
    client.force_login(olga)
    context = browser.new_context(java_script_enabled=False)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url)
    page.locator(".side input[name=q]").fill("holm")
    page.locator(".side input[name=q]").press("Enter")
    expect(page.get_by_role("link", name="Vorholm Cranes").first).to_be_visible()

    page.goto(f"{live_server.url}/search/?q=dark")
    page.get_by_role("button", name="Switch to dark").click()
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    context.close()


@pytest.mark.parametrize("query", ["", "vor", "zzzz"])
def test_the_page_has_no_fault_that_axe_finds(enter, olga, company, query):
    page = enter(olga, f"/search/?q={query}")

    assert violations(page) == []
