"""The dashboard's numbers beside the lists behind them, the API and the exports."""

import csv
import io
import re
from ctypes.util import find_library
from html import unescape

import pytest
from django.core.management import call_command

from accounts_crm.dashboard.pdf import sheet
from accounts_crm.models import NightlyRun
from teams.models import User

PEOPLE = ("director", "manager", "reader")
# A link that is a number: of accounts, or of accounts out of others ("10 of 12").
NUMBERED = re.compile(r'<a href="(/accounts/\?[^"]*)">\s*(?:<b>)?([\d,]+)')


@pytest.fixture
def demo(db, monkeypatch):
    """Make the demo company, one night computed; return its people by log-in."""
    monkeypatch.setenv("DEMO_PASSWORD", "keel-dashboard-tests-1")
    call_command("seed_demo", verbosity=0)
    call_command("nightly", verbosity=0)
    return {person.username: person for person in User.objects.all()}


def listed(client, address):
    """Return how many accounts the list at an address has, read off its pages."""
    found, page = 0, 1
    while True:
        response = client.get(f"{unescape(address)}&page={page}")
        assert response.status_code == 200, address
        rows = len(response.context["rows"])
        found += rows
        if rows < 50:
            return found
        page += 1


def test_the_figures_are_the_same_everywhere(client, demo, capsys, subtests):
    """One company for all of them: to make it takes longer than to look at it."""
    for name in PEOPLE:
        with subtests.test("each number leads to a list of as many", name=name):
            numbers_lead_to_lists_of_as_many(client, demo, name)
        with subtests.test("the API has the same figures", name=name):
            figures_are_those_of_the_api(client, demo, name)
    with subtests.test("filters narrow the lists too"):
        filters_narrow_the_lists_too(client, demo)
    with subtests.test("the exports have the same figures"):
        figures_are_those_of_the_exports(client, demo, capsys)


def numbers_lead_to_lists_of_as_many(client, demo, name):
    client.force_login(demo[name])

    links = NUMBERED.findall(client.get("/dashboard/").content.decode())

    assert len(links) > 15
    for address, number in links:
        assert listed(client, address) == int(number.replace(",", "")), address


def filters_narrow_the_lists_too(client, demo):
    client.force_login(demo["director"])
    page = client.get("/dashboard/", {"owner": demo["manager"].pk, "industry": "none"})
    if "summary" not in page.context:
        page = client.get("/dashboard/", {"owner": demo["manager"].pk})

    for address, number in NUMBERED.findall(page.content.decode()):
        assert f"owner={demo['manager'].pk}" in address
        assert listed(client, address) == int(number.replace(",", "")), address


def figures_are_those_of_the_api(client, demo, name):
    client.force_login(demo[name])
    context = client.get("/dashboard/").context

    def every(path):
        address, rows = path, []
        while address:
            body = client.get(address).json()
            rows += body["results"]
            address = body["next"]
        return rows

    ranked = every("/api/v1/rankings/?page_size=200")
    risks = {row["account"]: row for row in every("/api/v1/risk/?page_size=200")}
    minor = [round(float(row["value"]) * 100) for row in ranked]
    summary = context["summary"]
    assert summary["value"] == sum(minor)
    assert summary["ranked"] == len(ranked)
    assert summary["class_a"] == sum(row["class"] == "A" for row in ranked)
    high = [row for row in ranked if risks.get(row["account"], {}).get("level") == "high"]
    assert summary["high"].count == len(high)


def figures_are_those_of_the_exports(client, demo, capsys):
    client.force_login(demo["director"])
    context = client.get("/dashboard/").context
    capsys.readouterr()

    call_command("export_ranking")
    ranking = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    call_command("export_risk")
    risk = {row["code"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}

    summary = context["summary"]
    assert {row["as_of"] for row in ranking} == {str(NightlyRun.objects.latest_published().as_of)}
    assert summary["value"] == sum(round(float(row["value"]) * 100) for row in ranking)
    assert summary["class_a"] == sum(row["class"] == "A" for row in ranking)
    for level in ("high", "watch"):
        of_level = [row for row in ranking if risk.get(row["code"], {}).get("level") == level]
        positive = sum(max(0, round(float(row["value"]) * 100)) for row in of_level)
        assert (summary[level].count, summary[level].positive) == (len(of_level), positive)


@pytest.mark.skipif(not find_library("pangoft2-1.0"), reason="Pango is not on this machine")
def test_the_sheet_is_one_page_with_the_same_figures(client, demo):
    for name, language in (("director", "en"), ("manager", "zh-hans")):
        person = demo[name]
        person.language = language
        person.save()
        client.force_login(person)

        response = client.get("/dashboard/pdf/", {"period": "quarter"})

        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf"), name
        assert response.content.startswith(b"%PDF")
        page = {key: response.context[key] for key in response.context.keys()}  # noqa: SIM118
        assert len(sheet(response.wsgi_request, page).pages) == 1, name
        assert "attachment" in response["Content-Disposition"]


def test_no_sheet_without_figures_nor_for_strangers(client, cast):
    client.force_login(cast["dora_director"])
    assert "No ranking yet" in client.get("/dashboard/pdf/").content.decode()
    client.force_login(cast["ada_admin"])
    assert client.get("/dashboard/pdf/").status_code == 403
