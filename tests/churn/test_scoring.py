"""Scores: the formula by hand, monotone, fatal, who is scored, and nothing from after the day."""

import datetime as dt
import random
from decimal import ROUND_HALF_UP, Decimal
from math import log

import numpy as np
import pytest
from django.conf import settings

from accounts_crm.models import NightlyRun
from churn import scoring
from churn.models import Risk
from churn.rules import RULES
from customers import run_rows
from customers.models import Account, Complaint, OrderLine, Ranking
from tests.churn.companies import company, stories
from tests.churn.facts import D, ago
from tests.nights import make_run, order

pytestmark = pytest.mark.django_db


def rows_of(run):
    return {risk.account.code: risk for risk in run.risks.select_related("account")}


def by_hand(p_micro, median, findings):
    """Return the score by the formula, in Decimal, from what the row stores."""
    p, m = Decimal(p_micro or 0) / 10**6, Decimal(median or 0) / 10**6
    keep = 1 - max(Decimal(0), (p - m) / (1 - m))
    for found in findings:
        keep *= 1 - Decimal(str(found["weight"])) * Decimal(str(found["strength"]))
    score = int((100 * (1 - keep)).quantize(Decimal(1), ROUND_HALF_UP))
    fatal = any(
        found["signal"] == "quality_complaint" and found["figures"]["severity"] == 3
        for found in findings
    )
    return max(score, 70) if fatal else score


def test_every_score_is_the_formula_applied_to_its_row(cast):
    stories(company(), cast["olga_owner"])

    run = make_run(D)

    risks, median = rows_of(run), run.facts["risk"]["median_micro"]
    scored = [risk for risk in risks.values() if risk.scored == "scored"]
    assert len(scored) > 30
    assert len({finding["signal"] for risk in scored for finding in risk.findings}) >= 5
    for risk in scored:
        assert risk.score == by_hand(risk.p_micro, median, risk.findings)
        assert risk.score == scoring.score_of(risk.p_micro, median, risk.findings)
        assert risk.level == scoring.level_of(risk.score)
        assert 0 < risk.p_micro < 10**6
    # The median is that of the scored rows.
    ordered = sorted(risk.p_micro for risk in scored)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    assert median == int(middle + 0.5)


def test_value_at_stake_is_p_of_the_yearly_value(cast):
    company()

    run = make_run(D)

    values = dict(
        Ranking.objects.filter(run=run, scope="account").values_list("account__code", "value")
    )
    for code, risk in rows_of(run).items():
        if risk.scored == "scored":
            exact = Decimal(risk.p_micro) * max(0, values[code]) / 10**6
            assert risk.value_at_stake == exact.quantize(Decimal(1), ROUND_HALF_UP)


def test_value_at_stake_is_of_twelve_months_whatever_the_window(cast, settings):
    company(20)
    year = {code: risk.value_at_stake for code, risk in rows_of(make_run(D)).items()}
    settings.RANKING_WINDOW_MONTHS = 3

    assert {code: risk.value_at_stake for code, risk in rows_of(make_run(D)).items()} == year


def test_shares_are_those_of_the_logarithms(cast):
    stories(company(), cast["olga_owner"])

    run = make_run(D)

    seen = 0
    for risk in rows_of(run).values():
        kept = 1 - float(scoring.excess(risk.p_micro, run.facts["risk"]["median_micro"]))
        terms = [1 - found["weight"] * found["strength"] for found in risk.findings]
        total = sum(map(log, terms)) + log(kept)
        for found, term in zip(risk.findings, terms, strict=True):
            assert found["share"] == pytest.approx(log(term) / total, abs=1e-4)
            seen += 1
        assert [f["share"] for f in risk.findings] == sorted(
            (f["share"] for f in risk.findings), reverse=True
        )
    assert seen > 20


def test_who_is_scored(cast):
    company(12)
    cases = {
        "on the day": (D, 100, "scored"),
        "last day of the year": (ago(364), 100, "scored"),
        "a day longer": (ago(365), 100, "lapsed"),
        "only returns": (ago(5), -100, "no_trade"),
        "worth nothing": (ago(5), 0, "no_trade"),
    }
    for code, (day, revenue, _scored) in cases.items():
        order(Account.objects.create(code=code, name=code), day, revenue)
    Account.objects.create(code="nothing", name="Nothing")
    order(Account.objects.create(code="tomorrow", name="Tomorrow"), D + dt.timedelta(days=1), 100)

    risks = rows_of(make_run(D))

    assert {code: risks[code].scored for code in cases} == {
        code: scored for code, (_day, _revenue, scored) in cases.items()
    }
    assert not {"nothing", "tomorrow"} & set(risks)
    for code in ("a day longer", "only returns"):
        risk = risks[code]
        assert (risk.p_micro, risk.score, risk.level, risk.value_at_stake) == (None, None, "", None)
        assert risk.findings == []


def test_a_fatal_complaint_lifts_the_score_to_seventy(cast):
    account = company(12)[3]
    before = rows_of(make_run(D))[account.code]
    assert not before.fatal
    Complaint.objects.create(
        account=account, category="quality", severity=3, opened_on=D, text="Brakes failed"
    )

    after = rows_of(make_run(D))[account.code]

    assert (after.fatal, after.level) == (True, "high")
    assert after.score >= 70


def test_a_term_more_or_a_stronger_one_never_lowers_the_score():
    figures = {"severity": 2}
    ladder = [
        [{"signal": signal, "weight": rule.weight / 100, "strength": s, "figures": figures}]
        for signal, rule in RULES.items()
        for s in (0.25, 0.5, 0.9999, 1.0)
    ]
    for p in (1, 200_000, 500_000, 999_999):
        alone = scoring.score_of(p, 300_000, [])
        for n in range(0, len(ladder), 4):
            scores = [alone, *(scoring.score_of(p, 300_000, found) for found in ladder[n : n + 4])]
            assert scores == sorted(scores)
    likelier = [scoring.score_of(p, 300_000, ladder[0]) for p in range(1, 10**6, 9999)]
    assert likelier == sorted(likelier)


def test_halves_go_up_exactly():
    # 100 × (1 − 0.895) is 10.5, which floating point may take for a little less.
    found = {"signal": "order_gap", "weight": 0.3, "strength": 0.35, "figures": {}}

    assert scoring.score_of(None, None, [found]) == 11
    assert scoring.score_of(100, 200, [found]) == 11
    fired = {"order_gap": {7: (0.35, {})}}
    assert list(scoring._scores(np.array([5, 7]), np.zeros(2), None, fired, RULES)) == [0, 11]


@pytest.mark.parametrize(
    ("score", "level"),
    [(0, "none"), (1, "low"), (39, "low"), (40, "watch"), (69, "watch"), (70, "high")],
)
def test_levels_are_those_of_the_settings(score, level):
    assert scoring.level_of(score) == level
    assert (settings.RISK_WATCH_FROM, settings.RISK_HIGH_FROM) == (40, 70)


def plain(run):
    return [
        (
            r.account_id,
            r.scored,
            r.p_micro,
            r.p_decline_micro,
            r.score,
            r.level,
            r.value_at_stake,
            r.fatal,
            r.findings,
        )  # fmt: skip
        for r in run.risks.order_by("account_id")
    ], {key: value for key, value in run.facts["risk"].items() if key != "seconds"}


def test_the_same_facts_give_the_same_rows(cast):
    stories(company(), cast["olga_owner"])

    assert plain(make_run(D)) == plain(make_run(D))


def test_shuffling_everything_after_the_day_changes_nothing(cast):
    accounts = company()
    stories(accounts, cast["olga_owner"])
    before = plain(make_run(D))
    rng = random.Random(3)

    for account in accounts:
        for _ in range(rng.randrange(5)):
            order(
                account, D + dt.timedelta(days=rng.randrange(1, 90)), rng.randrange(-9000, 90_000)
            )
    later = list(OrderLine.objects.filter(date__gt=D))
    assert len(later) > 20
    assert plain(make_run(D)) == before

    for line in later:
        line.account = rng.choice(accounts)
        line.date = D + dt.timedelta(days=rng.randrange(1, 90))
        line.revenue = line.revenue_minor = rng.randrange(-9000, 90_000)
    OrderLine.objects.bulk_update(later, ["account", "date", "revenue", "revenue_minor"])
    # Late lines of orders that began before the day do not count either.
    begun = OrderLine.objects.filter(date__lte=D).order_by("-date")[:5]
    for early, late in zip(begun, later, strict=False):
        late.account, late.order_id, late.line_id = early.account, early.order_id, "late"
        late.revenue_minor = -(10**9)
        late.save()
    assert plain(make_run(D)) == before


@pytest.mark.parametrize(
    ("orders", "reason"),
    [
        ([("one", 50, 100)], "too_few_accounts"),
        ([(f"a{n}", 50, 100) for n in range(12)], "no_repeat_buyers"),
        ([(f"a{n}", day, 100) for n in range(12) for day in (200, 100, 40)], "all_equal"),
        ([(f"a{n}", 20, -100) for n in range(12)], "too_few_accounts"),
    ],
)
def test_a_company_the_model_cannot_learn_from_is_scored_by_signals_alone(cast, orders, reason):
    for code, days, revenue in orders:
        account, _made = Account.objects.get_or_create(code=code, name=code)
        order(account, ago(days), revenue)

    run = make_run(D)

    assert run.facts["risk"]["model"]["reason"] == reason
    assert run.facts["risk"]["median_micro"] is None
    for risk in rows_of(run).values():
        assert (risk.p_micro, risk.value_at_stake) == (None, None)
        if risk.scored == "scored":
            assert risk.score == by_hand(None, None, risk.findings)


def test_a_company_whose_accounts_all_left_has_nobody_to_score(cast):
    rng = random.Random(2)
    for n in range(30):
        account = Account.objects.create(code=f"gone{n}", name="Gone")
        for _ in range(rng.randrange(1, 6)):
            order(account, ago(rng.randrange(400, 900)), 100)

    run = make_run(D)

    assert run.facts["risk"]["counts"] == {"lapsed": 30}
    assert run.facts["risk"]["median_micro"] is None
    assert run.risks.count() == 30


def test_a_worker_that_lost_its_run_writes_nothing(cast, account):
    from accounts_crm import nightly

    order(account, D, 100)
    attempt = nightly.begin(D, trigger="command")
    NightlyRun.objects.filter(pk=attempt.run_id).update(state="abandoned")

    row = (account.pk, "scored", None, None, 0, "none", None, False, [])
    with pytest.raises(nightly.TakenOver):
        run_rows.insert(attempt, Risk, scoring.COLUMNS, [row])
    assert not Risk.objects.exists()


def test_text_survives_the_way_into_the_database(cast, account):
    from accounts_crm import nightly

    order(account, D, 100)
    attempt = nightly.begin(D, trigger="command")
    findings = [{"signal": 'quoted "\\N", 质量\n', "figures": {"a": None, "b": 1.5}}]

    row = (account.pk, "scored", None, None, 0, "", -(2**40), True, findings)
    run_rows.insert(attempt, Risk, scoring.COLUMNS, [row])

    risk = Risk.objects.get()
    assert risk.findings == findings
    assert (risk.level, risk.p_micro, risk.value_at_stake, risk.fatal) == ("", None, -(2**40), True)
