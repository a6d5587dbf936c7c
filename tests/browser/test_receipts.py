"""From a finding on the account's page to the rows behind it, for every signal of the demo."""

import pytest
from playwright.sync_api import expect

from accounts_crm.models import NightlyRun
from churn.rules import RULES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def stories():
    """Return an account with its findings for each signal, as few accounts as come first."""
    run = NightlyRun.objects.latest_published()
    told = {}
    for risk in run.risks.filter(score__isnull=False).order_by("pk"):
        for finding in risk.findings:
            told.setdefault(finding["signal"], risk.account_id)
    return told


def test_every_receipt_leads_to_the_rows_behind_it(company, enter, complaints):
    page = enter(company["director"])
    page.set_default_timeout(15_000)
    home = page.url.rstrip("/")
    told = stories()
    assert set(told) == set(RULES)

    for signal, account in told.items():
        page.goto(f"{home}/accounts/{account}/")
        link = page.locator(f'#risk a[href*="signal={signal}&"]')
        said = link.locator("xpath=..").locator("small").inner_text()
        link.click()

        receipt = page.locator("#receipt")
        expect(receipt).to_be_visible()
        assert receipt.locator("p").first.inner_text() in said
        shown = receipt.locator("tbody tr").count()
        counts = [int(text) for text in receipt.locator("h3 small").all_inner_texts()]
        # What is not shown is counted.
        more = sum(max(0, count - 50) for count in counts)
        assert shown > 0, signal
        assert shown + more == sum(counts), signal
    assert complaints == []
