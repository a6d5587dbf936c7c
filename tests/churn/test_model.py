"""The BG/NBD model: right by quadrature, by simulation and by a published fit; never a NaN."""

import csv
import datetime as dt
import gzip
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats

from churn import model

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("KEEL_DATA") or ROOT.parent / "shared" / "data")
# Source: Fader, Hardie, Lee (2005), table 2: a tenth of the CDNOW cohort, 39 weeks; alpha in weeks.
PUBLISHED = model.Params(r=0.243, alpha=4.414 * 7, a=0.793, b=2.426)


def simulate(params, n, *, age=365, ahead=90, seed=7):
    """Return frequency, recency, age and whether silent ahead, of accounts that follow the model.

    Times are continuous, as the model has them.
    """
    rng = np.random.default_rng(seed)
    rate = rng.gamma(params.r, 1 / params.alpha, n)
    leave = rng.beta(params.a, params.b, n)
    x, tx, silent = np.zeros(n), np.zeros(n), np.ones(n, dtype=bool)
    ages = rng.uniform(age / 10, age, n)
    for at in range(n):
        now = 0.0
        while True:
            now += rng.exponential(1 / max(rate[at], 1e-12))
            if now > ages[at] + ahead:
                break
            if now > ages[at]:
                silent[at] = False
                break
            x[at], tx[at] = x[at] + 1, now
            if rng.random() < leave[at]:
                break
    return x, tx, ages, silent


def expected(params, x, power, horizon):
    """Return the mean of rate^x e^(-rate·horizon), by quadrature over the gamma density."""
    density = stats.gamma(params.r, scale=1 / params.alpha).pdf
    return integrate.quad(
        lambda rate: density(rate) * rate**power * np.exp(-rate * horizon), 0, np.inf, epsabs=0
    )[0]


def stays(params, x, leaving):
    """Return the mean of (1-q)^x, or of q(1-q)^(x-1), by quadrature over the beta density."""
    density = stats.beta(params.a, params.b).pdf
    inner = (lambda q: q * (1 - q) ** (x - 1)) if leaving else (lambda q: (1 - q) ** x)
    return integrate.quad(lambda q: density(q) * inner(q), 0, 1)[0]


CASES = [(0, 0, 30), (0, 0, 400), (1, 5, 200), (3, 100, 101), (7, 250, 300), (2, 60, 60)]


@pytest.mark.parametrize(("x", "tx", "age"), CASES)
def test_probability_of_silence_equals_quadrature_over_rates_and_leaving(x, tx, age):
    params, days = model.Params(r=1.3, alpha=40.0, a=1.2, b=2.5), 90
    here = stays(params, x, leaving=False) * expected(params, x, x, age)
    gone = stays(params, x, leaving=True) * expected(params, x, x, tx) if x else 0.0
    quiet = stays(params, x, leaving=False) * expected(params, x, x, age + days)
    silent = (gone + quiet) / (here + gone)

    p = model.p_silent(np.array([x]), np.array([tx]), np.array([age]), params, days)
    alive = model.p_alive(np.array([x]), np.array([tx]), np.array([age]), params)

    assert p[0] == pytest.approx(silent, rel=1e-6)
    assert alive[0] == pytest.approx(here / (here + gone), rel=1e-6)


@pytest.mark.parametrize(("x", "tx", "age"), CASES)
def test_likelihood_equals_quadrature(x, tx, age):
    params = model.Params(r=1.3, alpha=40.0, a=1.2, b=2.5)
    loss = model._Loss(*(np.array([float(value)]) for value in (x, tx, age)), np.array([1.0]))
    here = stays(params, x, leaving=False) * expected(params, x, x, age)
    gone = stays(params, x, leaving=True) * expected(params, x, x, tx) if x else 0.0

    value, _slope = loss(np.log([params.r, params.alpha, params.a, params.b]))

    assert -value == pytest.approx(np.log(here + gone), rel=1e-6)


def test_the_gradient_is_that_of_the_likelihood():
    x, tx, age, _silent = simulate(PUBLISHED, 300)
    loss = model._Loss(x, tx, age, np.full(len(x), 1 / len(x)))
    at = np.log([0.4, 20.0, 0.6, 3.0])

    _value, slope = loss(at)

    for n in range(4):
        step = np.eye(4)[n] * 1e-6
        numeric = (loss(at + step)[0] - loss(at - step)[0]) / 2e-6
        assert slope[n] == pytest.approx(numeric, abs=1e-6)


def test_a_simulated_company_is_fitted_and_foretold():
    truth = model.Params(r=0.8, alpha=30.0, a=0.7, b=3.0)
    x, tx, age, silent = simulate(truth, 20_000)

    fit = model.fit(x, tx, age)
    p = model.p_silent(x, tx, age, fit.params, 90)

    assert fit.params.r == pytest.approx(truth.r, rel=0.1)
    assert fit.params.alpha == pytest.approx(truth.alpha, rel=0.1)
    leaving = fit.params.a / (fit.params.a + fit.params.b)
    assert leaving == pytest.approx(truth.a / (truth.a + truth.b), rel=0.1)
    # Of those to whom it gives 30 % silence, 30 % are silent, and so on up the scale.
    for low in np.arange(0, 1, 0.2):
        group = (p >= low) & (p < low + 0.2)
        if group.sum() > 200:
            assert silent[group].mean() == pytest.approx(p[group].mean(), abs=0.03)


@pytest.fixture(scope="module")
def cdnow():
    """Return frequency, recency and age of the whole CDNOW cohort on 1997-09-30."""
    path = DATA / "cdnow.csv.gz"
    if not path.exists():
        pytest.skip("needs the folder of open order histories")
    end, days = dt.date(1997, 9, 30), {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            day = dt.date.fromisoformat(line["order_date"])
            if day <= end:
                days.setdefault(line["customer_id"], set()).add(day)
    rows = [(len(d) - 1, (max(d) - min(d)).days, (end - min(d)).days) for d in days.values()]
    return np.array(rows).T


def test_the_published_cdnow_fit_lies_within_its_sampling_error(cdnow):
    x, tx, age = cdnow
    assert len(x) == 23_570

    fit = model.fit(x, tx, age)

    ours, theirs = fit.params, PUBLISHED
    # The figures in print are of a tenth of this cohort: four standard errors of that sample.
    assert ours.r == pytest.approx(theirs.r, abs=4 * 0.0126)
    assert ours.alpha / 7 == pytest.approx(theirs.alpha / 7, abs=4 * 0.378)
    assert ours.a == pytest.approx(theirs.a, abs=4 * 0.186)
    assert ours.b == pytest.approx(theirs.b, abs=4 * 0.705)
    # And the likelihood, at their parameters, is what a tenth cannot tell from the best (χ², 4).
    loss = model._Loss(x.astype(float), tx.astype(float), age.astype(float), np.ones(len(x)))
    at = np.log([theirs.r, theirs.alpha, theirs.a, theirs.b])
    assert 2 * (ours.log_likelihood + loss(at)[0]) / 10 < stats.chi2(4).ppf(0.99)
    # Their log-likelihood of −9,582.4 in weeks, over 2,357 customers.
    per_customer = (ours.log_likelihood + x.sum() * np.log(7)) / len(x)
    assert per_customer == pytest.approx(-9582.4 / 2357, abs=0.05)


def test_the_order_of_accounts_and_a_second_run_change_nothing(cdnow):
    x, tx, age = (column[:3000] for column in cdnow)
    shuffled = np.random.default_rng(1).permutation(len(x))

    first = model.fit(x, tx, age)

    assert model.fit(x, tx, age) == first
    assert model.fit(x[shuffled], tx[shuffled], age[shuffled]) == first


def test_silence_grows_with_time_since_the_last_purchase_and_with_the_horizon():
    recency = np.arange(400, 10, -5)
    x, age = np.full(len(recency), 6), np.full(len(recency), 400)

    p = model.p_silent(x, recency, age, PUBLISHED, 90)
    longer = model.p_silent(x, recency, age, PUBLISHED, 180)

    assert (np.diff(p) > 0).all()
    assert (longer < p).all()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "too_few_accounts"),
        ([(3, 50, 60)], "too_few_accounts"),
        ([(0, 0, n) for n in range(50)], "no_repeat_buyers"),
        ([(0, 0, 0)] * 50, "no_repeat_buyers"),
        ([(4, 80, 100)] * 50, "all_equal"),
    ],
)
def test_data_that_carry_no_fit_give_a_reason(rows, reason):
    columns = np.array(rows, dtype=int).reshape(-1, 3).T

    assert model.fit(*columns) == (None, reason)


@pytest.mark.parametrize(
    "rows",
    [
        # 10,000 accounts that all left long ago.
        [(n % 5, (n % 5) * 20, 2000 + n % 50) for n in range(10_000)],
        # Clockwork: everybody buys every week, for years.
        [(n, n * 7, n * 7 + n % 7) for n in range(50, 200)],
        # Thousands of purchases, and long silence after them.
        [(3000 + n, 3100 + n, 3100 + n + 1000 * (n % 2)) for n in range(40)],
        # One-time buyers but for three.
        [(0, 0, n) for n in range(500)] + [(1, 3, 9), (2, 5, 9), (1, 8, 8)],
        # All first bought on the last days.
        [(n % 2, n % 2, n % 3 + 1) for n in range(60)],
    ],
)
def test_hard_data_give_finite_probabilities(rows):
    x, tx, age = np.array(rows).T

    fit = model.fit(x, tx, age)

    assert fit.params is not None, fit.reason
    for days in (1, 90, 10_000):
        p = model.p_silent(x, tx, age, fit.params, days)
        assert np.isfinite(p).all()
        assert ((p >= 0) & (p <= 1)).all()


def test_impossible_columns_are_a_programmers_fault():
    with pytest.raises(ValueError, match="three equal columns"):
        model.fit(np.array([1, 2]), np.array([1]), np.array([1]))
    with pytest.raises(ValueError, match="recency"):
        model.p_silent(np.array([1]), np.array([9]), np.array([5]), PUBLISHED, 90)


def test_a_web_worker_never_loads_numpy_scipy_or_scikit_learn():
    code = (
        "import django, sys; django.setup(); "
        "import churn.learning, churn.scoring, churn.signals, churn.flags; "
        "from django.urls import get_resolver; get_resolver().url_patterns; "
        "sys.exit(bool({'numpy', 'scipy', 'sklearn'} & set(sys.modules)))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "accounts_crm.settings"}

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False)

    assert done.returncode == 0
