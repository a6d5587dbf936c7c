"""The learned model: finite, the same for the same past, better than recency, honest when poor."""

import datetime as dt

import numpy as np
import pytest

from churn import learning
from tests.churn.histories import END, history, wholesale

DAY = END.toordinal()


def forecast(lines, day=DAY, horizon=90):
    return learning.forecast(learning.Past(history(lines), horizon), day)


def ranked(p, y):
    """Return the area under the ROC curve."""
    order = np.argsort(np.argsort(p, kind="stable"), kind="stable") + 1
    ones = y.sum()
    return (order[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones))


@pytest.fixture(scope="module")
def lines():
    return wholesale()


def test_enough_past_teaches_both_outcomes(lines):
    day = DAY - 90
    past = learning.Past(history(lines), 90)

    found = learning.forecast(past, day)
    after = past.outcome(day)

    assert {told["method"] for told in found.told.values()} == {"combined"}
    # Nothing is learned from a horizon that had not ended.
    for told in found.told.values():
        assert max(told["origins"]) <= dt.date.fromordinal(day - 90).isoformat()
    for p in (found.silence, found.decline):
        assert np.isfinite(p).all()
        assert ((p > 0) & (p < 1)).all()
    assert (found.decline >= found.silence).all()
    assert ranked(found.silence, after.silence) > ranked(found.origin.gap, after.silence)
    assert ranked(found.decline, after.decline) > ranked(found.origin.gap, after.decline)


def test_the_same_past_gives_the_same_bytes_whatever_comes_after(lines):
    day = DAY - 90
    first = forecast(lines, day)
    rng = np.random.default_rng(1)
    early = [line for line in lines if line[2] <= day]
    late = [
        (
            int(rng.integers(0, 260)),
            int(rng.integers(0, 99)),
            int(rng.integers(day + 1, DAY)),
            value,
        )
        for value in rng.integers(-90_000, 90_000, 3000).tolist()
    ]

    for changed in (lines, early + late, early):
        again = forecast(changed, day)
        assert again.silence.tobytes() == first.silence.tobytes()
        assert again.decline.tobytes() == first.decline.tobytes()
        assert again.told == first.told


@pytest.mark.parametrize(
    ("size", "days", "why"),
    [(100, 900, "few_accounts"), (400, 190, "few_origins")],
)
def test_too_little_past_leaves_the_parametric_model_alone(size, days, why):
    rng = np.random.default_rng(2)
    lines = [
        (account, n, DAY - int(rng.integers(0, days)), 1000)
        for account in range(size)
        for n in range(int(rng.integers(1, 9)))
    ]

    found = forecast(lines)

    assert {(told["method"], told["why"]) for told in found.told.values()} == {("parametric", why)}
    assert np.isfinite(found.silence).all()
    assert np.isfinite(found.decline).all()
    # Whether set straight or not, the order is that of the parametric model.
    by_parametric = np.argsort(found.origin.silent, kind="stable")
    assert (np.diff(found.silence[by_parametric]) >= 0).all()


HARD = {
    "one customer": [(1, n, DAY - 40 * n, 500) for n in range(20)],
    "returns only": [(account, 1, DAY - account, -500) for account in range(300)],
    "nobody twice": [(account, 1, DAY - account, 500) for account in range(300)],
    "all alike": [(a, n, DAY - 10 - 30 * n, 500) for a in range(300) for n in range(20)],
    "all gone": [(a, n, DAY - 900 - a % 50 - 20 * n, 500) for a in range(2000) for n in range(3)],
    "each every day": [(a, n, DAY - n, 1) for a in range(210) for n in range(400)],
    "worth nothing": [(a, n, DAY - 7 * n - a % 5, 0) for a in range(300) for n in range(50)],
    "more back than bought": [
        (a, n, DAY - 7 * n - a % 5, 100 if n % 2 else -900) for a in range(300) for n in range(50)
    ],
    "huge": [(a, n, DAY - (5 + a % 9) * n, 10**13) for a in range(250) for n in range(1, 60)],
}


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("horizon", [1, 90, 400])
def test_hard_pasts_give_a_reason_or_numbers(name, horizon):
    found = forecast(HARD[name], horizon=horizon)

    if found is None or not len(found.silence):
        assert name in ("returns only", "worth nothing", "all gone")
        return
    reason = found.origin.fit.reason
    assert reason or np.isfinite(found.silence).all()
    known = np.isfinite(found.decline)
    assert reason or (known == (found.origin.value > 0)).all()
    assert ((found.decline[known] > 0) & (found.decline[known] <= 1)).all()
    assert all(told["why"] or told["method"] == "combined" for told in found.told.values())
