"""The accounts list as a file."""

import csv
import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from customers import actions
from customers.models import Account
from tests.nights import make_run, order

D = dt.date(2024, 6, 30)


@pytest.fixture
def ranked(cast, account, far_account):
    """Return three accounts, ranked; one is called like a formula."""
    odd = Account.objects.create(code="=1+1", name="=cmd|calc", owner=cast["olga_owner"])
    order(account, D, 123_456)
    order(odd, D, 50_000)
    order(far_account, D, 900_000)
    actions.log_contact(account, by=cast["olga_owner"], kind="call")
    make_run(D)
    return account, odd, far_account


def rows(response):
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_the_file_is_what_the_list_shows_in_its_order_with_its_columns(client, cast, ranked):
    client.force_login(cast["dora_director"])

    found = rows(client.get("/accounts/export.csv?sort=value&cols=value,owner,contact"))

    assert [row["Account"] for row in found] == [
        "'=cmd|calc",
        "Vorholm Cranes",
        "Zephyr Canary Works",
    ]
    assert list(found[0]) == [
        "Rank", "Class", "Code", "Account", "Other name", "Value", "Last contact", "Owner"
    ]  # fmt: skip
    assert [row["Value"] for row in found] == ["500.00", "1234.56", "9000.00"]
    assert found[1]["Last contact"] == str(account_day(ranked[0]))
    assert found[2]["Owner"] == found[2]["Last contact"] == ""
    only = rows(client.get("/accounts/export.csv", {"region": ranked[0].region_id}))
    assert [row["Code"] for row in only] == ["A-1"]


def account_day(account):
    account.refresh_from_db()
    return account.last_contact_on


def test_nobody_takes_home_what_he_does_not_see(client, cast, ranked):
    client.force_login(cast["olga_owner"])

    found = rows(client.get("/accounts/export.csv"))

    assert {row["Code"] for row in found} == {"A-1", "'=1+1"}


def test_a_sheet_holds_text_as_text_and_numbers_as_numbers(client, cast, ranked):
    client.force_login(cast["dora_director"])

    response = client.get("/accounts/export.xlsx?cols=value,contact&sort=value")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active

    table = list(sheet.iter_rows())
    assert [cell.value for cell in table[0]] == [
        "Rank", "Class", "Code", "Account", "Other name", "Value", "Last contact"
    ]  # fmt: skip
    assert [(cell.value, cell.data_type) for cell in table[1]][:4] == [
        (3, "n"), ("C", "s"), ("=1+1", "s"), ("=cmd|calc", "s")
    ]  # fmt: skip
    assert table[2][5].value == 1234.56
    assert table[2][6].value.date() == account_day(ranked[0])


def test_the_queries_do_not_grow_with_the_rows(client, cast, ranked, django_assert_max_num_queries):
    Account.objects.bulk_create(
        Account(code=f"N-{n}", name=f"N {n}", city="Ulm", industry="Steel") for n in range(400)
    )
    client.force_login(cast["dora_director"])
    every = ",".join(["status", "tier", "stage", "wallet", "risk", "stake", "flag", "step"])

    with django_assert_max_num_queries(20):
        found = rows(
            client.get(f"/accounts/export.csv?cols={every},region,industry,channel,position,city")
        )

    assert len(found) == 403


@pytest.mark.parametrize("address", ["export.pdf", "export.csv%00", "export."])
def test_no_other_kind_of_file(client, cast, ranked, address):
    client.force_login(cast["dora_director"])

    assert client.get(f"/accounts/{address}").status_code == 404
