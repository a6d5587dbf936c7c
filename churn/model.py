"""Probability that an account places no order in the next days: BG/NBD, arrays in, arrays out.

The model says: while alive, an account buys at random at its own rate (gamma-distributed over the
accounts); after each purchase it leaves with its own probability (beta-distributed). It is fitted
by maximum likelihood on the company's own history. numpy and scipy are loaded only when a run
needs them, since a web worker never does.

Source: Fader, Hardie, Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the
Pareto/NBD Model, Marketing Science 24(2), 275-284.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# Four parameters need some accounts to be read from, and some that came back.
FEWEST_ACCOUNTS = 10
FEWEST_REPEAT_BUYERS = 3
# Bounds of the natural parameters, time in units of the mean age; wide enough for daily buyers
# over ten years, and tight enough that nothing overflows.
BOUNDS = {"r": (1e-3, 1e3), "alpha": (1e-6, 1e6), "a": (1e-5, 1e3), "b": (1e-3, 1e5)}


@dataclass(frozen=True)
class Params:
    """What a fit found; alpha in days."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = 0.0


class Fit(NamedTuple):
    """A fit, or the code of the reason why there is none."""

    params: Params | None
    reason: str  # "", "too_few_accounts", "no_repeat_buyers", "all_equal" or "no_convergence"


def fit(frequency: Array, recency: Array, age: Array, *, tries: int = 3) -> Fit:
    """Fit the four parameters by maximum likelihood; the same data give the same answer.

    frequency   days with a purchase after the first one, >= 0, shape (accounts,)
    recency     days from first to last purchase, 0 <= recency <= age, same shape
    age         days from first purchase to the as-of date, same shape
    tries       of so many starting points that settle the best is taken

    Raises ValueError if the shapes differ or recency exceeds age.
    """
    import numpy as np
    from scipy.optimize import minimize

    x, tx, big_t = _checked(frequency, recency, age)
    if len(x) < FEWEST_ACCOUNTS:
        return Fit(None, "too_few_accounts")
    if (x > 0).sum() < FEWEST_REPEAT_BUYERS:
        return Fit(None, "no_repeat_buyers")
    rows, weights = np.unique(np.column_stack([x, tx, big_t]), axis=0, return_counts=True)
    if len(rows) == 1:
        return Fit(None, "all_equal")

    unit = float(big_t.mean()) or 1.0
    loss = _Loss(rows[:, 0], rows[:, 1] / unit, rows[:, 2] / unit, weights / weights.sum())
    bounds = np.log(list(BOUNDS.values()))
    starts = sorted(_starts(float(x.sum() / big_t.sum()) * unit), key=lambda s: (loss(s)[0], s))
    best, settled = None, 0
    for start in starts[:3]:
        found = minimize(
            loss,
            np.clip(start, bounds[:, 0], bounds[:, 1]),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 1000, "maxfun": 5000, "ftol": 1e-13, "gtol": 1e-9},
        )
        if _settled(found, bounds):
            settled += 1
            if best is None or found.fun < best.fun - 1e-12:
                best = found
        if settled == tries:
            break
    if best is None:
        return Fit(None, "no_convergence")
    r, alpha, a, b = (float(value) for value in np.exp(best.x))
    # The likelihood is a density in time: back from units of the mean age to days.
    log_likelihood = -float(best.fun) * len(x) - float(x.sum()) * float(np.log(unit))
    return Fit(Params(r, alpha * unit, a, b, log_likelihood), "")


def p_alive(frequency: Array, recency: Array, age: Array, params: Params) -> Array:
    """Return the probability that each account still buys, in [0, 1], shape (accounts,).

    Arguments as for fit. Source: equation 10 of the paper, for frequency 0 one by definition:
    an account can leave only after a repeat purchase.
    """
    import numpy as np
    from scipy.special import expit

    x, tx, big_t = _checked(frequency, recency, age)
    repeats = np.maximum(x, 1)
    # In logarithms: the odds of having left overflow after some hundred purchases.
    odds = (
        np.log(params.a)
        - np.log(params.b + repeats - 1)
        + (params.r + x) * (np.log(params.alpha + big_t) - np.log(params.alpha + tx))
    )
    return np.where(x > 0, expit(-odds), 1.0)


def p_silent(frequency: Array, recency: Array, age: Array, params: Params, days: float) -> Array:
    """Return the probability of no purchase in the next `days`, in [0, 1], shape (accounts,).

    Who has left stays silent; who is alive buys at a rate whose posterior is
    gamma(r + x, alpha + T), and is silent for t days with ((alpha+T)/(alpha+T+t))^(r+x).
    """
    import numpy as np

    x, _tx, big_t = _checked(frequency, recency, age)
    alive = p_alive(frequency, recency, age, params)
    quiet = np.exp((params.r + x) * -np.log1p(days / (params.alpha + big_t)))
    return np.clip((1.0 - alive) + alive * quiet, 0.0, 1.0)


def p_fewer(
    frequency: Array, recency: Array, age: Array, params: Params, days: float, count: Array
) -> Array:
    """Return the probability of fewer than `count` purchases in the next `days`, in [0, 1].

    count  purchases, may be a fraction, shape (accounts,)

    Purchases of an account that is alive follow a negative binomial law with the posterior of
    its rate. That it may leave within these days is left out, so it is a little low.
    """
    import numpy as np
    from scipy.special import betainc

    x, _tx, big_t = _checked(frequency, recency, age)
    alive = p_alive(frequency, recency, age, params)
    below = np.ceil(np.asarray(count, dtype=float)) - 1
    share = (params.alpha + big_t) / (params.alpha + big_t + days)
    few = np.where(below >= 0, betainc(params.r + x, np.maximum(below, 0) + 1, share), 0.0)
    return np.clip((1.0 - alive) + alive * few, 0.0, 1.0)


class _Loss:
    """Mean negative log-likelihood and its gradient in the logarithms of r, alpha, a, b."""

    def __init__(self, x, tx, big_t, share):
        import numpy as np

        self.x, self.tx, self.big_t, self.share = x, tx, big_t, share
        self.repeated = x > 0
        self.before = np.maximum(x - 1, 0)
        # Gamma functions are dear, and few frequencies differ.
        self.counts, self.where = np.unique(x, return_inverse=True)

    def __call__(self, logs):
        import numpy as np
        from scipy.special import gammaln, psi

        r, alpha, a, b = np.exp(logs)
        n, at = self.counts, self.where
        gammas = (
            gammaln(r + n) - gammaln(r) + gammaln(a + b) - gammaln(a + b + n)
            + gammaln(b + n) - gammaln(b)
        )[at] + r * np.log(alpha)  # fmt: skip
        log_t, log_tx = np.log(alpha + self.big_t), np.log(alpha + self.tx)
        here = -(r + self.x) * log_t
        gone = np.where(
            self.repeated, np.log(a) - np.log(b + self.before) - (r + self.x) * log_tx, -np.inf
        )
        either = np.logaddexp(here, gone)
        p_here, p_gone = np.exp(here - either), np.exp(gone - either)

        by_r = (psi(r + n) - psi(r))[at] + np.log(alpha) - p_here * log_t - p_gone * log_tx
        by_alpha = r / alpha - (r + self.x) * (
            p_here / (alpha + self.big_t) + p_gone / (alpha + self.tx)
        )
        by_a = (psi(a + b) - psi(a + b + n))[at] + p_gone / a
        by_b = (psi(a + b) - psi(a + b + n) + psi(b + n) - psi(b))[at] - p_gone / (b + self.before)
        # Plain sums: a dot product may add up in another order on another machine.
        value = -(self.share * (gammas + either)).sum()
        slope = [
            -(self.share * by).sum() * parameter
            for by, parameter in ((by_r, r), (by_alpha, alpha), (by_a, a), (by_b, b))
        ]
        return float(value), np.array(slope)


def _starts(rate: float) -> list[tuple[float, ...]]:
    """Return starting points around the mean rate, from one kind of buyer to very mixed ones."""
    from math import log

    return [
        (log(r), log(r / rate), log(a), log(b))
        for r in (0.25, 1.0, 4.0)
        for a, b in ((0.8, 2.4), (1.0, 10.0), (0.05, 5.0), (1.0, 200.0))
    ]


def _settled(found, bounds) -> bool:
    """Say whether an optimum was reached: finite, and flat wherever no bound stops it."""
    import numpy as np

    if not (np.isfinite(found.fun) and np.isfinite(found.x).all()):
        return False
    slope = np.array(found.jac)
    slope[(found.x <= bounds[:, 0]) & (slope > 0)] = 0.0
    slope[(found.x >= bounds[:, 1]) & (slope < 0)] = 0.0
    return bool(np.abs(slope).max() < 1e-4)


def _checked(frequency, recency, age) -> tuple[Array, Array, Array]:
    import numpy as np

    x, tx, big_t = (np.asarray(column, dtype=float) for column in (frequency, recency, age))
    if not (x.shape == tx.shape == big_t.shape and x.ndim == 1):
        raise ValueError(f"expected three equal columns, got {x.shape}, {tx.shape}, {big_t.shape}")
    if len(x) and ((x < 0) | (tx < 0) | (tx > big_t)).any():
        raise ValueError("expected frequency >= 0 and 0 <= recency <= age")
    return x, tx, big_t
