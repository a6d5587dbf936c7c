"""Findings as sentences."""

from django.utils import translation

from churn import purchases, signals
from tests.churn.facts import D, ago, complaint, contact, monthly, step


def test_findings_are_sentences_in_the_language_of_the_reader(cast, account):
    monthly(account, 10_000, since=410, until=110)
    contact(account, cast["olga_owner"], ago(90))
    step(account, cast["olga_owner"], ago(3))
    complaint(account, severity=3)
    night = signals.Night(D, "revenue", "CNY", purchases.read(D))
    findings = [
        {"signal": signal, "figures": find(night)[account.pk][1]}
        for signal, find in signals.SIGNALS.items()
    ]

    with translation.override("en"):
        said = {f["signal"]: signals.sentence(f) for f in findings}
        assert {signals.name(f["signal"]) for f in findings} == {
            "Value falling",
            "Order gap",
            "Open quality complaint",
            "Next steps overdue",
            "No contact",
        }

    assert said["order_gap"] == (
        "110 days since the last order on 12 Mar 2024; usually one every 30.0 days"
    )
    assert said["no_contact"] == (
        "90 days since the last contact on 1 Apr 2024; planned every 60 days"
    )
    assert said["steps_overdue"] == "1 next step overdue, due on 27 Jun 2024"
    assert said["quality_complaint"] == (
        "1 open quality complaint of severity 3, opened on 10 Jun 2024"
    )
    assert "100% below an average quarter of the year before" in said["value_falling"]
