"""Wallet share: unknown is never zero, zero is never unknown, and every place says the same."""

import datetime as dt

import pytest

from customers.calendar import business_today
from customers.models import Account, OrderLine, PurchasePotential
from customers.wallet import with_wallet
from lifecycle import facts
from tests.nights import make_run, order

D = business_today() - dt.timedelta(days=1)
BEFORE = D - dt.timedelta(days=500)


def never(account):
    pass


def before_the_window(account):
    order(account, BEFORE, 500)


def of_no_rate(account):
    order(account, D, 300)
    OrderLine.objects.filter(account=account).update(revenue=None)


def half_of_no_rate(account):
    of_no_rate(account)
    order(account, D, 250)


def half_returned(account):
    order(account, D, 250)
    order(account, D, -250)


@pytest.mark.parametrize(
    ("sold", "potential", "share"),
    [
        (never, 1000, 0.0),
        (never, None, None),  # nobody said what they buy
        (never, 0, None),  # said in a currency without a rate
        (before_the_window, 1000, 0.0),
        (before_the_window, None, None),
        (of_no_rate, 1000, None),
        (half_of_no_rate, 1000, 0.25),
        (half_returned, 1000, 0.0),
    ],
)
def test_page_list_filter_and_evidence_agree(client, cast, account, sold, potential, share):
    order(Account.objects.create(code="B", name="Other"), D, 100)  # hence a run
    sold(account)
    if potential is not None:
        PurchasePotential.objects.create(
            account=account,
            date=BEFORE,
            currency="CNY",
            amount_minor=1000,
            amount=potential or None,
        )
    run = make_run(D)
    client.force_login(cast["olga_owner"])

    head = client.get(f"/accounts/{account.pk}/").context["facts"].wallet
    [row] = client.get("/accounts/?columns=wallet").context["rows"]
    band = "unknown" if share is None else "25-50" if share else "0-25"
    bands = ("unknown", "0-25", "25-50", "50-75", "75-")
    listed = {one for one in bands if client.get(f"/accounts/?wallet={one}").context["rows"]}
    in_sql = with_wallet(Account.objects.filter(pk=account.pk), run.as_of).get().wallet_share
    found = facts.of_one(account.pk, D)

    assert (head, row.wallet, in_sql) == (share, share, share)
    assert listed == {band}
    assert found.share_permille == (None if share is None else round(1000 * share))
