"""Days: the business date of a moment, the window of a ranking, month ends."""

import calendar
import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def business_date(moment: dt.datetime) -> dt.date:
    """Return the date of an aware moment in the business time zone."""
    return moment.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date()


def business_today() -> dt.date:
    """Return today's date in the business time zone."""
    return business_date(timezone.now())


def end_of(day: dt.date) -> dt.datetime:
    """Return the moment at which a day ends in the business time zone."""
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, zone)


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the same day `months` earlier, or the last of that month where there is none."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def window_start(as_of: dt.date, months: int) -> dt.date:
    """Return the first day of the window that ends on `as_of`, inclusive.

    The day after the same day `months` earlier; for 29 February 2024 and 12: 1 March 2023.
    """
    return months_before(as_of, months) + dt.timedelta(days=1)


def is_month_end(day: dt.date) -> bool:
    """Say whether a day is the last of its month."""
    return (day + dt.timedelta(days=1)).day == 1
