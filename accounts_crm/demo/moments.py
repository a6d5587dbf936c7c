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
    ahead = [
        0
        if day is None
        else dt.datetime.combine(day, dt.time(12), tzinfo=zone).utcoffset().total_seconds()
        for day in days.tolist()
    ]
    return date.astype("M8[s]") + (60 * minute - np.array(ahead, dtype=int)[place])
