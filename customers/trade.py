"""What an account traded, by day, by month and by year, in the measure of a run.

All amounts are minor units of the reporting currency; lines without an exchange rate stay out, and
in a margin run so do lines without a cost, as in the ranking.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Case, Count, F, Sum, Value, When

from customers.calendar import is_month_end, months_before
from customers.models import OrderLine

MONTHS = 12


@dataclass(frozen=True)
class Day:
    """The orders of one day; `value` in the run's measure, `revenue` always."""

    date: dt.date
    value: int
    revenue: int
    orders: int


@dataclass(frozen=True)
class Month:
    """A calendar month beside the same month of the year before.

    until   its last day that counts; the as-of date in the month that is not over
    """

    first: dt.date
    until: dt.date
    value: int
    before: int

    @property
    def whole(self) -> bool:
        """Say whether the month is over."""
        return is_month_end(self.until)


@dataclass(frozen=True)
class Trade:
    """Two years of one account's orders up to a day, oldest first."""

    as_of: dt.date
    days: list[Day]

    def between(self, first: dt.date, last: dt.date) -> int:
        """Return the value of the days from `first` to `last`, both included."""
        return sum(day.value for day in self.days if first <= day.date <= last)

    @cached_property
    def year(self) -> int:
        """Return the value of the 12 months ending on the as-of date."""
        return self.between(_after(months_before(self.as_of, MONTHS)), self.as_of)

    @cached_property
    def year_before(self) -> int:
        """Return the value of the 12 months before those."""
        end = months_before(self.as_of, MONTHS)
        return self.between(_after(months_before(self.as_of, 2 * MONTHS)), end)

    @cached_property
    def year_revenue(self) -> int | None:
        """Return the revenue of the 12 months ending on the as-of date; None without an order."""
        first = _after(months_before(self.as_of, MONTHS))
        revenues = [day.revenue for day in self.days if day.date >= first]
        return sum(revenues) if revenues else None

    @cached_property
    def change(self) -> float | None:
        """Return by which part the value rose against the year before; None from nothing."""
        if self.year_before <= 0:
            return None
        return (self.year - self.year_before) / self.year_before

    @property
    def fall(self) -> float:
        """Return by which part the value fell, as a positive number."""
        return -(self.change or 0)

    @cached_property
    def months(self) -> list[Month]:
        """Return the last 12 whole months, and the running one up to the as-of date."""
        first = self.as_of.replace(day=1)
        over = is_month_end(self.as_of)
        firsts = [months_before(first, back) for back in range(MONTHS - over, -1, -1)]
        return [self._month(first) for first in firsts]

    def _month(self, first: dt.date) -> Month:
        until = min(month_end(first), self.as_of)
        was = months_before(first, MONTHS)
        was_until = month_end(was) if is_month_end(until) else months_before(until, MONTHS)
        return Month(first, until, self.between(first, until), self.between(was, was_until))


def trade(account, as_of: dt.date, measure: str) -> Trade:
    """Return two years of an account's orders up to a day, from the first of the month on."""
    rows = (
        OrderLine.objects.filter(
            account=account,
            revenue__isnull=False,
            date__gte=months_before(as_of, 2 * MONTHS).replace(day=1),
            date__lte=as_of,
        )
        .order_by("date")
        .values("date")
        .annotate(
            day_value=Sum(amount(measure)),
            day_revenue=Sum("revenue"),
            orders=Count("order_id", distinct=True),
        )
        .values_list("date", "day_value", "day_revenue", "orders")
    )
    return Trade(as_of, [Day(day, int(v), int(r), orders) for day, v, r, orders in rows])


@dataclass(frozen=True)
class Year:
    """The 12 months ending on a day: their values, oldest first, and the revenue of them all."""

    values: list[int]
    revenue: int


def by_month(accounts: Iterable[int], as_of: dt.date, measure: str) -> dict[int, Year]:
    """Return the 12 months ending on a day by account id; who had no order is left out.

    The months end on the as-of date's day, so that together they are the 12-month value.
    """
    ends = [months_before(as_of, back) for back in range(MONTHS, -1, -1)]
    sums = {
        f"month_{number}": Sum(
            Case(
                When(date__gt=after, date__lte=end, then=amount(measure)),
                default=Value(0),
            )
        )
        for number, (after, end) in enumerate(zip(ends, ends[1:], strict=False))
    }
    rows = (
        OrderLine.objects.filter(
            account__in=list(accounts),
            revenue__isnull=False,
            date__gt=ends[0],
            date__lte=as_of,
        )
        .values("account")
        .annotate(**sums, year_revenue=Sum("revenue"))
        .order_by()
        .values_list("account", "year_revenue", *sums)
    )
    return {
        account: Year([int(value) for value in values], int(revenue))
        for account, revenue, *values in rows
    }


def amount(measure: str):
    """Return the expression of a line's value in a measure."""
    if measure != "margin":
        return F("revenue")
    return Case(When(cost__isnull=False, then=F("revenue") - F("cost")), default=Value(0))


def _after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


def month_end(first: dt.date) -> dt.date:
    return months_before(first, -1) - dt.timedelta(days=1)
