"""The laboratory of rules: what a changed rule would have done on the company's own past.

At some dates of the past a signal is computed anew, under the rule in force and under the one
proposed, and held against what came: whether an account placed no order in the horizon after.
Of many accounts every n-th is looked at, so that the answer comes while one waits.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Min, Sum

from churn import policies, scoring
from churn.models import Risk
from churn.purchases import Purchases
from churn.rules import Rule
from churn.signals import SIGNALS, Fired, Night
from customers.models import Account, OrderLine

ORIGINS = 6  # dates of the past that are looked at
STEP = dt.timedelta(days=28)
MOST_ACCOUNTS = 2000


@dataclass
class Outcome:
    """What a rule warned of, against what came.

    warned  warnings over all dates, one per account and date
    right   of them, those after which no order came in the horizon
    lost    accounts and dates after which none came, warned of or not
    fresh   warnings of accounts that were not warned of at the date before
    leads   days from the first warning to the end of the horizon without an order
    """

    warned: int = 0
    right: int = 0
    lost: int = 0
    fresh: int = 0
    leads: list[int] = field(default_factory=list)
    per_week: float | None = None
    high: int = 0

    @property
    def precision(self) -> float | None:
        """Return the part of the warnings that were right, None without any."""
        return self.right / self.warned if self.warned else None

    @property
    def recall(self) -> float | None:
        """Return the part of the silent accounts that were warned of, None without any."""
        return self.right / self.lost if self.lost else None

    @property
    def lead_days(self) -> float | None:
        """Return the median lead, None without a right warning."""
        return median(self.leads) if self.leads else None


@dataclass(frozen=True)
class Trial:
    """What the rule in force did, and what the one proposed would have done."""

    now: Outcome
    then: Outcome
    origins: list[dt.date]  # the earliest first
    looked_at: int  # accounts
    of: int


def try_rule(signal: str, rule: Rule, viewer, run) -> Trial | None:
    """Return what a rule would have done to the accounts that the viewer sees.

    rule  the proposed one
    run   the published run from whose date the past is told
    None without accounts with orders. The number of queries depends on no number of rows.
    """
    risks = Risk.objects.of_run(run.pk).visible_to(viewer)
    everyone = list(risks.order_by("account").values_list("account", flat=True))
    if not everyone:
        return None
    ids = everyone[:: -(-len(everyone) // MOST_ACCOUNTS)]
    horizon = dt.timedelta(days=settings.RISK_HORIZON_DAYS)
    origins = [run.as_of - horizon - STEP * n for n in reversed(range(ORIGINS))]
    days = _purchase_days(ids, run.as_of)
    rules = policies.current()
    both = [(Outcome(), rules), (Outcome(), {**rules, signal: rule})]
    alike = _fires_alike(rules[signal], rule)
    before: list[set[int]] = [set(), set()]
    first: list[dict[int, dt.date]] = [{}, {}]
    credited: list[set[int]] = [set(), set()]
    for origin in origins:
        night = Night(origin, run.measure, run.currency, _until(origin, days), rules, ids)
        scored = _scored(night.purchases)
        silent = {pk for pk in scored if not _bought(days[pk], origin, origin + horizon)}
        fired: Fired = {}
        for n, (outcome, used) in enumerate(both):
            if n == 0 or not alike:
                fired = _fire(signal, replace(night, rules=used))
            warned = scored & set(fired)
            outcome.warned += len(warned)
            outcome.right += len(warned & silent)
            outcome.lost += len(silent)
            if origin != origins[0]:
                outcome.fresh += len(warned - before[n])
            before[n] = warned
            for pk in warned:
                first[n].setdefault(pk, origin)
            for pk in warned & silent - credited[n]:
                last = max(day for day in days[pk] if day <= origin.toordinal())
                outcome.leads.append(last + horizon.days - first[n][pk].toordinal())
                credited[n].add(pk)
    managers = Account.objects.filter(pk__in=ids).order_by().values("owner").distinct()
    count = managers.filter(owner__isnull=False).count()
    weeks = (origins[-1] - origins[0]).days / 7
    for outcome, _rules in both:
        if count:
            outcome.per_week = outcome.fresh * len(everyone) / len(ids) / weeks / count
    _count_high(signal, rule, both, Night(
        run.as_of, run.measure, run.currency, _until(run.as_of, days), rules, ids
    ), risks, run)  # fmt: skip
    return Trial(both[0][0], both[1][0], origins, len(ids), len(everyone))


def _fires_alike(one: Rule, other: Rule) -> bool:
    return one.on == other.on and one.starts == other.starts


def _fire(signal: str, night: Night) -> Fired:
    return SIGNALS[signal](night) if night.rules[signal].on else {}


def _purchase_days(ids: list[int], as_of: dt.date) -> dict[int, list[int]]:
    """Return the days with a purchase of each account, ascending, as date.toordinal() counts."""
    orders = (
        OrderLine.objects.filter(account__in=ids, date__lte=as_of)
        .order_by()
        .values("account_id", "source", "order_id")
        .annotate(day=Min("date"), total=Sum("revenue_minor"))
        .filter(total__gt=0)
        .values_list("account_id", "day")
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for account, day in orders.iterator(chunk_size=20_000):
        found[account].add(day.toordinal())
    return {account: sorted(found[account]) for account in sorted(found)}


def _until(origin: dt.date, days: dict[int, list[int]]) -> Purchases:
    """Return the purchases as they stood at the end of a day."""
    import numpy as np

    end = origin.toordinal()
    rows = [
        (account, len(past), past[0], past[-1])
        for account, all_days in days.items()
        if (past := [day for day in all_days if day <= end])
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Purchases(origin, *(np.ascontiguousarray(table[:, n]) for n in range(4)))


def _scored(bought: Purchases) -> set[int]:
    return set(bought.account[bought.since_last() < settings.ACTIVE_DAYS].tolist())


def _bought(days: list[int], after: dt.date, until: dt.date) -> bool:
    return any(after.toordinal() < day <= until.toordinal() for day in days)


def _count_high(signal: str, rule: Rule, both, night: Night, risks, run) -> None:
    """Count the accounts at high risk on the newest night, as it is and as it would be."""
    fired = _fire(signal, replace(night, rules=both[1][1]))
    median_p = run.facts.get("risk", {}).get("median_micro")
    rows = risks.filter(account__in=night.accounts, score__isnull=False)
    for account, p, score, findings in rows.values_list(
        "account", "p_micro", "score", "findings"
    ).iterator(chunk_size=2000):
        both[0][0].high += score >= settings.RISK_HIGH_FROM
        kept: list[dict[str, Any]] = [one for one in findings if one["signal"] != signal]
        if account in fired:
            strength, figures = fired[account]
            weight = rule.weight / 100
            kept.append(
                {"signal": signal, "weight": weight, "strength": strength, "figures": figures}
            )
        anew = scoring.score_of(p, median_p, kept)
        both[1][0].high += anew >= settings.RISK_HIGH_FROM
