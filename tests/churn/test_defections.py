"""Customers that left: recorded, costed, won back; and the report."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from churn.defection_actions import change_defection, record_defection
from churn.models import Defection, Flag
from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account, Event
from tests.nights import order

pytestmark = pytest.mark.django_db


def day(ahead):
    return business_today() + dt.timedelta(days=ahead)


@pytest.fixture
def lost(account, cast):
    order(account, day(-40), 900_00)
    order(account, day(-400), 5_000_00)
    return record_defection(
        account,
        by=cast["olga_owner"],
        type="price",
        date=day(-10),
        competitor="Brandt",
        keeping_cost=70_00,
    )


def test_a_loss_is_worth_the_twelve_months_before_and_costs_a_new_customer(lost, account):
    account.refresh_from_db()
    assert account.status == "lost"
    assert (lost.value_lost, lost.currency, lost.replacing_cost) == (900_00, "CNY", 350_00)
    assert Event.objects.filter(kind="defection.recorded", account=account).count() == 1


def test_the_factor_is_a_setting_and_unknown_stays_blank(lost, far_account, cast, settings):
    settings.WINNING_COSTS_TIMES = 7
    assert lost.replacing_cost == 490_00

    other = record_defection(far_account, by=cast["dora_director"], type="service")

    assert (other.value_lost, other.replacing_cost) == (None, None)


def test_a_customer_is_lost_once_until_it_is_won_back(lost, account, cast):
    with pytest.raises(Refused, match="already"):
        record_defection(account, by=cast["olga_owner"], type="product")
    change_defection(lost, by=cast["olga_owner"], version=1, winback="won")

    account.refresh_from_db()
    assert (account.status, lost.winback_on) == ("active", day(0))
    record_defection(account, by=cast["olga_owner"], type="product")
    assert Defection.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"type": "weather"}, "type"),
        ({"date": day(1)}, "date"),
        ({"winback": "won", "winback_on": day(-11)}, "winback_on"),
        ({"winback": "won", "winback_on": day(1)}, "winback_on"),
    ],
)
def test_what_cannot_be_is_refused(lost, cast, values, field):
    with pytest.raises(Refused) as refused:
        change_defection(lost, by=cast["olga_owner"], version=1, **values)

    assert refused.value.field == field
    assert Defection.objects.get().version == 1


def test_a_decided_win_back_stays_decided_and_a_stale_version_is_refused(lost, account, cast):
    change_defection(lost, by=cast["olga_owner"], version=1, winback="given_up")

    with pytest.raises(Refused, match="Given up"):
        change_defection(lost, by=cast["olga_owner"], version=2, winback="won")
    with pytest.raises(Refused) as refused:
        change_defection(lost, by=cast["ed_editor"], version=1, winback="won")

    assert refused.value.conflict["fields"]["winback"] == {"yours": "won", "theirs": "given_up"}
    account.refresh_from_db()
    assert account.status == "lost"


def test_a_flag_is_closed_as_lost_with_its_reason_in_the_browser(client, account, cast):
    flag = Flag.objects.create(account=account, kind="manual", reason="x")
    client.force_login(cast["ed_editor"])
    url = f"/flags/{flag.pk}/state/"
    htmx = {"headers": {"HX-Request": "true"}}

    typed = {"to": "closed", "version": 1, "outcome": "lost"}
    without = client.post(url, typed, **htmx)
    closed = client.post(url, {**typed, "type": "service", "competitor": "Brandt"}, **htmx)

    assert (without.status_code, closed.status_code) == (422, 200)
    assert "price, product or service" in without.content.decode()
    defection = Defection.objects.get()
    assert (defection.type, defection.competitor, defection.flag) == ("service", "Brandt", flag)
    assert "Lost" in closed.content.decode()


def test_it_is_recorded_corrected_and_won_back_by_form(client, account, cast):
    client.force_login(cast["ed_editor"])
    new = f"/accounts/{account.pk}/defections/new/"
    typed = {"type": "price", "date": day(-3).isoformat(), "value_lost": "12,000.5"}

    assert client.post(new, {**typed, "value_lost": "-1"}).status_code == 422
    assert client.post(new, typed).status_code == 302
    defection = Defection.objects.get()
    assert defection.value_lost == 12_000_50
    again = {**typed, "version": 1, "initial-value_lost": "12000.50", "initial-date": typed["date"],
             "initial-type": "price", "initial-winback": "open", "winback": "won",
             "value_lost": "12000.50"}  # fmt: skip
    assert client.post(f"/defections/{defection.pk}/edit/", again).status_code == 302
    defection.refresh_from_db()
    assert (defection.winback, defection.value_lost, defection.version) == ("won", 12_000_50, 2)
    assert client.post(f"/defections/{defection.pk}/edit/", again).status_code == 409


def test_the_report_counts_by_type_what_the_viewer_sees(client, lost, far_account, cast):
    other = record_defection(far_account, by=cast["dora_director"], type="price", value_lost=100_00)
    change_defection(other, by=cast["dora_director"], version=1, winback="won")

    def price(person, query=""):
        client.force_login(cast[person])
        answer = client.get(f"/risk/defections/{query}")
        return answer, answer.context["types"][0]

    _page, all_of_them = price("dora_director")
    page, seen = price("olga_owner")

    assert (all_of_them.count, all_of_them.value, all_of_them.rate) == (2, 1000_00, 0.5)
    assert (all_of_them.costed, all_of_them.replacing) == (1, 350_00)
    assert (seen.count, seen.value, seen.rate) == (1, 900_00, 0.0)
    assert "Canary" not in page.content.decode()
    assert f"/defections/{lost.pk}/edit/" in page.content.decode()
    assert "/edit/" not in price("vera_viewer")[0].content.decode().split("<main")[1]
    won, _line = price("dora_director", "?winback=won&type=price")
    assert [row.pk for row in won.context["page"]] == [other.pk]
    assert price("dora_director", "?winback=moon&page=x")[0].status_code == 200


def test_the_report_costs_the_same_at_any_size(client, lost, cast):
    client.force_login(cast["dirk_director"])

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/risk/defections/").status_code == 200
        return len(captured)

    few = queries()
    accounts = Account.objects.bulk_create(
        Account(code=f"L{n}", name=f"L {n}", region=lost.account.region) for n in range(60)
    )
    Defection.objects.bulk_create(
        Defection(account=one, type="price", date=day(-1), currency="CNY") for one in accounts
    )
    assert queries() == few <= 15
