"""Made order histories as columns, without a database."""

import datetime as dt

import numpy as np

from churn.history import History

END = dt.date(2024, 6, 30)


def history(lines, *, until=END):
    """Return the history of (account, order, day, value) rows up to a day."""
    kept = sorted(line for line in lines if line[2] <= until.toordinal())
    accounts = sorted({line[0] for line in kept})
    place = {account: n for n, account in enumerate(accounts)}
    numbers: dict[tuple, int] = {}
    order = [numbers.setdefault(line[:2], len(numbers)) for line in kept]
    return History(
        until,
        np.array(accounts, dtype=np.int64),
        np.array([place[line[0]] for line in kept], dtype=np.int32),
        np.array(order, dtype=np.int32),
        np.array([line[2] for line in kept], dtype=np.int32),
        *(np.array([line[3] for line in kept], dtype=np.int64) for _ in ("amount", "value")),
    )


def wholesale(size=260, *, seed=3, days=900, ahead=0):
    """Return lines of accounts that buy at rhythms of their own, fade, and some of which leave."""
    rng, lines = np.random.default_rng(seed), []
    for account in range(size):
        rhythm, level = rng.choice([7, 14, 30, 60]), rng.lognormal(8, 1)
        end = END.toordinal() + ahead
        day = end - days + int(rng.integers(0, 300))
        stop = end if rng.random() < 0.5 else day + int(rng.integers(100, days))
        number = 0
        while day <= min(stop, end):
            # Who leaves buys less beforehand.
            fading = max(0.1, min(1.0, (stop - day) / 150)) if stop < end else 1.0
            lines.append(
                (account, number, day, max(1, int(level * fading * rng.lognormal(0, 0.4))))
            )
            day, number = day + 1 + int(rng.exponential(rhythm)), number + 1
    return lines
