"""The supported stage against the recorded one: filters, column, export, dashboard."""

import datetime as dt
import re

import pytest

from customers.calendar import business_today
from customers.models import Account
from lifecycle.models import Assessment
from tests.nights import make_run, order

D = business_today() - dt.timedelta(days=1)


@pytest.fixture
def night(cast):
    """Return a night of five accounts: more, less and as much supported, interrupted, unknown."""
    for name, stage in (
        ("More", "pre"), ("Less", "mid"), ("Same", "early"), ("Broken", "interrupted"),
        ("Unknown", "pre"),
    ):  # fmt: skip
        one = Account.objects.create(code=name, name=name, stage=stage, owner=cast["olga_owner"])
        order(one, D - dt.timedelta(days=7), 900_00)
    run = make_run(D)
    Assessment.objects.filter(account__name="Unknown").delete()
    return run


def names(answer):
    assert answer.status_code == 200
    return {row.account.name for row in answer.context["rows"]}


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("evidence=disagrees", {"More", "Less"}),
        ("evidence=higher", {"More"}),
        ("evidence=lower", {"Less"}),
        ("evidence=agrees", {"Same"}),
        ("evidence=unknown", {"Unknown"}),
        ("supported=early", {"More", "Less", "Same", "Broken"}),
        ("supported=early&supported=unknown", {"More", "Less", "Same", "Broken", "Unknown"}),
        ("supported=mid", set()),
        ("supported=early&evidence=disagrees&sort=supported&cols=supported", {"More", "Less"}),
        ("supported=%00&evidence=moon", {"More", "Less", "Same", "Broken", "Unknown"}),
    ],
)
def test_the_list_is_narrowed_by_what_is_supported(client, cast, night, query, left):
    client.force_login(cast["dora_director"])

    assert names(client.get(f"/accounts/?{query}")) == left


def test_before_the_first_night_nothing_is_known(client, cast, account):
    client.force_login(cast["dora_director"])

    assert names(client.get("/accounts/?evidence=disagrees")) == set()
    assert names(client.get("/accounts/?supported=unknown&cols=supported")) == {"Vorholm Cranes"}


def test_the_column_shows_the_stage_and_where_it_differs(client, cast, night):
    client.force_login(cast["olga_owner"])

    page = client.get("/accounts/?cols=supported&sort=-supported").content.decode()
    assert page.count('aria-label="Supports more"') == 1
    assert page.count('aria-label="Supports less"') == 1
    sheet = b"".join(client.get("/accounts/export.csv?cols=supported").streaming_content).decode()
    assert re.search("More.*Early", sheet)
    assert not re.search("Unknown.*Early", sheet)


def test_the_dashboards_number_leads_to_as_many(client, cast, night):
    client.force_login(cast["olga_owner"])

    page = client.get("/dashboard/")

    assert page.context["apart"] == 2
    assert page.context["apart_url"] == "/accounts/?evidence=disagrees"
    assert "2 accounts where the evidence supports another stage" in page.content.decode()
    assert len(names(client.get(page.context["apart_url"]))) == 2
