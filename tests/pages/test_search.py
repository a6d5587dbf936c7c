"""The search page and the list of its dialog: what is found, for whom, at what cost."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts_crm import visits
from customers import actions
from customers.models import Account
from customers.search import texts

DAY = dt.date(2024, 6, 1)
DIALOG = {"HX-Request": "true", "HX-Target": "palette-hits"}


@pytest.fixture
def olga(cast):
    return cast["olga_owner"]


@pytest.fixture
def company(account, olga):
    """Return Vorholm with a person, an entry and a step, known to search."""
    actions.add_contact(account, by=olga, name="单雪梅", job_title="Buyer")
    actions.log_contact(
        account,
        by=olga,
        kind="call",
        subject="Prices",
        note="They find <b>steel</b> dear.",
        step={"what": "Send the offer", "due": DAY},
    )
    texts.rebuild()
    return account


def ask(client, person, query="", **headers):
    client.force_login(person)
    return client.get("/search/", {"q": query}, headers=headers)


def lines(answer):
    return {
        group.label: [str(hit.title) for hit in group.hits] for group in answer.context["groups"]
    }


def labels(answer):
    return [str(command.label) for command in answer.context["commands"]]


@pytest.mark.parametrize("headers", [{}, DIALOG], ids=["page", "dialog"])
def test_hits_are_grouped_and_marked(client, olga, company, headers):
    text = ask(client, olga, "HOLM", **headers).content.decode()
    assert "Vor<mark>holm</mark> Cranes" in text
    assert "<h2" not in text or not headers

    assert lines(ask(client, olga, "sxm", **headers)) == {
        "Contacts": ['<span lang="zh-Hans"><mark>单雪梅</mark></span>']
    }
    assert lines(ask(client, olga, "offer", **headers)) == {
        "Next steps": ["Send the <mark>offer</mark>"]
    }


def test_markup_in_texts_and_queries_stays_text(client, olga, company):
    text = ask(client, olga, "steel").content.decode()
    assert "&lt;b&gt;<mark>steel</mark>&lt;/b&gt;" in text

    answer = ask(client, olga, "<script>alert(1)</script>")
    assert "<script>alert" not in answer.content.decode()
    assert answer.context["nothing"]


@pytest.mark.parametrize("person", ["olga_owner", "vera_viewer", "otto_outsider", "dirk_director"])
def test_a_canary_shows_neither_in_lines_nor_in_counts(client, cast, company, far_account, person):
    dora = cast["dora_director"]
    actions.add_contact(far_account, by=dora, name="Canary Person")
    actions.log_contact(far_account, by=dora, kind="call", note="canary note")
    visits.note(cast[person], far_account.pk)
    visits.pin(far_account, by=cast[person])
    texts.rebuild()

    for query in ("canary", "zephyr", "Z-9", ""):
        for headers in ({}, DIALOG):
            answer = ask(client, cast[person], query, **headers)
            assert "Canary" not in answer.content.decode()
            assert all(group.count == 0 for group in answer.context["groups"])
    assert client.get("/accounts/", {"q": "zephyr"}).context["rows"] == []
    assert len(lines(ask(client, dora, "canary"))) == 3


def test_all_hits_lead_to_the_list_with_the_same_filter(client, olga, company):
    for number in range(30):
        actions.open_account(by=olga, code=f"n{number}", name=f"North {number}", owner=olga)

    text = ask(client, olga, "north", **DIALOG).content.decode()
    assert "All 30 accounts" in text
    assert "/accounts/?q=north" in text
    rows = client.get("/accounts/", {"q": "north"}).context["count"]
    assert rows == 30


def test_before_anything_is_typed_recent_accounts_and_usual_commands_stand_there(
    client, olga, company
):
    other = Account.objects.create(code="B", name="Bolt", owner=olga)
    visits.note(olga, company.pk)
    visits.pin(other, by=olga)

    answer = ask(client, olga)
    assert lines(answer) == {"Pinned": ["Bolt"], "Opened lately": ["Vorholm Cranes"]}
    assert labels(answer)[:2] == ["Log a contact", "New account"]


def test_what_was_opened_last_comes_first(client, olga, company):
    for number in range(8):
        actions.open_account(by=olga, code=f"n{number}", name=f"North {number}", owner=olga)
    visits.note(olga, Account.objects.get(code="n2").pk)

    found = lines(ask(client, olga, "north"))["Accounts"]
    assert found[:2] == ["<mark>North</mark> 2", "<mark>North</mark> 7"]


@pytest.mark.parametrize(
    ("person", "query", "has"),
    [
        ("olga_owner", "log con", True),
        ("rita_reader", "log con", False),
        ("olga_owner", "run now", False),
        ("dora_director", "run now", True),
        ("olga_owner", "xjkh", True),
        ("rita_reader", "新建", False),
        ("ada_admin", "administration", True),
        ("olga_owner", "administration", False),
        ("olga_owner", "深色", True),
        ("olga_owner", "中文", True),
    ],
)
def test_commands_are_offered_to_who_may_use_them(client, cast, person, query, has):
    assert bool(labels(ask(client, cast[person], query))) == has


def test_a_command_that_changes_something_is_a_post(client, olga):
    text = ask(client, olga, "dark").content.decode()
    assert 'formaction="/me/theme/" name="theme" value="dark"' in text

    client.post("/me/theme/", {"theme": "dark", "next": "/search/"})
    olga.refresh_from_db()
    assert labels(ask(client, olga, "theme")) == ["Switch to light"]


def test_nothing_found_says_what_to_try(client, olga, company):
    assert "initials of a name" in ask(client, olga, "zzzz").content.decode()
    assert "at least one letter" in ask(client, olga, "%%%").content.decode()


@pytest.mark.parametrize(
    "query", ["\x00", "x" * 10_000, "%_\\", "' OR 1=1 --", '"', "a AND b OR NOT", "\u202e", "🙂"]
)
def test_hostile_queries_are_answered(client, olga, company, query):
    for headers in ({}, DIALOG):
        assert ask(client, olga, query, **headers).status_code == 200
    assert client.get("/accounts/", {"q": query}).status_code == 200


@pytest.mark.parametrize("name", ["olga_owner", "dirk_director", "dora_director"])
def test_the_number_of_queries_does_not_grow(client, cast, company, name):
    def queries(query):
        with CaptureQueriesContext(connection) as captured:
            ask_again = client.get("/search/", {"q": query}, headers=DIALOG)
            assert ask_again.status_code == 200
        return len(captured)

    client.force_login(cast[name])
    few = queries("vorholm")
    olga = cast["olga_owner"]
    for number in range(30):
        made = actions.open_account(
            by=olga, code=f"v{number}", name=f"Vorholm {number}", owner=olga, region=company.region
        )
        actions.add_contact(made, by=olga, name=f"Vorholm {number}")
        actions.log_contact(made, by=olga, kind="call", note="Vorholm")

    assert queries("vorholm") <= few <= 13
    assert queries("") <= 13


def test_searching_never_loads_the_dictionaries(olga, company, client, monkeypatch):
    """They cost a quarter of a second: reading must do without."""
    import sys

    monkeypatch.setitem(sys.modules, "pypinyin", None)
    assert ask(client, olga, "单雪").status_code == 200
    assert ask(client, olga, "sxm").status_code == 200
