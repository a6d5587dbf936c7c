"""What the export commands share."""

import csv
import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.management.base import OutputWrapper

from accounts_crm.models import NightlyRun
from customers.exports import nearest


def published_or_exit(as_of: dt.date | None, err: OutputWrapper) -> NightlyRun:
    """Return the published run of a date, of the latest if none is given.

    Exit with 1, naming the nearest dates, if there is none.
    """
    if run := NightlyRun.objects.published_for(as_of):
        return run
    dates = list(NightlyRun.objects.published().values_list("as_of", flat=True))
    if as_of is None or not dates:
        err.write("There is no published run yet. Start one: manage.py nightly\n")
    else:
        near = ", ".join(day.isoformat() for day in nearest(dates, as_of))
        err.write(f"There is no published run for {as_of}. The nearest: {near}\n")
    raise SystemExit(1)


def writer(out: OutputWrapper) -> Callable[[list], object]:
    """Return a function that writes one CSV row: UTF-8, newline ends, no byte-order mark."""
    stream: Any = out._out
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", newline="\n")
    return csv.writer(stream, lineterminator="\n").writerow
