"""The contact log by keyboard, by screen reader's rules, and without scripts."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from customers import actions
from customers.models import Account, Contact, Interaction, NextStep

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def olga(cast):
    return cast["olga_owner"]


@pytest.fixture
def people(account):
    return [
        Contact.objects.create(account=account, name=name, job_title=title)
        for name, title in (("Wang Jue", "Purchasing"), ("Sun Li", "Chief engineer"))
    ]


def violations(page):
    return [
        (fault["id"], fault["nodes"])
        for fault in Axe().run(page, options={"preload": False}).response["violations"]
    ]


def test_a_visit_is_logged_by_keyboard_in_eleven_strokes(enter, olga, account, people, complaints):
    page = enter(olga)

    page.keyboard.press("l")
    expect(page.locator("#log-account")).to_be_focused()
    page.keyboard.type("vor")
    expect(page.get_by_role("option", name="Vorholm")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#log-people")).to_be_focused()
    page.keyboard.type("chi")
    page.keyboard.press("Enter")
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#toasts")).to_contain_text("Contact with Vorholm Cranes logged.")
    expect(page.locator("#log")).not_to_be_visible()
    expect(page.locator("#recent-h + *, #recent-h ~ *").first).to_contain_text("1 this month")
    entry = Interaction.objects.get()
    assert (entry.kind, entry.theirs.get().name) == ("visit", "Sun Li")
    assert complaints == []


def test_faults_are_named_and_what_was_typed_stays(enter, olga, account, people):
    page = enter(olga, f"/log/?account={account.pk}")
    page.goto(page.url.split("/log/")[0])
    page.keyboard.press("l")
    page.keyboard.type("vor")
    page.get_by_role("option", name="Vorholm").click()
    expect(page.locator("#log-people")).to_be_focused()
    page.get_by_label("What was said").fill("Wants 5 % less")
    page.locator("#log-step_what").fill("Send the quote")
    page.keyboard.press("Control+Enter")

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("A next step needs a due date")
    expect(page.get_by_label("What was said")).to_have_value("Wants 5 % less")
    assert violations(page) == []

    page.get_by_text("In a week").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("logged")
    assert NextStep.objects.get().what == "Send the quote"


def test_who_types_faster_than_the_list_comes_gets_the_account_typed(enter, olga, account):
    Account.objects.create(code="A-0", name="Aardvark Works", owner=olga)
    page = enter(olga)
    page.keyboard.press("l")
    expect(page.get_by_role("option", name="Aardvark")).to_be_visible()

    page.keyboard.type("vor")
    page.keyboard.press("Enter")

    expect(page.locator("#log .token")).to_contain_text("Vorholm Cranes")


def test_enter_in_a_search_picks_and_never_saves(enter, olga, account, people):
    page = enter(olga)
    page.keyboard.press("l")
    page.locator("#log-account").fill("nobody")
    page.keyboard.press("Enter")
    page.locator("#log-account").fill("vor")
    expect(page.get_by_role("option", name="Vorholm")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#log-people")).to_be_focused()
    page.keyboard.type("zzz")
    page.keyboard.press("Enter")

    expect(page.locator("#log")).to_be_visible()
    assert not Interaction.objects.exists()


def test_enter_waits_for_the_answer_to_what_is_typed_now(enter, context, olga, account, people):
    held = []
    context.route("**/log/accounts/?q=nobody*", lambda route: held.append(route))
    page = enter(olga)
    page.keyboard.press("l")
    expect(page.locator("#log-accounts")).to_be_visible()
    with page.expect_request("**/log/accounts/?q=nobody*"):
        page.locator("#log-account").fill("nobody")
    page.locator("#log-account").fill("vor")
    page.keyboard.press("Enter")

    held[0].continue_()

    expect(page.locator("#log-people")).to_be_focused()
    expect(page.locator("#log .token")).to_contain_text("Vorholm Cranes")


def test_escape_closes_the_list_and_then_the_dialog(enter, olga, account):
    page = enter(olga)
    page.keyboard.press("l")
    options = page.locator("#log-accounts")
    expect(options).to_be_visible()

    page.keyboard.press("Escape")
    expect(options).to_be_hidden()
    expect(page.locator("#log")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#log")).to_be_hidden()


def test_save_and_log_another_starts_afresh(enter, olga, account, people):
    page = enter(olga)
    page.keyboard.press("l")
    page.keyboard.type("vor")
    page.get_by_role("option", name="Vorholm").click()
    page.get_by_role("button", name="Save and log another").click()

    expect(page.get_by_role("status").filter(has_text="logged")).to_be_visible()
    expect(page.locator("#log-account")).to_be_focused()
    assert Interaction.objects.count() == 1


def test_a_step_is_closed_and_opened_again_in_place(enter, olga, account, complaints):
    step = actions.plan_step(account, by=olga, what="Send the quote", due=dt.date(2026, 1, 5))
    page = enter(olga)

    page.get_by_role("button", name="Done: Send the quote").click()
    expect(page.locator(f"#step-{step.pk}")).to_have_class("closed")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#step-{step.pk}")).to_have_class("late")
    expect(page.locator("#toasts")).not_to_contain_text("Undo")
    page.locator(f"#step-{step.pk} summary").click()
    page.get_by_role("button", name="In a week").click()

    expect(page.locator("#toasts")).to_contain_text("Moved to")
    assert NextStep.objects.get().version == 4
    assert complaints == []


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_my_day_and_the_log_break_no_rule_of_access(enter, olga, account, people, width, scheme):
    actions.plan_step(account, by=olga, what="Send the quote", due=dt.date(2026, 1, 5))
    page = enter(olga)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    assert violations(page) == []

    page.keyboard.press("l")
    expect(page.locator("#log-accounts")).to_be_visible()
    assert violations(page) == []
    page.keyboard.type("vor")
    page.get_by_role("option", name="Vorholm").click()
    expect(page.locator("#log-people")).to_be_focused()
    page.keyboard.type("w")
    expect(page.get_by_role("option", name="Wang Jue")).to_be_visible()
    assert violations(page) == []


def test_without_scripts_a_contact_is_found_filled_in_and_saved(
    live_server, browser, client, olga, account, people
):
    client.force_login(olga)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto(live_server.url + "/log/")
    page.get_by_label("Account", exact=True).fill("vorh")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Accounts found").select_option(label="Vorholm Cranes (A-1)")
    page.get_by_label("What was said").fill("No scripts")
    page.get_by_role("button", name="Show its people").click()
    page.get_by_label("Wang Jue").check(force=True)
    page.locator(".dlg-foot [name=save]").click()

    assert page.url.endswith(account.get_absolute_url())
    entry = Interaction.objects.get()
    assert (entry.note, entry.theirs.get().name) == ("No scripts", "Wang Jue")
    context.close()
