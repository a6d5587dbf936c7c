"""Every page: no fault that axe finds, no complaint of the browser, everything within reach of Tab.

The demo company gives each page something to show; an empty one shows the empty states.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.every_page import pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("light", 1440), ("dark", 390)]
# What Tab can stop at, as far as it is drawn; of radio buttons only the chosen one, or the first.
STOPS = """() => {
  const all = [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"]')];
  const reachable = all.filter(e => !e.disabled && e.type !== 'hidden' && e.tabIndex >= 0
    && e.checkVisibility({visibilityProperty: true}) && !e.closest('[inert]'));
  const groups = new Set();
  let number = 0;
  for (const element of reachable) {
    if (element.type === 'radio') {
      const group = (element.form?.id ?? '') + element.name;
      if (groups.has(group)) continue;
      groups.add(group);
    }
    number += 1;
  }
  return number;
}"""
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  window.__stops ??= new Map();
  if (!window.__stops.has(element)) window.__stops.set(element, window.__stops.size);
  const box = element.getBoundingClientRect();
  return [window.__stops.get(element), box.width * box.height > 0];
}"""


def faults(page):
    return [
        (fault["id"], [node["html"][:120] for node in fault["nodes"]])
        for fault in Axe().run(page, options={"preload": False}).response["violations"]
    ]


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_every_page_is_accessible(theme, width, company, enter, complaints):
    page = enter(company["director"])
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    home = page.url.rstrip("/")

    for path in pages():
        answer = page.goto(home + path)

        assert faults(page) == [], (path, theme, width)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, (path, theme, width)
        if answer.status == 400:  # of the page itself, and no other part of it
            complaints[:] = [text for text in complaints if "400 (Bad Request)" not in text]
        assert [text for text in complaints if "404" not in text] == [], path


@pytest.mark.parametrize("person", ["director", "manager", None])
def test_the_door_and_an_empty_house_are_accessible(person, cast, page, live_server):
    if person:
        page.goto(live_server.url + "/auth/login/")
        page.fill("[name=login]", {"director": "dora_director", "manager": "olga_owner"}[person])
        page.fill("[name=password]", "keel-test-pass")
        page.keyboard.press("Enter")
        page.wait_for_url(live_server.url + "/")
    for path in ("/auth/password/reset/",) if not person else ("/", "/accounts/", "/dashboard/"):
        page.goto(live_server.url + path)
        assert faults(page) == [], path


def test_tab_reaches_everything(company, enter):
    page = enter(company["manager"])
    home = page.url.rstrip("/")

    for path in pages():
        page.goto(home + path)
        number, seen = page.evaluate(STOPS), set()
        # A page may begin in its middle, in a field: round to the start, and once more to the end.
        for _step in range(2 * number + 20):
            page.keyboard.press("Tab")
            if focused := page.evaluate(FOCUSED):
                stop, drawn = focused
                assert drawn, (path, "the focus is on something that cannot be seen")
                seen.add(stop)
            if len(seen) >= number:
                break

        assert len(seen) >= number, (path, number, len(seen))
