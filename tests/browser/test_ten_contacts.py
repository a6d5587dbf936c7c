"""Ten contacts typed as a person would, by keyboard alone, and one from the phone: run with -s."""

import time

import pytest
from playwright.sync_api import expect

from customers.models import Contact, Interaction

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
PACE = 60  # milliseconds a key
CEILING = 45  # keystrokes of the longest entry
SHORT = [("vor", "wan", "1"), ("vor", "sun", "3"), ("vor", "wan", "2")]
NOTES = ["", "Wants 5 % less", "Quote by Friday"]


@pytest.fixture
def olga(cast, account):
    for name in ("Wang Jue", "Sun Li"):
        Contact.objects.create(account=account, name=name)
    return cast["olga_owner"]


def test_ten_contacts_by_keyboard(enter, olga):
    page = enter(olga)
    log = []
    for n in range(10):
        account, person, kind = SHORT[n % 3]
        strokes, began = 0, time.monotonic()

        def press(*keys):
            nonlocal strokes
            for key in keys:
                page.keyboard.press(key)
                page.wait_for_timeout(PACE)
                strokes += 1

        press("l")
        expect(page.locator("#log-account")).to_be_focused()
        press(*account, "Enter")
        expect(page.locator("#log-people")).to_be_focused()
        press(*person, "Enter", kind)
        if note := NOTES[n % 3]:
            page.locator("#log-people").focus()
            press("Enter")
            expect(page.locator("#log-note")).to_be_focused()
            press(*(key if key != " " else "Space" for key in note))
        press("Control+Enter")
        expect(page.locator("#log")).to_be_hidden()
        log.append((strokes, time.monotonic() - began))
    for strokes, seconds in log:
        print(f"{strokes} keystrokes, {seconds:.1f} s")

    assert Interaction.objects.count() == 10
    assert max(strokes for strokes, _seconds in log) <= CEILING


def test_a_contact_from_the_phone(enter, olga):
    page = enter(olga)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.url + "log/")
    page.locator("#log-account").fill("vor")
    page.get_by_role("option", name="Vorholm").click()
    page.locator("[data-checks=people] label", has_text="Wang Jue").click()
    page.locator(".kinds label", has_text="Visit").click()
    page.locator(".dlg-foot [data-save]").click()

    expect(page.locator("#toasts")).to_contain_text("logged")
    assert Interaction.objects.get().kind == "visit"
