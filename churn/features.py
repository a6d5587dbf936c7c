"""What is known of each account at an origin, and what came after it: columns for a model to learn.

An origin is a day in the past from which one looks ahead. Features use lines up to it alone;
outcomes use lines of the horizon after it. Names, parents and other master data are no features:
they are of today, and tell what happened since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from churn import model
from churn.history import History, starts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

YEAR = 365
QUARTER = 90
# Four parameters need no more accounts than this; a fit on all would take minutes.
MOST_FITTED = 20_000
# Days back, from and to, over which purchases and value are summed.
WINDOWS = {
    "30": (0, 30), "60": (0, 60), "90": (0, 90), "180": (0, 180), "365": (0, 365),
    "2nd": (90, 180), "3rd": (180, 270), "4th": (270, 360),
    "ahead": (275, 365), "year2": (365, 730),
}  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """The accounts active at an origin: row n of every column is the same account.

    at       where the account stands in the history's accounts
    table    features, shape (accounts, len(names))
    silent   parametric probability of no purchase in the horizon
    fading   parametric probability of a decline
    gap      days since the last purchase
    rhythm   own mean days between purchases, drawn to the usual where there are few
    often    purchases in the year up to the origin
    value    minor units of that year
    """

    day: int
    at: Array
    names: tuple[str, ...]
    table: Array
    silent: Array
    fading: Array
    gap: Array
    rhythm: Array
    often: Array
    value: Array
    fit: model.Fit


@dataclass(frozen=True)
class Outcome:
    """What came after an origin: 1 or 0, NaN where the outcome has no meaning."""

    silence: Array
    decline: Array


def outcome(history: History, origin: Origin, horizon: int) -> Outcome:
    """Return whether each account fell silent, and whether its value fell below half.

    Half of what: of the trailing mean, value of the year × horizon / days of that year since the
    first purchase; of no meaning where that is not above zero.
    """
    import numpy as np

    bought = history.bought_between(origin.day, origin.day + horizon)[origin.at]
    value = history.value_between(origin.day, origin.day + horizon)[origin.at]
    usual = _usual(origin, horizon)
    fell = np.where(usual > 0, (value < usual / 2).astype(float), np.nan)
    return Outcome((~bought).astype(float), fell)


def look(history: History, day: int, horizon: int) -> Origin | None:
    """Return what is known on a day of the accounts active then; None if there are none."""
    import numpy as np

    every, days, value = history.purchases(day)
    if not len(every):
        return None
    begins = starts(every)
    at, row = every[begins], np.repeat(np.arange(len(begins)), np.diff(begins, append=len(every)))
    count = len(at)
    ends = np.append(begins[1:], len(every)) - 1
    first, last = days[begins], days[ends]
    age, gap = (day - first).astype(float), (day - last).astype(float)
    repeats = ends - begins
    fit = _fit(repeats, last - first, age)
    columns = _rhythm(row, days, ends, repeats, gap) | {
        "gap": np.log1p(gap),
        "age": np.log1p(age),
        "repeats": np.log1p(repeats),
        "old": (age >= YEAR).astype(float),
    }

    bought = {
        name: _sums(row, day - days, np.ones(len(row)), *span, count)
        for name, span in WINDOWS.items()
    }
    known = history.day <= day
    place = np.full(len(history.accounts), -1)
    place[at] = np.arange(count)
    of, back, amount = place[history.row[known]], day - history.day[known], history.value[known]
    mine = of >= 0
    of, back, amount = of[mine], back[mine], amount[mine].astype(float)
    worth = {name: _sums(of, back, amount, *span, count) for name, span in WINDOWS.items()}
    returned = _sums(of, back, np.minimum(amount, 0), 0, YEAR, count)

    active = gap < settings.ACTIVE_DAYS
    part = QUARTER / np.clip(age + 1, QUARTER, YEAR)
    columns |= _trends("bought", bought, bought["365"] * part, age)
    columns |= _trends("worth", worth, worth["365"] * part, age)
    columns |= {f"bought_{name}": np.log1p(bought[name]) for name in WINDOWS}
    columns |= _amounts(row, value, ends, active, worth["365"] * part)
    columns["returned"] = np.clip(-returned / np.maximum(worth["365"], 1), 0, 1)

    silent = fading = np.full(count, np.nan)
    if fit.params is not None:
        usual = bought["365"] * horizon / np.clip(age + 1, min(horizon, YEAR), YEAR)
        known_by = (repeats, last - first, age, fit.params)
        silent = model.p_silent(*known_by, horizon)
        fading = model.p_fewer(*known_by, horizon, usual / 2)
        columns["silent"], columns["fading"] = logit(silent), logit(fading)
        columns["alive"] = logit(model.p_alive(*known_by))
    return Origin(
        day,
        at[active],
        tuple(columns),
        np.stack(list(columns.values()), axis=1)[active].astype(np.float32),
        silent[active],
        fading[active],
        gap[active],
        np.exp(columns["mean_gap"])[active],
        bought["365"][active],
        worth["365"][active],
        fit,
    )


def logit(p: Array) -> Array:
    """Return the logarithm of the odds; no model is surer than one in ten thousand."""
    import numpy as np

    kept = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(kept / (1 - kept))


def _usual(origin: Origin, horizon: int) -> Array:
    import numpy as np

    age = np.expm1(origin.table[:, origin.names.index("age")].astype(float))
    days = np.clip(np.rint(age) + 1, min(horizon, YEAR), YEAR)
    return origin.value * horizon / days


def _fit(repeats, recency, age) -> model.Fit:
    step = -(-len(repeats) // MOST_FITTED)
    # Dozens of origins are fitted in a night: one start that settles has to do.
    return model.fit(repeats[::step], recency[::step], age[::step], tries=1)


def _sums(row, back, amount, since: int, until: int, count: int):
    import numpy as np

    inside = (back >= since) & (back < until)
    return np.bincount(row[inside], amount[inside], count)


def _rhythm(row, days, ends, repeats, gap) -> dict[str, Array]:
    """Return how long the gaps between purchases were, and how the present one compares."""
    import numpy as np

    count = len(ends)
    inner = np.append(False, row[1:] == row[:-1])
    of, gaps = row[inner], np.diff(days, prepend=0)[inner].astype(float)
    total = np.bincount(of, gaps, count)
    some = np.maximum(repeats, 1)
    again = repeats > 0
    usual = (
        float(np.exp(np.log(np.maximum(total[again] / repeats[again], 1)).mean()))
        if (again.any())
        else float(QUARTER)
    )
    mean = (total + usual) / (repeats + 1)
    logs = np.log1p(gaps)
    centre = np.bincount(of, logs, count) / some
    spread = np.sqrt(np.maximum(np.bincount(of, logs**2, count) / some - centre**2, 0))
    longest = np.zeros(count)
    np.maximum.at(longest, of, gaps)
    longer = np.bincount(of, (gaps >= gap[of]).astype(float), count)
    late = (ends[row] - np.arange(len(row)) < 3)[inner]
    latest = np.bincount(of[late], gaps[late], count) / np.clip(repeats, 1, 3)
    return {
        "mean_gap": np.log(mean),
        "gap_to_mean": np.log((gap + 1) / (mean + 1)),
        "gap_to_longest": np.log((gap + 1) / (np.where(again, longest, usual) + 1)),
        "gap_to_latest": np.log((gap + 1) / (np.where(again, latest, mean) + 1)),
        "latest_to_mean": np.log((np.where(again, latest, mean) + 1) / (mean + 1)),
        "spread": np.where(repeats > 1, spread, 0.8),
        "longer_gaps": (longer + 0.5) / (repeats + 1),
    }


def _trends(name: str, sums: dict[str, Array], usual, age) -> dict[str, Array]:
    """Return the windows against a usual quarter, and how the quarters vary."""
    import numpy as np

    quarters = np.stack([sums[window] for window in ("90", "2nd", "3rd", "4th")])
    return {
        f"{name}_30_trend": _ratio(sums["30"] * 3, usual),
        f"{name}_90_trend": _ratio(sums["90"], usual),
        f"{name}_180_trend": _ratio(sums["180"] / 2, usual),
        f"{name}_2nd_trend": _ratio(sums["2nd"], usual),
        f"{name}_3rd_trend": _ratio(sums["3rd"], usual),
        f"{name}_4th_trend": _ratio(sums["4th"], usual),
        # The season ahead, as it was a year ago.
        f"{name}_ahead": np.where(age >= YEAR, _ratio(sums["ahead"], usual), 0),
        f"{name}_year": np.where(age >= 540, _ratio(sums["year2"], sums["365"]), 0),
        f"{name}_unsteady": np.clip(quarters.std(0) / np.maximum(quarters.mean(0), 1e-9), 0, 2),
        f"{name}_quarters": (quarters > 0).sum(0).astype(float),
    }


def _ratio(part, whole):
    """Return the logarithm of a ratio, kept from running away where either is nothing."""
    import numpy as np

    whole = np.maximum(whole, 1e-9)
    return np.clip(np.log((np.maximum(part, 0) + 0.1 * whole) / (1.1 * whole)), -3, 3)


def _amounts(row, value, ends, active, usual) -> dict[str, Array]:
    """Return how large purchases are, how they vary, and the last one against the others."""
    import numpy as np

    count = len(ends)
    logs = np.log(np.maximum(value, 1).astype(float))
    times = np.bincount(row, minlength=count)
    mean = np.bincount(row, logs, count) / times
    spread = np.sqrt(np.maximum(np.bincount(row, logs**2, count) / times - mean**2, 0))
    return {
        "size": _standard(mean, active),
        "size_spread": spread,
        "last_size": np.clip(logs[ends] - mean, -3, 3),
        "quarter": _standard(np.log(np.maximum(usual, 1)), active),
    }


def _standard(column, active):
    """Return a column in standard deviations of the active accounts: money has no scale here."""
    import numpy as np

    if not active.any():
        return np.zeros(len(column))
    spread = column[active].std()
    return (column - column[active].mean()) / spread if spread > 1e-9 else np.zeros(len(column))
