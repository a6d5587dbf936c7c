"""What an account traded, by day, by month and by year, in the measure of a run.

All amounts are minor units of the reporting currency; lines without an exchange rate stay out, and
in a margin run so do lines without a cost, as in the ranking.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import CharField, Count, F, Func, Q, Sum

from customers import wallet
from customers.calendar import is_month_end, months_before
from customers.models import OrderLine

MONTHS = wallet.MONTHS


@dataclass(frozen=True)
class Day:
    """The orders of one day; `value` in the run's measure, `revenue` always."""

    date: dt.date
    value: int
    revenue: int


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

    unrated  the last day all of whose lines lack an exchange rate, None without such
    """

    as_of: dt.date
    days: list[Day]
    unrated: dt.date | None = None

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

    def wallet(self, could_buy: int | None) -> float | None:
        """Return the part of what the customer buys per year that came from us, None: unknown."""
        first = _after(months_before(self.as_of, MONTHS))
        revenues = [day.revenue for day in self.days if day.date >= first]
        unrated = self.unrated is not None and self.unrated >= first
        found = wallet.share(
            sum(revenues) if revenues else None, len(revenues) + unrated, could_buy
        )
        return None if found is None else float(found)

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
    first = months_before(as_of, 2 * MONTHS).replace(day=1)
    rows = (
        OrderLine.objects.filter(
            account=account,
            date__gte=first,
            date__lte=as_of,
        )
        .order_by("date")
        .values("date")
        .annotate(
            day_value=Sum(amount(measure)),
            day_revenue=Sum("revenue"),
        )
        .values_list("date", "day_value", "day_revenue")
    )
    days, unrated = [], None
    for day, value, revenue in rows:
        if revenue is None:
            unrated = day
        else:
            days.append(Day(day, int(value or 0), int(revenue)))
    return Trade(as_of, days, unrated)


@dataclass(frozen=True)
class Category:
    """What a product category brought in 12 months, beside the 12 before; "" has no name."""

    name: str
    value: int
    before: int

    @property
    def change(self) -> int:
        """Return by how much the value rose."""
        return self.value - self.before

    @property
    def growth(self) -> float | None:
        """Return by which part the value rose; None from nothing."""
        return self.change / self.before if self.before > 0 else None


def by_category(account, as_of: dt.date, measure: str) -> list[Category]:
    """Return the two years up to a day by product category, the most valuable first.

    Together they are `Trade.year` and `Trade.year_before`.
    """
    begins = months_before(as_of, MONTHS)
    rows = (
        OrderLine.objects.filter(
            account=account, date__gt=months_before(as_of, 2 * MONTHS), date__lte=as_of
        )
        .order_by()
        .values("category")
        .annotate(
            now=Sum(amount(measure), filter=Q(date__gt=begins)),
            before=Sum(amount(measure), filter=Q(date__lte=begins)),
        )
        .exclude(now=None, before=None)
        .values_list("category", "now", "before")
    )
    found = [Category(name, int(now or 0), int(before or 0)) for name, now, before in rows]
    return sorted(found, key=lambda one: (-one.value, -one.before, one.name))


@dataclass
class Year:
    """The 12 months ending on a day: their values, oldest first, and the revenue of them all.

    revenue  None where no line has an exchange rate
    lines    with a rate or without
    """

    values: list[int]
    revenue: int | None = None
    lines: int = 0

    @property
    def points(self) -> tuple[int, ...] | None:
        """Return the values to draw; None where they are unknown."""
        return None if self.revenue is None else tuple(self.values)

    def wallet(self, could_buy: int | None) -> float | None:
        """Return the part of what the customer buys per year that came from us, None: unknown."""
        found = wallet.share(self.revenue, self.lines, could_buy)
        return None if found is None else float(found)


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
            date__gt=months_before(as_of, MONTHS),
            date__lte=as_of,
        )
        .annotate(month=MonthOf("date", shift))
        .values("account", "month")
        .annotate(month_value=Sum(amount(measure)), month_revenue=Sum("revenue"), lines=Count("pk"))
        .order_by()
        .values_list("account", "month", "month_value", "month_revenue", "lines")
    )
    years: dict[int, Year] = {}
    for account, month, value, revenue, lines in rows:
        year = years.setdefault(account, Year([0] * MONTHS))
        back = (last.year - int(month[:4])) * 12 + last.month - int(month[5:])
        # At the end of a long month a day may count for the one beside it.
        year.values[MONTHS - 1 - min(max(back, 0), MONTHS - 1)] += int(value or 0)
        year.lines += lines
        if revenue is not None:
            year.revenue = (year.revenue or 0) + int(revenue)
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
