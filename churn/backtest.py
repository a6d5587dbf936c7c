"""The model judged on days it had not seen, beside what needs no model.

From each of some earlier origins the model foretells what is known by now, learning at origins
before that one alone; on the same rows stand the parametric model and three baselines. What is
kept are counts and figures, no account.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from churn import learning
from churn.features import QUARTER, Origin
from churn.learning import OUTCOMES, Past
from churn.models import BackTest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MODELS = ("model", "parametric", "recency", "rhythm", "rfm")
# live: bought in the last 90 days; top: the fifth with the highest value of the year.
GROUPS = ("all", "live", "top")
MOST_WARNED = 20
BINS = 10


@dataclass(frozen=True)
class Tested:
    """What was foretold from an origin, and what came.

    y       1 where it happened, 0 where it did not
    at      where the account stands in the history's accounts
    ranks   by model, whom it warns of first: the higher the earlier
    p       by model, its probability; NaN where it can give none
    groups  by name, which rows belong to it
    """

    day: int
    outcome: str
    y: Array
    at: Array
    ranks: dict[str, Array]
    p: dict[str, Array]
    groups: dict[str, Array]
    told: dict[str, Any]


def run(past: Past, origins: int) -> Iterator[Tested]:
    """Yield the tests of each origin whose horizon has ended, the newest first.

    None where so few accounts have bought that a test would say nothing.
    """
    import numpy as np

    if len(past.history.accounts) < learning.FEWEST_CASES:
        return
    last = past.history.as_of.toordinal()
    for back in range(1, origins + 1):
        day = last - past.horizon * back
        found = learning.forecast(past, day) if day >= past.first + QUARTER else None
        if found is None or not len(found.origin.at) or found.origin.fit.params is None:
            continue
        origin, after, lessons = found.origin, past.outcome(day), past.lessons(day)
        for name in OUTCOMES:
            y, p = getattr(after, name), getattr(found, name)
            has = np.isfinite(y) & np.isfinite(p)
            parametric = origin.silent if name == "silence" else origin.fading
            ranks = {"model": p, "parametric": parametric}
            chances = dict(ranks)
            for baseline, columns in _baselines(origin).items():
                chances[baseline] = _taught(past, lessons, name, baseline, columns)
                ranks[baseline] = columns[:, 0] if columns.shape[1] == 1 else chances[baseline]
            top = origin.value >= np.quantile(origin.value, 0.8)
            groups = {"all": np.ones(len(y), dtype=bool), "live": origin.gap < QUARTER, "top": top}
            yield Tested(
                day,
                name,
                y[has],
                origin.at[has],
                {key: column[has] for key, column in ranks.items()},
                {key: column[has] for key, column in chances.items()},
                {key: rows[has] for key, rows in groups.items()},
                found.told[name],
            )


def keep(attempt, past: Past) -> None:
    """Store the figures of the night's back-test with its run, the differences as its facts."""
    tests = list(run(past, settings.RISK_BACKTEST_ORIGINS))
    rows = [
        BackTest(
            run=attempt.run,
            origin=dt.date.fromordinal(tested.day),
            outcome=tested.outcome,
            figures=figures(tested),
        )
        for tested in tests
    ]
    gaps = _differences(tests)
    with attempt.writing():
        BackTest.objects.bulk_create(rows)
        attempt.state_facts("back_test", gaps)


def _differences(tests: list[Tested]) -> dict[str, dict[str, dict[str, dict[str, list]]]]:
    """Return by outcome, group and baseline what `differences` finds, as it is stored."""
    return {
        outcome: {
            group: {
                baseline: {
                    measure: [_rounded(value) for value in values]
                    for measure, values in measures.items()
                }
                for baseline, measures in differences(
                    [test for test in tests if test.outcome == outcome],
                    group,
                    settings.RISK_BACKTEST_DRAWS,
                ).items()
            }
            for group in GROUPS
        }
        for outcome in OUTCOMES
        if tests and settings.RISK_BACKTEST_DRAWS
    }


def figures(tested: Tested) -> dict[str, Any]:
    """Return what is kept of a test: per group the measures, the calibration, the warned."""
    return {
        "told": tested.told,
        "groups": {group: _measured(tested, group) for group in GROUPS},
        "calibration": _calibration(tested),
        "warned": _warned(tested),
    }


def differences(tests: list[Tested], group: str, draws: int) -> dict[str, dict[str, tuple]]:
    """Return by baseline how far the model's AUC and Brier lie above, with a 95 % interval.

    Customers are drawn with all their origins, and each model is measured on the same draw; the
    figures are means over the origins. Source: the paired bootstrap of Efron and Tibshirani
    (1993), An Introduction to the Bootstrap, chapter 16.
    """
    import numpy as np

    usable = [test for test in tests if len(set(test.y[test.groups[group]])) == 2]
    if not usable:
        return {}
    everybody = max(int(test.at.max()) for test in usable) + 1
    rng = np.random.default_rng(learning.SEED)
    found: dict[str, dict[str, list]] = {
        name: {"auc": [], "brier": []} for name in MODELS if name != "model"
    }
    ready = [
        {name: _Ranked(test, group, name) for name in MODELS if np.isfinite(test.p[name]).all()}
        for test in usable
    ]
    ready = [one for one in ready if len(one) == len(MODELS)]
    for draw in range(draws + 1 if ready else 0):
        # The first draw is everybody once: the figure itself.
        times = (
            np.bincount(rng.integers(0, everybody, everybody), minlength=everybody)
            if draw
            else np.ones(everybody, dtype=int)
        )
        measured = [{name: one.measured(times) for name, one in each.items()} for each in ready]
        for name, kept in found.items():
            for at, measure in enumerate(("auc", "brier")):
                gaps = [each["model"][at] - each[name][at] for each in measured]
                kept[measure].append(np.nanmean(gaps) if np.isfinite(gaps).any() else np.nan)
    return {
        name: {
            measure: (column[0], *np.nanpercentile(column[1:], [2.5, 97.5]))
            for measure, column in kept.items()
        }
        for name, kept in found.items()
        if kept["auc"]
    }


class _Ranked:
    """One model's order of one test's rows, to be measured under many weights."""

    def __init__(self, test: Tested, group: str, name: str):
        import numpy as np

        rows = test.groups[group]
        self.at, y = test.at[rows], test.y[rows]
        self.error = (test.p[name][rows] - y) ** 2
        places, place = np.unique(test.ranks[name][rows], return_inverse=True)
        self.places = len(places)
        # Where each row of the ones, and of the zeros, stands in the order.
        self.ones, self.zeros = ((self.at[y == at], place[y == at]) for at in (1, 0))

    def measured(self, times: Array) -> tuple[float, float]:
        """Return AUC and Brier where each customer counts so many times."""
        import numpy as np

        weight = times[self.at]
        ones, zeros = (
            np.bincount(place, times[at], self.places) for at, place in (self.ones, self.zeros)
        )
        pairs = ones.sum() * zeros.sum()
        below = np.cumsum(zeros) - zeros / 2
        auc = (ones * below).sum() / pairs if pairs else np.nan
        return auc, (weight * self.error).sum() / max(weight.sum(), 1)


def _baselines(origin: Origin) -> dict[str, Array]:
    """Return what each baseline looks at: columns, the higher the riskier where there is one."""
    import numpy as np

    recency = np.log1p(origin.gap)
    return {
        "recency": recency[:, None],
        "rhythm": (recency - np.log1p(origin.rhythm))[:, None],
        "rfm": np.column_stack(
            [recency, np.log1p(origin.often), np.log(np.maximum(origin.value, 1))]
        ),
    }


def _taught(past, lessons, outcome: str, baseline: str, asked: Array) -> Array:
    """Return a baseline's probability: logistic regression on the rows the model learned from."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    parts = [
        (_baselines(lesson)[baseline][has], y)
        for lesson, has, y in learning.rows_of(past, lessons, outcome)
    ]
    y = np.concatenate([y for _table, y in parts]) if parts else np.zeros(0)
    if len(set(y)) < 2:
        return np.full(len(asked), np.nan)
    table = np.concatenate([table for table, _y in parts])
    return (
        make_pipeline(StandardScaler(), LogisticRegression())
        .fit(table, y)
        .predict_proba(asked)[:, 1]
    )


def _measured(tested: Tested, group: str) -> dict[str, Any]:
    """Return the measures of each model on the rows of a group; None where they have no meaning."""
    from sklearn.metrics import average_precision_score

    rows = tested.groups[group]
    y = tested.y[rows]
    found: dict[str, Any] = {"accounts": len(y), "cases": int(y.sum()), "models": {}}
    everyone = _everyone(tested)
    for name in MODELS:
        rank, p = tested.ranks[name][rows], tested.p[name][rows]
        mixed = len(set(y)) == 2 and bool((rank == rank).all())
        auc, brier = _Ranked(tested, group, name).measured(everyone) if len(y) else (None, None)
        found["models"][name] = {
            "auc": _rounded(auc if mixed else None),
            "ap": _rounded(average_precision_score(y, rank) if mixed else None),
            "lift": _rounded(_lift(y, rank) if mixed else None),
            "brier": _rounded(brier if len(y) and (p == p).all() else None),
        }
    return found


def _everyone(tested: Tested) -> Array:
    import numpy as np

    return np.ones(int(tested.at.max(initial=0)) + 1, dtype=int)


def _lift(y: Array, rank: Array) -> float:
    """Return how many times more often it happened in the tenth that is ranked highest."""
    first = _first(rank, -(-len(y) // 10))
    return float(y[first].mean() / y.mean())


def _first(rank: Array, count: int) -> Array:
    import numpy as np

    return np.argsort(-rank, kind="stable")[:count]


def _calibration(tested: Tested) -> list[dict[str, Any]]:
    """Return bins of as many accounts each, from low to high: foretold and what came."""
    import numpy as np

    p = tested.p["model"]
    return [
        {
            "accounts": len(part),
            "foretold": _rounded(p[part].mean()),
            "came": _rounded(tested.y[part].mean()),
        }
        for part in np.array_split(np.argsort(p, kind="stable"), BINS)
        if len(part)
    ]


def _warned(tested: Tested) -> dict[str, int]:
    """Return of how many accounts still buying one would warn, and how often rightly."""
    import numpy as np

    live = np.flatnonzero(tested.groups["live"])
    count = min(MOST_WARNED, -(-len(live) // 10))
    right = {
        name: int(tested.y[live][_first(tested.ranks[name][live], count)].sum())
        for name in ("model", "recency")
    }
    return {"accounts": len(live), "cases": int(tested.y[live].sum()), "warned": count, **right}


def _rounded(value: Any) -> float | None:
    return None if value is None or value != value else round(float(value), 6)
