"""The model of a night: learned at earlier origins, drawn towards the parametric one.

Each outcome, silence and decline, is learned by a logistic regression, a random forest and
boosted trees from what was known at origins whose horizon has ended; their log odds are averaged
with those of the parametric model, which needs no past and so steadies the others. Where there
is too little past it stands alone, set straight by a straight line through the log odds.
scikit-learn is loaded only when a run needs it.

On four origins each of real histories that average ranked best or equal to the best in silence,
decline, and among the accounts still buying; `manage.py backtest` measures it on one's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from churn import features
from churn.features import QUARTER, Origin, Outcome, logit
from churn.history import History

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

OUTCOMES = ("silence", "decline")
# Below these the parametric model stands alone.
FEWEST_ACCOUNTS = 200
FEWEST_ORIGINS = 2
FEWEST_CASES = 20
# Origins are a month apart, the newest first, until there are rows enough to learn from.
STEP_DAYS = 30
MOST_ORIGINS = 8
ENOUGH_ROWS = 12_000
SEED = 1
# Of silence the regression tells most by these three, on real histories of consumers above all;
# of decline by all columns.
PLAIN = {"silence": ("gap", "bought_365", "quarter")}


@dataclass(frozen=True)
class Forecast:
    """Probabilities of the accounts active on a day, and how they came about.

    silence  in (0, 1), NaN where there is no model at all
    decline  likewise, and NaN where an account's year is worth nothing
    told     per outcome: method, why it is not combined, rows, cases, origins
    """

    origin: Origin
    silence: Array
    decline: Array
    told: dict[str, dict[str, Any]]


class Past:
    """A history looked at from many days, from each once."""

    def __init__(self, history: History, horizon: int):
        self.history, self.horizon = history, horizon
        self.first = int(history.day.min()) if len(history.day) else 0
        self.look = cache(self._look)
        self.outcome = cache(self._outcome)

    def _look(self, day: int) -> Origin | None:
        return features.look(self.history, day, self.horizon)

    def _outcome(self, day: int) -> Outcome:
        origin = self.look(day)
        if origin is None:
            raise ValueError(f"nobody had bought by day {day}")
        return features.outcome(self.history, origin, self.horizon)

    def lessons(self, day: int) -> list[Origin]:
        """Return the origins to learn from on a day: those whose horizon had ended by then."""
        found: list[Origin] = []
        rows = 0
        if len(self.history.accounts) < FEWEST_CASES:  # the same few, seen again, teach nothing
            return found
        for back in range(MOST_ORIGINS):
            at = day - self.horizon - back * STEP_DAYS
            if at < self.first + QUARTER or (rows >= ENOUGH_ROWS and back >= FEWEST_ORIGINS):
                break
            origin = self.look(at)
            if origin is not None and origin.fit.params is not None and len(origin.at):
                found.append(origin)
                rows += len(origin.at)
        return found


def forecast(past: Past, day: int) -> Forecast | None:
    """Return the probabilities for the accounts active on a day; None where nobody ever bought.

    The same history gives the same answer, whatever comes after the day.
    """
    import numpy as np

    origin = past.look(day)
    if origin is None:
        return None
    if not len(origin.at):
        return Forecast(origin, np.zeros(0), np.zeros(0), {})
    parametric = {"silence": origin.silent, "decline": origin.fading}
    lessons = past.lessons(day)
    found, told = {}, {}
    for name in OUTCOMES:
        table, base, y = _rows(past, lessons, name)
        cases = int(y.sum())
        why = ""
        if origin.fit.params is None:
            why = origin.fit.reason
        elif len({int(at) for lesson in lessons for at in lesson.at}) < FEWEST_ACCOUNTS:
            why = "few_accounts"
        elif len(lessons) < FEWEST_ORIGINS:
            why = "few_origins"
        elif min(cases, len(y) - cases) < FEWEST_CASES:
            why = "few_cases"
        if why:
            p = parametric[name]
            if origin.fit.params is not None:
                p = _straightened(p, base, y)
        else:
            plain = [origin.names.index(column) for column in PLAIN.get(name, origin.names)]
            odds = [logit(p) for p in _learned(table, y, origin.table, plain)]
            p = _odds_to_p(np.mean([*odds, logit(parametric[name])], axis=0))
        found[name] = p
        told[name] = {
            "method": "parametric" if why else "combined",
            "why": why,
            "rows": len(y),
            "cases": cases,
            "origins": [dt.date.fromordinal(each.day).isoformat() for each in lessons],
        }
    # Who buys nothing has declined too.
    decline = np.where(origin.value > 0, np.maximum(found["decline"], found["silence"]), np.nan)
    return Forecast(origin, found["silence"], decline, told)


def rows_of(past: Past, lessons: list[Origin], name: str) -> Iterator[tuple[Origin, Array, Array]]:
    """Yield origins with which of their rows have the outcome, and the outcome of those."""
    import numpy as np

    for lesson in lessons:
        y = getattr(past.outcome(lesson.day), name)
        has = np.isfinite(y)
        yield lesson, has, y[has]


def _rows(past: Past, lessons: list[Origin], name: str) -> tuple[Array, Array, Array]:
    """Return features, parametric probability and outcome of at most ENOUGH_ROWS rows."""
    import numpy as np

    parametric = "silent" if name == "silence" else "fading"
    parts = [
        (lesson.table[has], getattr(lesson, parametric)[has], y)
        for lesson, has, y in rows_of(past, lessons, name)
    ]
    if not parts:
        return np.zeros((0, 0)), np.zeros(0), np.zeros(0)
    table, base, y = (np.concatenate(column) for column in zip(*parts, strict=True))
    if len(y) > ENOUGH_ROWS:
        some = np.random.default_rng(SEED).permutation(len(y))[:ENOUGH_ROWS]
        table, base, y = table[some], base[some], y[some]
    return table, base, y


def _learned(table: Array, y: Array, asked: Array, plain: list[int]) -> list[Array]:
    """Return what each learner, taught by table and y, says of the rows asked.

    plain  the columns that the regression looks at; the trees look at all
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    forest = RandomForestClassifier(
        60, min_samples_leaf=10, max_features=0.3, random_state=SEED, n_jobs=-1
    )
    learners = [
        make_pipeline(
            ColumnTransformer([("plain", StandardScaler(), plain)]),
            LogisticRegression(C=1.0 if len(plain) < table.shape[1] else 0.02, max_iter=300),
        ),
        forest,
        HistGradientBoostingClassifier(
            max_iter=70,
            learning_rate=0.06,
            max_leaf_nodes=12,
            min_samples_leaf=30,
            l2_regularization=5,
            early_stopping=False,
            random_state=SEED,
        ),
    ]
    # Sums in one thread come out the same on any number of cores; trees grow alike beside others.
    with threadpool_limits(1):
        for one in learners:
            one.fit(table, y)
        forest.set_params(n_jobs=1)
        return [one.predict_proba(asked)[:, 1] for one in learners]


def _straightened(p: Array, base: Array, y: Array) -> Array:
    """Calibrate p by the line that fits earlier outcomes best; leave it where none rises."""
    if min(y.sum(), len(y) - y.sum()) < FEWEST_CASES:
        return p
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=1.0).fit(logit(base)[:, None], y)
    return line.predict_proba(logit(p)[:, None])[:, 1] if line.coef_[0, 0] > 0 else p


def _odds_to_p(odds: Array) -> Array:
    import numpy as np

    return 1 / (1 + np.exp(-odds))
