"""The risk tab of an account: each finding with its receipt, down to the rows behind."""

import pytest

from churn.rules import RULES
from tests.churn.companies import company
from tests.churn.facts import D, ago, complaint
from tests.churn.test_all_signals import trouble
from tests.nights import make_run, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast, account):
    """Return a night on which every signal fires for the account."""
    company(12)
    trouble(account, cast["olga_owner"], cast["ed_editor"])
    return make_run(D)


def page_of(client, person, account, query=""):
    client.force_login(person)
    return client.get(f"/accounts/{account.pk}/risk/{query}")


def receipt(client, cast, account, signal):
    answer = page_of(client, cast["olga_owner"], account, f"?signal={signal}")
    assert answer.context["reason"].signal == signal
    return answer, answer.context["groups"]


def test_every_finding_has_a_receipt_of_as_many_rows_as_its_figures_say(run, client, cast, account):
    found = {f["signal"]: f["figures"] for f in run.risks.get(account=account).findings}
    assert set(found) == set(RULES)
    rows = {
        signal: [group.count for group in receipt(client, cast, account, signal)[1]]
        for signal in found
    }

    assert rows == {
        "interrupted": [1],
        "value_falling": [1, 12],
        "order_gap": [16],
        "quality_complaint": [3],
        "champion_left": [1],
        "categories_dropped": [12],
        "wallet_falling": [1, 10, 6],
        "complaints_rising": [3],
        "satisfaction_falling": [2],
        "payment_overdue": [1, 1],
        "competitor_rising": [2],
        "steps_overdue": [1],
        "no_contact": [1],
        "tone_turning": [6],
        "manager_changed": [5],
        "single_threaded": [6],
    }


def test_the_orders_of_a_receipt_sum_to_the_figure(run, client, cast, account):
    _answer, (recent, _year) = receipt(client, cast, account, "value_falling")
    (finding,) = (
        f for f in run.risks.get(account=account).findings if f["signal"] == "value_falling"
    )

    assert [line.day for line in recent.lines] == [ago(85)]
    assert finding["figures"]["recent"] == 20


def test_a_receipt_shows_the_rows_of_its_night_only(run, client, cast, account):
    order(account, D.replace(month=7), 100)
    complaint(account, opened=D.replace(month=7))

    assert receipt(client, cast, account, "order_gap")[1][0].count == 16
    assert receipt(client, cast, account, "complaints_rising")[1][0].count == 3


def test_the_panel_links_to_receipts_that_say_what_clears_them(run, client, cast, account):
    client.force_login(cast["olga_owner"])
    reasons = client.get(account.get_absolute_url()).context["risk"].reasons
    assert len(reasons) == len(RULES)

    for reason in reasons:
        page = client.get(reason.link)
        assert page.context["reason"].signal == reason.signal
        assert f"as_of={D.isoformat()}" in reason.link
        assert reason.clears in page.content.decode().replace("&#x27;", "'")


def test_an_unknown_signal_opens_the_strongest(run, client, cast, account):
    answer = page_of(client, cast["olga_owner"], account, "?signal=tea%00leaves&as_of=x")
    assert answer.context["reason"].signal == "interrupted"


def test_an_account_without_risk_has_an_empty_tab(client, cast, account):
    answer = page_of(client, cast["olga_owner"], account)

    assert answer.status_code == 200
    assert answer.context["reason"] is None


def test_strangers_find_nothing(run, client, cast, account):
    assert page_of(client, cast["otto_outsider"], account).status_code == 404


@pytest.mark.parametrize("signal", RULES)
def test_a_receipt_asks_at_most_fifteen_times(
    signal, run, client, cast, account, django_assert_max_num_queries
):
    page_of(client, cast["olga_owner"], account)  # the visit is noted

    with django_assert_max_num_queries(15):
        client.get(f"/accounts/{account.pk}/risk/?signal={signal}")
