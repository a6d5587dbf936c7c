"""An independent oracle of the value ranking: plain Python and Decimal, no SQL, no product code."""

import calendar
import csv
import datetime as dt
import gzip
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal


@dataclass
class Row:
    """One ranked account or group."""

    code: str
    value: Decimal
    rank: int
    share: Decimal | None
    cumulative: Decimal | None
    value_class: str


def read(path):
    """Return the lines of an order file as dictionaries."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def year_before(day):
    """Return the first day of the twelve months that end on `day`."""
    year = day.year - 1
    last = calendar.monthrange(year, day.month)[1]
    return dt.date(year, day.month, min(day.day, last)) + dt.timedelta(days=1)


def ranking(lines, as_of, *, scope="account"):
    """Return (measure, rows in list order) of the ranking as of a date."""
    first, last = year_before(as_of).isoformat(), as_of.isoformat()
    known = [line for line in lines if line["order_date"] <= last]
    window = [line for line in known if line["order_date"] >= first]
    volume = sum((abs(Decimal(line["revenue"])) for line in window), Decimal(0))
    costed = sum((abs(Decimal(line["revenue"])) for line in window if line["cost"]), Decimal(0))
    measure = "margin" if volume and 100 * costed >= 95 * volume else "revenue"

    parents = {line["customer_id"].strip(): line["parent_id"].strip() for line in reversed(lines)}

    def top(code):
        while parents.get(code):
            code = parents[code]
        return code

    place = top if scope == "group" else str
    values = defaultdict(Decimal)
    for line in known:
        values[place(line["customer_id"].strip())] += 0
    for line in window:
        code = place(line["customer_id"].strip())
        if measure == "revenue":
            values[code] += Decimal(line["revenue"])
        elif line["cost"]:
            values[code] += Decimal(line["revenue"]) - Decimal(line["cost"])

    listed = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    base = sum((value for _code, value in listed if value > 0), Decimal(0))
    rows, before, rank = [], Decimal(0), 0
    for position, (code, value) in enumerate(listed, 1):
        if not rows or value != rows[-1].value:
            rank = position
        if value <= 0:
            rows.append(Row(code, value, rank, None, None, "N"))
            continue
        value_class = "A" if 5 * before < 4 * base else "B" if 20 * before < 19 * base else "C"
        before += value
        rows.append(Row(code, value, rank, value / base, before / base, value_class))
    return measure, rows
