"""Signals in what an account orders."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Max, Min, Q, Sum

from churn.rules import FEWEST_PURCHASE_DAYS, LONGEST_RHYTHM_DAYS, SHORTEST_RHYTHM_DAYS
from churn.signals.night import QUARTER_DAYS, YEAR_DAYS, Fired, Night, by_account, value_of
from customers.calendar import months_before
from customers.models import OrderLine, PurchasePotential
from customers.wallet import revenue

MOST_CATEGORIES = 5  # named in a finding


def order_gap(night: Night) -> Fired:
    """Compare the days since the last order with the account's own mean rhythm."""
    import numpy as np

    rule, bought = night.rules["order_gap"], night.purchases
    gap = bought.since_last()
    rhythm = np.maximum(bought.rhythm(), SHORTEST_RHYTHM_DAYS)
    late = gap / rhythm > rule.starts
    return {
        int(bought.account[at]): (
            rule.strength(float(gap[at] / rhythm[at])),
            {
                "days": int(gap[at]),
                "rhythm": round(float(rhythm[at]), 1),
                "purchases": int(bought.days[at]),
                "last": dt.date.fromordinal(int(bought.last[at])).isoformat(),
            },
        )
        for at in np.flatnonzero(late)
    }


def value_falling(night: Night) -> Fired:
    """Compare the value of the last 90 days with a usual quarter, and with the same season.

    The usual quarter is the average one of the year before. Where the account was there already,
    the same 90 days a year earlier are compared too, and the smaller lack counts: nobody is warned
    of a season that always is quiet.
    Unknown where that year holds less than a quarter of history or no positive value, and where
    orders are so rare that a quarter says nothing.
    """
    rule, bought = night.rules["value_falling"], night.purchases
    often = bought.rhythm() <= LONGEST_RHYTHM_DAYS
    split = night.as_of - dt.timedelta(days=QUARTER_DAYS)
    begin = split - dt.timedelta(days=YEAR_DAYS)
    season_end = night.as_of - dt.timedelta(days=YEAR_DAYS)
    value = value_of(night.measure)
    lines = OrderLine.objects.filter(date__gt=begin, date__lte=night.as_of)
    sums = (
        night.of(lines)
        .order_by()
        .values("account_id")
        .annotate(
            recent=Sum(value, filter=Q(date__gt=split)),
            before=Sum(value, filter=Q(date__lte=split)),
            season=Sum(value, filter=Q(date__lte=season_end)),
        )
        .filter(before__gt=0)
        .values_list("account_id", "recent", "before", "season")
    )
    first = dict(zip(bought.account[often].tolist(), bought.first[often].tolist(), strict=True))
    fired: Fired = {}
    for account, recent, before, season in sums.iterator(chunk_size=20_000):
        if account not in first:
            continue
        recent, before, season = int(recent or 0), int(before), int(season or 0)
        history = min(YEAR_DAYS, split.toordinal() - first[account] + 1)
        if history < QUARTER_DAYS:
            continue
        lacking = (before * QUARTER_DAYS - recent * history) / (before * QUARTER_DAYS)
        seasoned = first[account] <= begin.toordinal() + 1
        if seasoned:
            lacking = min(lacking, (season - recent) / season if season > 0 else 0)
        if strength := rule.strength(lacking):
            usual = before * QUARTER_DAYS // history
            fired[account] = (
                strength,
                {
                    "recent": recent,
                    "usual": usual,
                    "season": season if seasoned else None,
                    "enough": _enough(min(usual, season) if seasoned else usual, rule.starts),
                    "lacking": round(lacking, 4),
                    "since": (split + dt.timedelta(days=1)).isoformat(),
                    "measure": night.measure,
                    "currency": night.currency,
                },
            )
    return fired


def categories_dropped(night: Night) -> Fired:
    """Find product categories bought steadily in the year before, and not in the last 90 days.

    Measured is their part of that year's revenue. Unknown where the account bought nothing of late
    (the order gap speaks of that) or something without a category.
    """
    rule = night.rules["categories_dropped"]
    split = night.as_of - dt.timedelta(days=QUARTER_DAYS)
    begin = split - dt.timedelta(days=YEAR_DAYS)
    before, recent = Q(date__lte=split), Q(date__gt=split, revenue_minor__gt=0)
    lines = OrderLine.objects.filter(date__gt=begin, date__lte=night.as_of)
    groups = (
        night.of(lines)
        .order_by("account_id", "category")
        .values("account_id", "category")
        .annotate(
            days=Count("date", distinct=True, filter=before & Q(revenue_minor__gt=0)),
            first=Min("date", filter=before),
            last=Max("date", filter=before),
            value=Sum("revenue", filter=before),
            again=Count("pk", filter=recent),
        )
        .values_list("account_id", "category", "days", "first", "last", "value", "again")
    )
    fired: Fired = {}
    for account, rows in by_account(groups):
        if not any(row[-1] for row in rows) or any(not row[0] and row[-1] for row in rows):
            continue
        total = sum(max(0, int(value or 0)) for *_row, value, _again in rows)
        dropped = sorted(
            (-int(value), category, last)
            for category, days, first, last, value, again in rows
            if category and not again and (value or 0) > 0 and _steady(days, first, last)
        )
        if not dropped:
            continue
        lost = -sum(value for value, _category, _last in dropped)
        if strength := rule.strength(lost / total):
            fired[account] = (
                strength,
                {
                    "count": len(dropped),
                    "categories": [category for _value, category, _last in dropped][
                        :MOST_CATEGORIES
                    ],
                    "lost": lost,
                    "part": round(lost / total, 4),
                    "last": max(last for _value, _category, last in dropped).isoformat(),
                    "begin": (begin + dt.timedelta(days=1)).isoformat(),
                    "since": (split + dt.timedelta(days=1)).isoformat(),
                    "currency": night.currency,
                },
            )
    return fired


def wallet_falling(night: Night) -> Fired:
    """Compare our share of what the customer buys in twelve months with that of the year before.

    Each year is held against the newest purchase potential known at its end; without one for both,
    or without revenue in the year before, the share's course is unknown.
    """
    rule = night.rules["wallet_falling"]
    year, year_before = months_before(night.as_of, 12), months_before(night.as_of, 24)
    newest: dict[int, tuple] = {}
    earlier: dict[int, tuple] = {}
    potentials = PurchasePotential.objects.filter(date__lte=night.as_of)
    for account, pk, day, amount in (
        night.of(potentials)
        .order_by("account_id", "date", "pk")
        .values_list("account_id", "pk", "date", "amount")
        .iterator(chunk_size=20_000)
    ):
        newest[account] = (pk, amount)
        if day <= year:
            earlier[account] = (pk, amount)
    sums = (
        night.of(OrderLine.objects.filter(date__gt=year_before, date__lte=night.as_of))
        .order_by()
        .values("account_id")
        .annotate(
            now=Sum("revenue", filter=Q(date__gt=year)),
            then=Sum("revenue", filter=Q(date__lte=year)),
            lines=Count("pk", filter=Q(date__gt=year)),
        )
        .filter(then__gt=0)
        .values_list("account_id", "now", "lines", "then")
    )
    fired: Fired = {}
    for account, total, lines, then in sums.iterator(chunk_size=20_000):
        potential, could = newest.get(account, (None, None))
        potential_then, could_then = earlier.get(account, (None, None))
        sold = revenue(total, lines)
        if not could or not could_then or sold is None:
            continue
        now, then = max(0, sold), int(then)
        lost = (then * could - now * could_then) / (then * could)
        if strength := rule.strength(lost):
            fired[account] = (
                strength,
                {
                    "share": round(now / could, 4),
                    "before": round(then / could_then, 4),
                    "lost": round(lost, 4),
                    "potentials": sorted({potential, potential_then}),
                    "since": (year + dt.timedelta(days=1)).isoformat(),
                    "begin": (year_before + dt.timedelta(days=1)).isoformat(),
                },
            )
    return fired


def _enough(usual: int, starts: float) -> int:
    """Return the value of 90 days at which a lack is none any more, rounded up."""
    return -int(-usual * (1 - starts) // 1)


def _steady(days: int, first: dt.date, last: dt.date) -> bool:
    """Say whether something was bought so often that a quarter without it is no chance."""
    if days < FEWEST_PURCHASE_DAYS:
        return False
    return (last - first).days / (days - 1) <= LONGEST_RHYTHM_DAYS
