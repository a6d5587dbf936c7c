"""explain_risk: every term of a score, and the score anew."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from churn import terms
from churn.models import Risk
from tests.churn.companies import company, stories
from tests.churn.facts import D, ago, complaint
from tests.nights import make_run, order

pytestmark = pytest.mark.django_db


def explained(code, **options):
    out = io.StringIO()
    call_command("explain_risk", account=code, stdout=out, **options)
    return out.getvalue()


def test_every_stored_score_comes_of_its_terms(cast):
    accounts = company()
    stories(accounts, cast["olga_owner"])
    complaint(accounts[1], severity=3)
    run = make_run(D)

    risks = run.risks.filter(score__isnull=False).select_related("account")
    assert risks.count() > 30
    for risk in risks:
        told = terms.of(risk, run.facts["risk"])
        by_formula = 100 * (1 - told.kept)
        assert told.score == risk.score
        if not told.fatal:
            assert risk.score == int(by_formula + 0.5)
        if by_formula:
            assert sum(term.share for term in told.terms) == pytest.approx(1, abs=1e-3)


def test_the_command_prints_every_term_and_the_stored_number(cast):
    accounts = company()
    stories(accounts, cast["olga_owner"])
    run = make_run(D)
    risk = next(r for r in run.risks.select_related("account") if len(r.findings) > 1)

    said = explained(risk.account.code, as_of=D)

    for found in risk.findings:
        assert re.search(
            rf"^{found['signal']} +w {found['weight']:.2f}  s {found['strength']:.4f}", said, re.M
        )
    assert f"p {risk.p_micro / 10**6:.6f}" in said
    assert f"\nscore {risk.score}\n" in said
    assert explained(risk.account.code) == said  # the latest run


def test_a_score_that_was_tampered_with_is_found_out(cast):
    company(12)
    make_run(D)
    risk = Risk.objects.filter(score__isnull=False).select_related("account").first()
    Risk.objects.filter(pk=risk.pk).update(score=risk.score + 1)

    with pytest.raises(CommandError, match=rf"give {risk.score}, stored is {risk.score + 1}"):
        explained(risk.account.code)


def test_what_cannot_be_explained_says_why(cast, account):
    company(12)
    order(account, ago(900), 100)
    make_run(D)

    with pytest.raises(CommandError, match="not scored"):
        explained(account.code)
    with pytest.raises(CommandError, match="No risk of nobody"):
        explained("nobody")
    with pytest.raises(SystemExit):
        explained(account.code, as_of=ago(1))
