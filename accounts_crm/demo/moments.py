"""Moments of business days."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings


def moments(date: np.ndarray, minute: np.ndarray | int) -> np.ndarray:
    """Return UTC moments of a minute of a business day, so that its date is that day again.

    date  datetime64[D]; NaT stays NaT
    """
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    days, place = np.unique(date, return_inverse=True)
    ahead = [0 if day is None else _ahead(day, zone) for day in days.tolist()]
    return date.astype("M8[s]") + (60 * minute - np.array(ahead, dtype=int)[place])


def _ahead(day: dt.date, zone: ZoneInfo) -> int:
    """Return by how many seconds a zone is ahead of UTC at noon of a day."""
    offset = dt.datetime.combine(day, dt.time(12), tzinfo=zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
