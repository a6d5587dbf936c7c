"""The demo company after its first night: a story for each signal."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import call_command

from accounts_crm.models import NightlyRun
from churn.rules import RULES
from customers.calendar import business_today
from tests.nights import make_run

pytestmark = pytest.mark.django_db


def test_the_demo_has_an_account_for_each_signal(monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "keel-test-pass")
    call_command("seed_demo", verbosity=0)

    run = make_run(business_today() - dt.timedelta(days=1))

    findings = [one for risk in run.risks.all() for one in risk.findings]
    fired = Counter(one["signal"] for one in findings)
    assert set(fired) == set(RULES)
    assert NightlyRun.objects.latest_published() == run
    # A warning for everybody would be one for nobody.
    levels = Counter(run.risks.exclude(level="").values_list("level", flat=True))
    assert 0 < levels["high"] < sum(levels.values()) / 4
