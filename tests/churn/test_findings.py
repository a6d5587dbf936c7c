"""Findings as sentences, with what would clear each."""

from django.utils import translation

from churn import findings as words
from churn import signals
from churn.rules import RULES
from tests.churn.facts import ago, complaint, contact, monthly, night, step
from tests.churn.test_all_signals import trouble


def found(account):
    return [
        {"signal": signal, "figures": fired[account.pk][1]}
        for signal, fired in signals.fired_on(night()).items()
        if account.pk in fired
    ]


def test_findings_are_sentences_in_the_language_of_the_reader(cast, account):
    monthly(account, 10_000, since=410, until=110)
    contact(account, cast["olga_owner"], ago(90))
    step(account, cast["olga_owner"], ago(3))
    complaint(account, severity=3)

    with translation.override("en"):
        said = {f["signal"]: words.sentence(f) for f in found(account)}

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
    assert "100% lacking; an average quarter of the year before brought ¥" in said["value_falling"]


def test_every_finding_is_a_sentence_in_both_languages_and_says_what_clears_it(cast, account):
    trouble(account, cast["olga_owner"], cast["ed_editor"])
    findings = found(account)
    assert {finding["signal"] for finding in findings} == set(RULES)

    for finding in findings:
        said = {}
        for language in ("en", "zh-hans"):
            with translation.override(language):
                said[language] = [
                    words.name(finding["signal"]),
                    words.sentence(finding),
                    words.clearing(finding),
                ]
        for english, chinese in zip(*said.values(), strict=True):
            assert english
            assert chinese
            assert english != chinese, finding["signal"]


def test_a_side_that_rests_on_one_person_says_which():
    def one(**sides):
        figures = {"theirs": None, "ours": None, "entries": 5, **sides}
        finding = {"signal": "single_threaded", "figures": figures}
        return words.sentence(finding), words.clearing(finding)

    assert one(theirs=1)[0] == "All 5 contacts of a year were with one person of theirs"
    assert one(ours=1)[0] == "One person of ours had all 5 contacts of a year"
    assert one(ours=1, theirs=1)[1] == "Cleared when a second person is in touch on each side."
