"""Every page: no fault that axe finds, no complaint of the browser, everything within reach of Tab.

The demo company gives each page something to show; an empty one shows the empty states.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts_crm.models import NightlyRun
from churn.models import Defection, Flag, Goal, Playbook
from customers.models import (
    Account,
    CompetitorSighting,
    Complaint,
    Contact,
    Interaction,
    Receivable,
)
from lifecycle.models import StageGate
from teams.models import Competence, JointGroup, Post

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


def pages():
    """Return the address of every page that a director reads, forms included."""
    account = Account.objects.filter(owner__isnull=False, order_lines__isnull=False).order_by("pk")[
        0
    ]
    run = NightlyRun.objects.latest_published()
    assessed = Competence.objects.filter(rater__username="director").first()
    found = ["/", "/accounts/", "/accounts/?scope=group", "/accounts/?q=no-such-name"]
    found += ["/accounts/new/", f"/accounts/{account.pk}/edit/", "/log/", "/dashboard/", "/me/"]
    found += ["/notices/", "/notices/?show=all"]
    found += ["/tiers/", "/tiers/requests/", "/policies/tiers/", f"/accounts/{account.pk}/tier/"]
    found += [f"/accounts/{account.pk}/stance/new/", "/policies/stages/"]
    for kind in ("levels", "share"):
        gate = StageGate.objects.get(stage="mid", kind=kind).pk
        found += [f"/accounts/{account.pk}/evidence/?gate={gate}"]
    found += [f"/policies/stages/{StageGate.objects.get(stage='mid', kind='levels').pk}/"]
    found += ["/policies/signals/", "/policies/signals/no_contact/"]
    found += [f"/accounts/{account.pk}/", f"/accounts/{account.pk}/contacts/new/"]
    found += [
        f"/accounts/{account.pk}/{tab}/"
        for tab in ("people", "team", "risk", "timeline", "history")
    ]
    found += [
        f"/accounts/{account.pk}/{form}/"
        for form in ("members", "leader", "joint-groups", "joint-offices", "open-books")
    ]
    found += [
        "/teams/",
        "/teams/?as_of=2020-01-01",
        "/teams/posts/history/",
        "/teams/posts/new/",
        "/teams/workload/",
    ]
    found += ["/teams/pay-mix/", "/teams/pay-mix/?base=x"]
    found += [f"/teams/posts/{Post.objects.filter(holder=None).first().pk}/"]
    group = JointGroup.objects.filter(until=None, meetings__isnull=False).first()
    found += [f"/accounts/{group.account_id}/team/", f"/joint-groups/{group.pk}/"]
    found += [f"/joint-groups/{group.pk}/meetings/"]
    found += [f"/members/{account.team.filter(until=None).exclude(role='lead').first().pk}/"]
    found += [
        "/stages/",
        "/stages/breaks/",
        "/risk/",
        "/risk/model/",
        "/search/?q=a",
        "/accounts/views/new/?tier=strategic",
    ]
    found += [f"/contacts/{Contact.objects.filter(account=account).first().pk}/edit/"]
    found += [f"/interactions/{Interaction.objects.first().pk}/edit/"]
    found += [f"/accounts/{account.pk}/complaints/new/", f"/accounts/{account.pk}/potential/new/"]
    found += [f"/accounts/{account.pk}/satisfaction/new/", "/data/runs/", f"/data/runs/{run.pk}/"]
    found += [f"/complaints/{Complaint.objects.first().pk}/edit/", "/auth/logout/", "/nowhere/"]
    found += [f"/accounts/{account.pk}/{form}/new/" for form in ("receivables", "sightings")]
    found += [f"/receivables/{Receivable.objects.first().pk}/edit/"]
    found += [f"/sightings/{CompetitorSighting.objects.first().pk}/edit/"]
    found += ["/risk/playbooks/", "/risk/playbooks/new/", "/risk/defections/", "/goals/"]
    found += ["/goals/new/", f"/accounts/{account.pk}/defections/new/"]
    found += [
        f"/risk/playbooks/{Playbook.objects.first().pk}/",
        f"/goals/{Goal.objects.first().pk}/",
        f"/defections/{Defection.objects.first().pk}/edit/",
        f"/flags/{Flag.objects.first().pk}/",
    ]
    found += [
        "/teams/linkage/",
        "/teams/handovers/",
        "/teams/competence/",
        f"/teams/competence/{assessed.pk}/",
        f"/teams/competence/{assessed.pk}/correction/",
        "/teams/departure/",
        f"/teams/departure/{account.owner_id}/",
        f"/accounts/{account.pk}/deputies/",
    ]
    return found


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
