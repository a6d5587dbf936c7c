"""What an account traded, by day, by month and by year, in the measure of a run.

All amounts are minor units of the reporting currency; lines without an exchange rate stay out, and
in a margin run so do lines without a cost, as in the ranking.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import CharField, Count, F, Func, Sum

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
    """Two years of one account's orders up to a day, oldest first.

    first  the day from which on they are
    more   there are orders before that day
    """

    as_of: dt.date
    days: list[Day]
    first: dt.date
    more: bool = False

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


def trade(account, as_of: dt.date, measure: str, *, since: dt.date | None = None) -> Trade:
    """Return two years of an account's orders up to a day, from the first of the month on.

    since  the day of the account's first order, None without any
    """
    first = months_before(as_of, 2 * MONTHS).replace(day=1)
    rows = (
        OrderLine.objects.filter(
            account=account,
            revenue__isnull=False,
            date__gte=first,
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
    days = [Day(day, int(v or 0), int(r), orders) for day, v, r, orders in rows]
    return Trade(as_of, days, first, more=since is not None and since < first)


@dataclass
class Year:
    """The 12 months ending on a day: their values, oldest first, and the revenue of them all."""

    values: list[int]
    revenue: int = 0


def by_month(accounts: Iterable[int], as_of: dt.date, measure: str) -> dict[int, Year]:
    """Return the 12 months ending on a day by account id; who had no order is left out.

    The months end on the day of the as-of date, so that together they are the 12-month value.
    """
    # Each date, taken back by so many days, lies in the calendar month that its month begins in.
    shift = 0 if is_month_end(as_of) else as_of.day
    last = as_of - dt.timedelta(days=shift)
    rows = (
        OrderLine.objects.filter(
            account__in=list(accounts),
            revenue__isnull=False,
            date__gt=months_before(as_of, MONTHS),
            date__lte=as_of,
        )
        .annotate(month=MonthOf("date", shift))
        .values("account", "month")
        .annotate(month_value=Sum(amount(measure)), month_revenue=Sum("revenue"))
        .order_by()
        .values_list("account", "month", "month_value", "month_revenue")
    )
    years: dict[int, Year] = {}
    for account, month, value, revenue in rows:
        year = years.setdefault(account, Year([0] * MONTHS))
        back = (last.year - int(month[:4])) * 12 + last.month - int(month[5:])
        # At the end of a long month a day may count for the one beside it.
        year.values[MONTHS - 1 - min(max(back, 0), MONTHS - 1)] += int(value or 0)
        year.revenue += int(revenue)
    return years


class MonthOf(Func):
    """The month, as 2026-09, of a date taken back by some days; the database's own function.

    Django's TruncMonth calls Python for every row on SQLite.
    """

    output_field = CharField()

    def __init__(self, date: str, days: int):
        super().__init__(F(date))
        self.days = int(days)

    def as_sqlite(self, compiler, connection):
        template = f"strftime('%%%%Y-%%%%m', %(expressions)s, '-{self.days} days')"
        return super().as_sql(compiler, connection, template=template)

    def as_postgresql(self, compiler, connection):
        template = f"to_char(%(expressions)s - {self.days}, 'YYYY-MM')"
        return super().as_sql(compiler, connection, template=template)


def amount(measure: str):
    """Return the expression of a line's value in a measure; null for a line that has none."""
    return F("revenue") - F("cost") if measure == "margin" else F("revenue")


def _after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


def month_end(first: dt.date) -> dt.date:
    return months_before(first, -1) - dt.timedelta(days=1)
