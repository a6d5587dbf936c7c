"""The risk of a run: signals and model in, one row per account out.

Every account with an order line up to the day gets a row: scored, lapsed (silent for a year) or
without trade (lines, but never a purchase). Scores are computed from what is stored, rounded as
it is stored, so that each can be recomputed from its row and the run's facts.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import floor, log, prod
from typing import Any

from django.conf import settings
from django.db.models import Sum

from churn import backtest, history, learning, parts, policies, purchases, signals
from churn.models import Risk, RiskPart
from churn.purchases import Purchases
from churn.rules import Rule, is_fatal
from customers.calendar import window_start
from customers.models import OrderLine, Ranking
from customers.run_rows import insert

MILLION = 10**6
FATAL_SCORE = 70
COLUMNS = (
    "account_id", "scored", "p_micro", "p_decline_micro", "score", "level", "value_at_stake",
    "fatal", "findings",
)  # fmt: skip


def compute(attempt) -> int:
    """Score all accounts as of the attempt's date; return the number of rows.

    Facts about the risks are kept on the run under "risk".
    """
    past = learning.Past(history.read(attempt.as_of), settings.RISK_HORIZON_DAYS)
    bought = purchases.of(past.history)
    scored = bought.bought & (bought.since_last() < settings.ACTIVE_DAYS)
    forecast = learning.forecast(past, attempt.as_of.toordinal())
    p_micro, decline = _probabilities(forecast, len(bought.account))
    median = _median(p_micro, scored)
    # What all parts have in common stands with the run.
    facts = _facts(forecast, scored, bought, median)
    attempt.state_facts("risk", facts)
    table = _table(bought, p_micro, decline)
    if len(table) <= settings.RISK_PART_ACCOUNTS:
        rows, tally = _scored(attempt.run, facts, table)
        insert(attempt, Risk, COLUMNS, rows)
        tallies = [tally]
        backtest.keep(attempt, past)
    else:
        parts.lay_out(attempt, table)
        # Other workers, where there are some, begin with the parts meanwhile.
        backtest.keep(attempt, past)
        tallies = parts.see_through(attempt, lambda part: score(attempt, part))
    attempt.state_facts("risk", {**facts, **_added(tallies)})
    return len(table)


def score(attempt, part: RiskPart) -> bool:
    """Score the accounts of a part that was taken; say whether it still was ours in the end."""
    table = parts.table_of(part)
    accounts = range(int(table["account"][0]), int(table["account"][-1]) + 1)
    rows, tally = _scored(attempt.run, attempt.run.facts["risk"], table, accounts)
    return parts.give_back(attempt, part, tally, lambda: insert(attempt, Risk, COLUMNS, rows))


def _table(bought: Purchases, p_micro, decline):
    """Return what the scores are made from, as parts are stored."""
    import numpy as np

    table = np.zeros(len(bought.account), dtype=parts.LAYOUT)
    columns = (bought.account, bought.days, bought.first, bought.last, p_micro, decline)
    for (name, _kind), column in zip(parts.LAYOUT, columns, strict=True):
        table[name] = column
    return table


def _scored(
    run, facts: dict[str, Any], table, accounts: range | None = None
) -> tuple[list[tuple], dict]:
    """Return the rows of a table's accounts, and how many there are of each level and signal.

    facts     what the run states about its risks before it has rows
    accounts  what the table covers, None for all
    """
    median, rules = facts["median_micro"], policies.stated(facts["rules"])
    bought = Purchases(run.as_of, *(table[name] for name in ("account", "days", "first", "last")))
    scored = bought.bought & (bought.since_last() < settings.ACTIVE_DAYS)
    night = signals.Night(run.as_of, run.measure, run.currency, bought, rules, accounts)
    fired = signals.fired_on(night)
    scores = _scores(bought.account, table["p"], median, fired, rules)
    value = _yearly_values(run, night)

    tally: dict[str, Counter] = {"counts": Counter(), "fired": Counter(dict.fromkeys(fired, 0))}
    rows: list[tuple] = []
    for at, account in enumerate(bought.account.tolist()):
        row: dict[str, Any] = {"scored": Risk.Scored.SCORED}
        if not scored[at]:
            row["scored"] = Risk.Scored.LAPSED if bought.days[at] else Risk.Scored.NO_TRADE
            row |= {
                "p": None,
                "decline": None,
                "score": None,
                "level": "",
                "stake": None,
                "findings": [],
            }
        else:
            p = int(table["p"][at]) or None
            row |= {
                "p": p,
                "decline": int(table["decline"][at]) or None,
                "score": int(scores[at]),
                "level": level_of(int(scores[at])),
                "stake": None if p is None else at_stake(p, value.get(account, 0)),
                "findings": _findings(account, fired, p, median, rules),
            }
        tally["fired"].update(found["signal"] for found in row["findings"])
        tally["counts"][str(row["level"] or row["scored"])] += 1
        fatal = any(is_fatal(found["signal"], found["figures"]) for found in row["findings"])
        rows.append((account, row["scored"], row["p"], row["decline"], row["score"], row["level"],
                     row["stake"], fatal, row["findings"]))  # fmt: skip
    return rows, tally


def _added(tallies: list[dict]) -> dict[str, dict[str, int]]:
    """Return the sums of tallies that lie by account."""
    return {
        key: {
            name: sum(tally[key].get(name, 0) for tally in tallies)
            for name in dict.fromkeys(name for tally in tallies for name in tally[key])
        }
        for key in ("counts", "fired")
    }


def score_of(p: int | None, median: int | None, findings: list[dict]) -> int:
    """Return the score of a row, exactly: an integer, half up.

    p, median  in millionths, None where the model gives none
    """
    keep = _kept(p, median) * prod(left_by(found) for found in findings)
    score = floor(100 * (1 - keep) + Fraction(1, 2))
    fatal = any(is_fatal(found["signal"], found["figures"]) for found in findings)
    return max(score, FATAL_SCORE) if fatal else score


def level_of(score: int) -> str:
    """Return the level of a score, by the thresholds of the settings."""
    if score >= settings.RISK_HIGH_FROM:
        return Risk.Level.HIGH
    if score >= settings.RISK_WATCH_FROM:
        return Risk.Level.WATCH
    return Risk.Level.LOW if score >= 1 else Risk.Level.NONE


def at_stake(p: int, value: int) -> int:
    """Return p × max(0, value) in whole minor units, half up; p in millionths."""
    return (p * max(0, value) + MILLION // 2) // MILLION


def excess(p: int | None, median: int | None) -> Fraction:
    """Return p*, the silence beyond what is usual here: max(0, (p - m)/(1 - m))."""
    if p is None or median is None:
        return Fraction(0)
    return max(Fraction(0), Fraction(p - median, MILLION - median))


def _probabilities(forecast, total: int):
    """Return the probabilities of silence and of decline in millionths; 0 where there is none."""
    import numpy as np

    columns = np.zeros((2, total), dtype=np.int64)
    if forecast is not None:
        for column, p in zip(columns, (forecast.silence, forecast.decline), strict=True):
            # No model is certain: neither 0 nor 1 is ever stated.
            known = np.clip(np.rint(np.nan_to_num(p) * MILLION), 1, MILLION - 1)
            column[forecast.origin.at] = np.where(np.isfinite(p), known, 0)
    return columns


def _median(p_micro, scored) -> int | None:
    """Return the median p of the scored accounts in millionths, half up; None without any."""
    import numpy as np

    known = p_micro[scored]
    if not len(known) or not known.all():
        return None
    return int(np.floor(np.median(known) + 0.5))


def _scores(accounts, p_micro, median, fired, rules):
    """Return the scores of all accounts; those of unscored ones have no meaning."""
    import numpy as np

    keep = np.ones(len(accounts))
    if median is not None:
        keep = np.minimum(1.0, (MILLION - p_micro) / (MILLION - median))
    fatal = np.zeros(len(accounts), dtype=bool)
    for signal, found in fired.items():
        if not found:
            continue
        # A signal may fire for accounts without a row: prospects with a complaint.
        ids = np.fromiter(found, dtype=np.int64, count=len(found))
        strength = np.array([strength for strength, _figures in found.values()])
        deadly = np.array([is_fatal(signal, figures) for _strength, figures in found.values()])
        known = np.isin(ids, accounts)
        at = np.searchsorted(accounts, ids[known])
        keep[at] *= 1 - rules[signal].weight / 100 * strength[known]
        fatal[at] |= deadly[known]
    raw = 100 * (1 - keep)
    scores = np.floor(raw + 0.5).astype(np.int64)
    # Floating point may fall on the wrong side of a half: those few are computed exactly.
    for at in np.flatnonzero(np.abs(raw - np.floor(raw) - 0.5) < 1e-6):
        p = None if median is None else int(p_micro[at])
        scores[at] = score_of(p, median, _findings(int(accounts[at]), fired, p, median, rules))
    return np.where(fatal, np.maximum(scores, FATAL_SCORE), scores)


def _findings(
    account: int, fired, p: int | None, median: int | None, rules: dict[str, Rule]
) -> list[dict]:
    """Return an account's findings, strongest first, each with its share of the score."""
    findings = [
        {
            "signal": signal,
            "strength": found[account][0],
            "weight": rules[signal].weight / 100,
            "figures": found[account][1],
        }
        for signal, found in fired.items()
        if account in found
    ]
    if not findings:
        return []
    logs = [log(1 - finding["weight"] * finding["strength"]) for finding in findings]
    total = sum(logs) + log(_kept(p, median))
    for finding, part in zip(findings, logs, strict=True):
        finding["share"] = round(part / total, 4)
    return sorted(findings, key=lambda f: (-f["share"], f["signal"]))


def _kept(p: int | None, median: int | None) -> Fraction:
    return 1 - excess(p, median)


def left_by(finding: dict) -> Fraction:
    """Return 1 − w·s exactly: w has two decimals, s four."""
    part = round(finding["weight"] * 100) * round(finding["strength"] * 10_000)
    return 1 - Fraction(part, MILLION)


def _yearly_values(run, night: signals.Night) -> dict[int, int]:
    """Return each account's value of 12 months, in minor units of the run's currency."""
    if run.window_months == 12:
        ranked = Ranking.objects.filter(run=run.pk, scope=Ranking.Scope.ACCOUNT)
        values = night.of(ranked).order_by()
        return dict(values.values_list("account_id", "value").iterator(chunk_size=20_000))
    # "12-month value" always means 12 months, whatever window the ranking has.
    lines = OrderLine.objects.filter(date__gte=window_start(run.as_of, 12), date__lte=run.as_of)
    value = signals.value_of(run.measure)
    sums = night.of(lines).order_by().values("account_id").annotate(total=Sum(value))
    return {account: int(total or 0) for account, total in sums.values_list("account_id", "total")}


def _facts(forecast, scored, bought, median: int | None) -> dict:
    """Return what the run states about its risks before it has rows."""
    params = forecast and forecast.origin.fit.params
    reason = forecast.origin.fit.reason if forecast else "too_few_accounts"
    return {
        "scored": int(scored.sum()),
        "horizon_days": settings.RISK_HORIZON_DAYS,
        "median_micro": median,
        "rules": policies.plain(policies.current()),
        "model": {
            "accounts": int(bought.bought.sum()),
            "repeat_buyers": int((bought.days > 1).sum()),
            "reason": reason,
            "params": params
            and {name: float(f"{getattr(params, name):.6g}") for name in ("r", "alpha", "a", "b")},
            "outcomes": forecast.told if forecast else {},
        },
    }
