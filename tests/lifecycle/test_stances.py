"""Participation and supplier stance: what is unknown is never zero."""

import datetime as dt

import pytest

from customers.calendar import business_today
from customers.errors import Refused
from customers.models import Account, Event
from lifecycle.models import SupplierStance, TierPolicy
from lifecycle.queries import stance_is
from lifecycle.stance_actions import record_stance
from lifecycle.stances import ITEMS, Stance, readiness, stance


def test_partial_answers_are_scored_on_what_was_answered():
    assert readiness(dict.fromkeys(ITEMS, 5)) == 100
    assert readiness(dict.fromkeys(ITEMS, 1)) == 0
    assert readiness({"suppliers": 5}) == 100
    assert readiness({"suppliers": 5, "length": 2, "selection": None}) == 62
    assert readiness({"suppliers": None}) is None
    assert [stance(score) for score in (None, 0, 39, 40, 64, 65)] == [
        "", "traditional", "traditional", "mixed", "mixed", "modern",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "field"),
    [({}, ""), ({"suppliers": 6}, "suppliers"), ({"length": 0}, "length")],
)
def test_a_rating_without_sense_is_refused(account, cast, answers, field):
    with pytest.raises(Refused) as refused:
        record_stance(account, by=cast["olga_owner"], date=business_today(), **answers)
    assert refused.value.field == field
    assert not SupplierStance.objects.exists()


def test_nobody_rates_the_future(account, cast):
    tomorrow = business_today() + dt.timedelta(days=1)
    with pytest.raises(Refused):
        record_stance(account, by=cast["olga_owner"], date=tomorrow, suppliers=3)


def test_the_latest_rating_counts_in_the_list(account, far_account, cast, client):
    olga, today = cast["olga_owner"], business_today()
    record_stance(account, by=olga, date=today, suppliers=5)
    record_stance(account, by=olga, date=today - dt.timedelta(days=9), suppliers=1)

    def listed(wanted):
        return list(Account.objects.filter(stance_is(wanted)))

    assert listed(Stance.MODERN) == [account]
    assert listed(Stance.TRADITIONAL) == listed(Stance.MIXED) == []
    assert listed("") == [far_account]
    client.force_login(cast["dora_director"])
    for query, names in (
        ("stance=modern", {"Vorholm Cranes"}),
        ("stance=unknown", {"Zephyr Canary Works"}),
    ):
        rows = client.get(f"/accounts/?{query}").context["rows"]
        assert {row.account.name for row in rows} == names


def test_a_manager_rates_in_the_browser_and_leaves_out_what_he_does_not_know(account, cast, client):
    client.force_login(cast["olga_owner"])
    path = f"/accounts/{account.pk}/stance/new/"
    day = business_today().isoformat()

    assert client.post(path, {"date": day}).status_code == 422
    assert client.post(path, {"date": day, "suppliers": "6"}).status_code == 422
    assert client.post(path, {"date": day, "suppliers": "4", "length": ""}).status_code == 302

    row = SupplierStance.objects.get()
    assert (row.suppliers, row.length, row.readiness, row.answered) == (4, None, 75, 1)
    assert Event.objects.get(kind="stance.recorded").changes == {"readiness": [None, 75]}
    page = client.get(f"/accounts/{account.pk}/lifecycle/").content.decode()
    assert "Readiness for partnership 75% (Modern), 1 of 8 items" in page


def test_complex_on_both_sides_advises_a_shorter_cadence(account, cast, client):
    client.force_login(cast["olga_owner"])
    page = client.get(f"/accounts/{account.pk}/lifecycle/").content.decode()
    assert "Participation: unknown" in page

    Account.objects.filter(pk=account.pk).update(
        product_complexity="complex", involvement_complexity="complex"
    )
    panel = client.get(f"/accounts/{account.pk}/lifecycle/").context["tier"]
    assert (panel.advised, panel.goods) == (45, "high-tech and custom systems")

    TierPolicy.objects.update(complex_percent=100)
    assert client.get(f"/accounts/{account.pk}/lifecycle/").context["tier"].advised is None

    rows = client.get("/accounts/?quadrant=complex-complex").context["rows"]
    assert [row.account for row in rows] == [account]
    assert not client.get("/accounts/?quadrant=unknown").context["rows"]
