"""Ways through the product that cross pages: another language, a conflict, a number to its list."""

import re

import pytest
from playwright.sync_api import expect

from customers.models import Contact
from tests.browser.conftest import DEMO_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NUMBER = re.compile(r"[\d,]+")


def log_in(page, site, name, password):
    page.goto(site + "/auth/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(site + "/")


@pytest.mark.browser_context_args(locale="en-GB")
def test_a_language_once_chosen_stays(company, page, live_server, complaints):
    page.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(page, live_server.url, "director", DEMO_PASSWORD)
    page.get_by_role("link", name="Dashboard").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("main")).to_contain_text(re.compile(r"¥[\d.]+[MB]"))

    page.get_by_role("button", name="中文").click()

    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page).to_have_url(re.compile("/dashboard/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("大客户")
    expect(page.locator("main")).to_contain_text(re.compile(r"[\d.]+\s*[万亿]"))
    expect(page.locator("main")).not_to_contain_text(re.compile(r"¥[\d.]+[MB]"))
    page.goto(live_server.url + "/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"\d+ ?月 ?\d+ ?日"))

    page.context.clear_cookies()
    log_in(page, live_server.url, "director", DEMO_PASSWORD)
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    assert complaints == []


def test_who_saves_second_sees_both_values_and_chooses(enter, cast, account, complaints):
    wen = Contact.objects.create(account=account, name="Wen Li", job_title="Buyer", phone="1")
    address = f"/contacts/{wen.pk}/edit/"
    slow, quick = enter(cast["olga_owner"], address), enter(cast["ed_editor"], address)
    quick.get_by_label("Job title").fill("Head of purchasing")
    quick.get_by_role("button", name="Save").click()
    expect(quick.get_by_role("heading", level=1)).to_contain_text("Vorholm Cranes")

    slow.get_by_label("Job title").fill("Purchasing director")
    slow.get_by_label("Phone").fill("2")
    slow.get_by_role("button", name="Save").click()

    both = slow.get_by_role("row", name="Job title")
    expect(both).to_contain_text("Head of purchasing")
    expect(both).to_contain_text("Purchasing director")
    expect(slow.get_by_label("Phone")).to_have_value("2")
    wen.refresh_from_db()
    assert (wen.job_title, wen.phone) == ("Head of purchasing", "1")

    slow.get_by_role("button", name="Save").click()
    expect(slow.get_by_role("heading", level=1)).to_contain_text("Vorholm Cranes")
    wen.refresh_from_db()
    assert (wen.job_title, wen.phone) == ("Purchasing director", "2")
    assert [text for text in complaints if "409" not in text] == []


@pytest.mark.parametrize("person", ["director", "manager"])
def test_a_number_of_the_dashboard_leads_to_the_list_with_the_same_total(
    company, enter, live_server, complaints, person
):
    page = enter(company[person], "/dashboard/")
    links = page.locator("main a[href*='/accounts/?']").filter(has_text=re.compile(r"^\s*[\d,]+"))
    addresses = [link.get_attribute("href") for link in links.all()]
    assert len(addresses) > 10

    for place in (0, len(addresses) // 2, len(addresses) - 1):
        page.goto(live_server.url + "/dashboard/")
        link = links.nth(place)
        expect(link).to_be_visible()
        number = int(NUMBER.search(link.inner_text())[0].replace(",", ""))
        link.click()
        expect(page).to_have_url(re.compile(r"/accounts/\?"))
        if number:
            found = page.locator("[data-row]")
            expect(found).to_have_count(min(number, 50))
        else:
            expect(page.locator(".empty")).to_be_visible()
    assert complaints == []


@pytest.mark.browser_context_args(viewport={"width": 390, "height": 844})
@pytest.mark.parametrize("tab", ["", "lifecycle/", "history/"])
def test_on_a_phone_the_tab_one_is_on_is_in_sight(enter, cast, account, tab):
    page = enter(cast["olga_owner"], f"{account.get_absolute_url()}{tab}")

    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=0.99)


@pytest.mark.browser_context_args(viewport={"width": 390, "height": 844})
@pytest.mark.parametrize("board", ["/stages/", "/goals/"])
def test_on_a_phone_the_board_one_is_on_is_in_sight(enter, cast, board):
    page = enter(cast["dora_director"], board)

    expect(page.locator(".seg [aria-current]")).to_be_in_viewport(ratio=0.99)
