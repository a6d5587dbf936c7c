"""The accounts list by keyboard: rows, several columns, a saved view, many accounts at once."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from accounts_crm.models import SavedView
from customers.models import Account, Event
from customers.search import texts

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def olga(cast):
    return cast["olga_owner"]


@pytest.fixture
def three(account, olga):
    """Return Olga's three accounts, by name."""
    others = [
        Account.objects.create(code=code, name=name, owner=olga, region=account.region)
        for code, name in (("A-2", "Aldermoor Packaging"), ("A-3", "Brisling Pumps"))
    ]
    texts.rebuild()
    return [*others, account]


def ticked(page):
    return page.locator("[data-row] input:checked").count()


def test_rows_are_walked_ticked_and_opened_by_keys(enter, olga, three, complaints):
    page = enter(olga, "/accounts/?sort=name")

    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Aldermoor Packaging")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Vorholm Cranes")).to_be_focused()
    assert ticked(page) == 1
    page.keyboard.press("Shift+X")
    assert ticked(page) == 3
    expect(page.locator("[data-picked]")).to_have_text("3 selected")
    page.keyboard.press("Escape")
    assert ticked(page) == 0
    page.keyboard.press("k")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(rf"/accounts/{three[1].pk}/"))
    assert complaints == []


def test_who_switched_single_keys_off_is_left_alone(enter, olga, three):
    type(olga).objects.filter(pk=olga.pk).update(shortcuts=False)
    page = enter(olga, "/accounts/?sort=name")

    page.keyboard.press("j")
    page.keyboard.press("x")

    expect(page.get_by_role("link", name="Aldermoor Packaging")).not_to_be_focused()
    assert ticked(page) == 0


def test_shift_and_a_click_sort_by_a_further_column(enter, olga, three, complaints):
    page = enter(olga, "/accounts/?sort=name")

    page.locator("#sort-tier").click(modifiers=["Shift"])
    page.wait_for_url(re.compile(r"sort=name(,|%2C)-tier"))

    expect(page.locator("th[aria-sort]")).to_have_count(1)
    expect(page.locator("#sort-tier + .nth")).to_contain_text("2")
    page.locator("#sort-contact").click()
    page.wait_for_url(re.compile(r"sort=contact"))
    expect(page.locator(".nth")).to_have_count(0)
    assert complaints == []


def test_a_list_is_saved_as_a_view_changed_and_deleted_with_undo(enter, olga, three, complaints):
    page = enter(olga, "/accounts/?sort=name&tier=ordinary")
    tabs = page.get_by_role("navigation", name="Saved views")
    tabs.get_by_role("link", name="Save view").click()
    page.get_by_label("Name", exact=True).fill("Small ones")
    page.keyboard.press("Enter")

    expect(tabs.locator("[aria-current]")).to_contain_text("Small ones")
    page.locator("#search").fill("bris")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(tabs.locator("[aria-current]")).to_contain_text("changed")
    tabs.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("now holds this list")
    assert SavedView.objects.get().query == "q=bris&tier=ordinary&sort=name"

    tabs.get_by_role("link", name="Edit view").click()
    page.get_by_role("button", name="Delete view").click()
    expect(page.locator("#toasts")).to_contain_text("deleted")
    expect(tabs.get_by_role("link", name="Small ones")).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(tabs.locator("[aria-current]")).to_contain_text("Small ones")
    assert complaints == []


def test_many_accounts_are_changed_after_a_preview_and_put_back(enter, olga, three, complaints):
    page = enter(olga, "/accounts/?sort=name")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("#bulk").get_by_role("button", name="Change").click()
    page.get_by_label("Channel").select_option(label="Dealer")
    page.get_by_role("button", name="Preview").click()

    expect(page.locator("ins")).to_have_text(["Dealer", "Dealer"])
    assert not Account.objects.exclude(channel="").exists()
    page.get_by_role("button", name="Change 2 accounts").click()
    toast = page.locator("#toasts")
    expect(toast).to_contain_text("2 accounts changed.")
    assert set(Account.objects.filter(channel="dealer")) == set(three[:2])

    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("2 accounts are as they were.")
    assert not Account.objects.exclude(channel="").exists()
    assert Event.objects.filter(kind="account.changed").count() == 4
    assert complaints == []


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_its_menus_and_a_selection_break_no_rule_of_access(
    enter, olga, three, width, scheme
):
    page = enter(olga, "/accounts/?sort=name,-tier&tier=ordinary")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if width > 390:  # a phone has no room for boxes
        page.locator("[data-row] input").first.check()
    page.get_by_text("More filters").click()
    found = Axe().run(page, options={"preload": False}).response["violations"]

    assert [(fault["id"], fault["nodes"]) for fault in found] == []
    page.get_by_text("More filters").click()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
