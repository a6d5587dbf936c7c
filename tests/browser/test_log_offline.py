"""Contacts logged without a line arrive exactly once; drafts survive a closed tab."""

import pytest
from playwright.sync_api import expect

from customers.models import Account, Interaction
from tests.waiting import until as wait_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def olga(cast):
    return cast["olga_owner"]


def until(page, condition):
    """Wait for a condition; the policy of the pages allows Playwright no evaluation in between."""
    wait_for(lambda: page.evaluate(condition))


def open_with_account(page, text="vor"):
    page.keyboard.press("l")
    expect(page.locator("#log-account")).to_be_focused()
    page.keyboard.type(text)
    expect(page.get_by_role("option", name="Vorholm")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#log .token")).to_contain_text("Vorholm")


def test_an_entry_made_without_a_line_is_sent_once_when_it_is_back(enter, context, olga, account):
    page = enter(olga)
    open_with_account(page)
    context.set_offline(True)
    page.locator("#log-note").fill("In the lift")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#outbox")).to_contain_text("Waiting to be sent: 1")
    expect(page.locator("#log")).to_be_hidden()
    assert not Interaction.objects.exists()

    context.set_offline(False)
    expect(page.locator("#toasts")).to_contain_text("Sent: 1")
    expect(page.locator("#outbox")).to_be_hidden()
    page.reload()
    expect(page.locator("#outbox")).to_be_hidden()
    assert [entry.note for entry in Interaction.objects.all()] == ["In the lift"]


# A request that a service worker sees passes Playwright's routes by; and so does one that a page
# sends just after its first route was set. Hence no worker, and the route before the page.
@pytest.mark.browser_context_args(service_workers="block")
def test_an_entry_whose_answer_was_lost_is_not_stored_twice(enter, context, olga, account):
    lost = []

    def lose(route):
        if lost or "unheard" not in (route.request.post_data or ""):
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    context.route("**/log/", lose)
    page = enter(olga)
    open_with_account(page)
    page.locator("#log-note").fill("unheard")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("kept here and sent later")
    assert Interaction.objects.count() == len(lost) == 1  # the server had done it

    expect(page.locator("#toasts")).to_contain_text("Sent: 1", timeout=15_000)
    assert Interaction.objects.count() == 1


def test_what_the_server_refuses_comes_back_as_a_draft_with_the_reason(
    enter, context, olga, account
):
    page = enter(olga)
    open_with_account(page)
    context.set_offline(True)
    page.locator("#log-note").fill("Wants 5 % less")
    page.locator("#log-step_what").fill("Send the quote")
    page.keyboard.press("Control+Enter")
    context.set_offline(False)

    expect(page.locator("#outbox")).to_contain_text("A next step needs a due date")
    page.get_by_role("button", name="Put right").click()
    expect(page.locator("#log-note")).to_have_value("Wants 5 % less")
    expect(page.locator("#log-step_what")).to_have_value("Send the quote")
    assert not Interaction.objects.exists()


def test_the_form_opens_without_a_line_and_takes_an_entry(enter, context, olga, account):
    page = enter(olga, "/log/")
    until(page, "navigator.serviceWorker.controller !== null")
    until(page, "caches.open('keel-page').then((c) => c.match('/log/')).then(Boolean)")
    context.set_offline(True)
    page.goto(page.url.replace("/log/", "/accounts/"))

    expect(page.get_by_role("heading", name="Log contact")).to_be_visible()
    page.get_by_label("Accounts found").select_option(label="Vorholm Cranes (A-1)")
    page.get_by_label("What was said").fill("From the train")
    page.locator(".dlg-foot [data-save]").click()
    expect(page.locator("#outbox")).to_contain_text("Waiting to be sent: 1")
    context.set_offline(False)

    expect(page.locator("#toasts")).to_contain_text("Sent: 1")
    assert Interaction.objects.get().note == "From the train"


def test_nothing_private_is_kept_but_the_form_and_that_goes_at_log_out(
    enter, context, olga, account
):
    page = enter(olga, "/log/")
    until(page, "caches.open('keel-page').then((c) => c.match('/log/')).then(Boolean)")
    page.goto(page.url.replace("/log/", account.get_absolute_url()))
    kept = """async () => {
        const paths = [];
        for (const name of await caches.keys())
            for (const { url } of await (await caches.open(name)).keys())
                paths.push(new URL(url).pathname);
        return paths.filter((path) => !path.startsWith("/static/"));
    }"""
    assert page.evaluate(kept) == ["/log/"]

    page.locator(".person summary").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/auth/login/**")
    assert page.evaluate(kept) == []


def test_a_draft_survives_a_closed_tab_and_goes_when_it_was_sent(enter, context, olga, account):
    page = enter(olga)
    open_with_account(page)
    expect(page.locator("[data-draft]")).not_to_be_visible()
    page.locator("#log-note").fill("Half a sentence")
    until(page, "Object.keys(localStorage).some((k) => k.startsWith('keel:draft:'))")
    page.close()

    page = enter(olga)
    open_with_account(page)
    expect(page.get_by_text("You have an unfinished entry.")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-draft]")).not_to_be_visible()
    expect(page.locator("#log-note")).to_have_value("Half a sentence")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("logged")
    assert Account.objects.get(pk=account.pk).interactions.get().note == "Half a sentence"
    until(page, "!Object.keys(localStorage).some((k) => k.startsWith('keel:draft:'))")


def test_a_correction_is_not_lost_by_a_slip(enter, olga, account):
    from customers import actions

    entry = actions.log_contact(account, by=olga, kind="call", note="Old")
    page = enter(olga, f"/interactions/{entry.pk}/edit/")
    page.get_by_label("What was said").fill("New")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(page.url.replace(f"/interactions/{entry.pk}/edit/", "/accounts/"))

    assert asked == ["beforeunload"]
