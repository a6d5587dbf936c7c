"""The parts of the demo company, one by one."""

import datetime as dt

import numpy as np
import pytest

from accounts_crm.demo import names, orders, rates, shapes
from accounts_crm.demo.sheets import sheet
from customers.rates import Book
from teams.competence import GAP

TODAY = dt.date(2026, 3, 11)


@pytest.mark.django_db
@pytest.mark.parametrize("reporting", ["EUR", "JPY"])
def test_amounts_are_exact_in_any_reporting_currency(settings, reporting):
    settings.REPORTING_CURRENCY = reporting
    book_of_rates = rates.make_rates(1, TODAY)
    book = Book()
    days = np.datetime64(TODAY, "D") - np.arange(0, 1000, 7)
    minor = 12_345 * np.arange(len(days)) - 500_000

    for place, code in enumerate(rates.TRADED):
        got = book_of_rates.convert(minor, np.full(len(days), place), days)
        pairs = zip(minor.tolist(), days.tolist(), strict=True)
        assert got.tolist() == [book.convert(one, code, day) for one, day in pairs]


def test_seasons_dip_at_new_year_in_china_and_in_august_in_europe():
    busy = shapes.calendars(dt.date(2026, 12, 27))
    mondays = shapes.monday_before(dt.date(2026, 12, 27)) + 7 * np.arange(shapes.WEEKS)

    def week(day):
        return int(np.searchsorted(mondays, np.datetime64(day), side="right")) - 1

    assert busy[0, week("2026-02-18")] < 0.3 < 0.8 < busy[0, week("2026-08-12")]
    assert busy[1, week("2026-08-12")] < 0.6 < 0.8 < busy[1, week("2026-05-13")]


def test_shares_add_up_exactly():
    shares = orders.allot(1_000, np.array([3.0, 0, 1, 1e-9]), np.array([True, False, True, True]))

    assert shares.sum() == 1_000
    assert shares.tolist()[1] == 0
    assert shares.min() == 0
    assert shares[3] >= 1
    assert orders.allot(5, np.zeros(3)).sum() == 0


def test_written_rows_name_what_exists():
    known = {row["name"] for row in sheet("accounts")}
    assert len(known) == len(sheet("accounts"))
    usernames = {row["username"] for row in sheet("colleagues")}
    for name in ("contacts", "log", "complaints", "receivables", "sightings"):
        assert {row["account"] for row in sheet(name)} <= known
    assert {row["owner"] for row in sheet("accounts")} <= usernames | {""}
    assert {row["author"] for row in sheet("log")} <= usernames
    for row in sheet("competence"):
        assert {row["person"], row["rater"]} <= usernames
        # A gap has a goal, and nothing else has.
        assert (int(row["score"]) <= GAP) == bool(row["due"])
    assert {row["shape"] for row in sheet("accounts")} <= set(shapes.SHAPES)


def test_mailboxes_are_plain_ascii():
    assert names.mailbox("Petra Nováková") == "petra.novakova"
    assert names.mailbox("Zheng Guodong") == "zheng.guodong"
