"""How the business of an account runs over three years: growth, seasons, fading, silence."""

import datetime as dt
from dataclasses import dataclass, fields

import numpy as np

WEEKS = 157
YEAR = 365.25 / 7  # in weeks

# First days of the Chinese New Year.
NEW_YEARS = """2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17
2027-02-06 2028-01-26 2029-02-13 2030-02-03 2031-01-23 2032-02-11 2033-01-31 2034-02-19
2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24 2040-02-12""".split()
ZONES = ["cn", "eu", "na"]


@dataclass(frozen=True)
class Shape:
    """One course of business; times in years before the end, so that smaller is later."""

    growth: float = 0.02  # per year, continuous
    fade_at: float = 0.0  # middle of a fall
    fade: float = 0.0  # how much of the business it took
    fade_years: float = 0.1  # how slow it was
    start: float = 9.0
    stop: float = 0.0
    swing: float = 0.0  # of the season, 0 to 1
    peak: float = 0.2  # of the season, as a part of the year
    mood: str = "calm"  # of the contact log


# Kind by kind.
SHAPES: dict[str, Shape] = {
    "steady": Shape(),
    "growing": Shape(growth=0.16, mood="good"),
    "star": Shape(growth=0.42, mood="good"),
    "declining": Shape(growth=-0.16),
    "softening": Shape(fade_at=0.33, fade=0.3, mood="worry"),
    "slipping": Shape(fade_at=0.22, fade=0.62, fade_years=0.05, mood="worry"),
    "fading": Shape(fade_at=0.42, fade=0.77, fade_years=0.13, mood="worry"),
    "troubled": Shape(fade_at=0.2, fade=0.45, fade_years=0.08, mood="worry"),
    "quality": Shape(fade_at=0.12, fade=0.5, fade_years=0.05, mood="worry"),
    "complaint": Shape(fade_at=0.3, fade=0.4, mood="worry"),
    "leaving": Shape(fade_at=0.62, fade=0.7, fade_years=0.15, stop=0.24, mood="lost"),
    "silent": Shape(stop=0.34, mood="worry"),
    "lost": Shape(stop=1.08, mood="lost"),
    "defected": Shape(stop=1.4, mood="lost"),
    "seasonal": Shape(swing=0.85),
    "new": Shape(start=0.42, growth=0.3, mood="good"),
    "single": Shape(start=0.27, stop=0.23),
    "loss": Shape(),
    "prospect": Shape(stop=9.0, mood="court"),
    "holding": Shape(stop=9.0),
}
# How many of 1,000 accounts of the great number run so.
SHARES = {
    "steady": 430,
    "growing": 150,
    "star": 20,
    "declining": 90,
    "softening": 50,
    "fading": 40,
    "complaint": 10,
    "quality": 5,
    "leaving": 20,
    "silent": 15,
    "lost": 15,
    "defected": 45,
    "seasonal": 40,
    "new": 35,
    "single": 10,
    "loss": 5,
    "prospect": 20,
}
NUMBERS = [field.name for field in fields(Shape) if field.type is float]


def courses(draw: np.random.Generator, kinds: list[str], held: list[int]) -> dict[str, np.ndarray]:
    """Return the numbers of the shapes, one array per field; beyond the written ones they vary.

    held  for each written account: so many days before the end it held its orders back
    """
    written = len(held)
    course = {name: np.array([getattr(SHAPES[kind], name) for kind in kinds]) for name in NUMBERS}
    vary = slice(written, None)
    some = len(kinds) - written
    course["growth"][vary] += draw.normal(0, 0.05, some)
    stretch = draw.uniform(0.95, 1.8, some)
    for name in ("fade_at", "stop", "start"):
        course[name][vary] *= stretch
    course["fade"][vary] *= draw.uniform(0.6, 1.2, some)
    stop = course["stop"][:written]
    course["stop"][:written] = np.maximum(stop, np.array(held) / 365.25)
    course["peak"][vary] = draw.uniform(0, 1, some)
    return course


def monday_before(end: dt.date) -> np.datetime64:
    """Return the Monday of the first week of the history that ends on `end`."""
    last = end - dt.timedelta(days=end.weekday())
    return np.datetime64(last - dt.timedelta(weeks=WEEKS - 1), "D")


def calendars(end: dt.date) -> np.ndarray:
    """Return how busy each week is, by zone: shape (zones, weeks); the last week may be short."""
    mondays = monday_before(end) + 7 * np.arange(WEEKS)
    days = (mondays - mondays.astype("M8[Y]").astype("M8[D]")).astype(int) + 3
    busy = np.ones((len(ZONES), WEEKS))
    for day in NEW_YEARS:
        away = ((mondays - np.datetime64(day, "D")).astype(int) + 3) / 7
        busy[0] *= 1 - 0.85 * np.exp(-((away - 0.3) ** 2) / 1.2)
        busy[0] *= 1 + 0.25 * np.exp(-((away + 3.5) ** 2) / 3)
    busy[0] *= 1 - 0.5 * np.exp(-(((days - 277) / 7) ** 2))  # the National Day week
    busy[1] *= 1 - 0.5 * np.exp(-(((days - 224) / 18) ** 2))  # August
    busy[2] *= 1 - 0.35 * np.exp(-(((days - 330) / 7) ** 2))  # Thanksgiving
    year_end = np.minimum(np.abs(days - 361), np.abs(days + 4))
    for zone in (1, 2):
        busy[zone] *= 1 - 0.75 * np.exp(-((year_end / 8) ** 2))
    busy[:, -1] *= min(end.weekday() + 1, 5) / 5
    return busy


def profiles(
    course: dict[str, np.ndarray], zones: np.ndarray, busy: np.ndarray, end: dt.date
) -> tuple[np.ndarray, np.ndarray]:
    """Return how often and how much is ordered: two arrays of shape (accounts, weeks).

    Both are 1 in a plain week of a healthy account's last twelve months.
    """
    mondays = monday_before(end) + 7 * np.arange(WEEKS)
    part = (mondays - mondays.astype("M8[Y]").astype("M8[D]")).astype(int) / 365.25
    age = ((np.datetime64(end, "D") - mondays).astype(int) - 2) / 365.25
    column = {name: values[:, None] for name, values in course.items()}
    level = np.exp(-column["growth"] * (age - 0.5))
    with np.errstate(over="ignore"):
        level = level * (
            1 - column["fade"] / (1 + np.exp((age - column["fade_at"]) / column["fade_years"]))
        )
    season = np.maximum(0.0, 1 + column["swing"] * np.cos(2 * np.pi * (part - column["peak"])))
    # The week in which it stops counts; the days after that are cut off by `last_days`.
    alive = (age <= column["start"]) & (age + 2 / 365.25 >= column["stop"])
    often = level**0.6 * season**1.5 * alive * busy[zones]
    return often, level**0.4


def last_days(course: dict[str, np.ndarray], end: dt.date) -> np.ndarray:
    """Return the last day on which each account may order, a working day."""
    held = np.ceil(course["stop"] * 365.25 - 1e-6).astype(int)
    return np.busday_offset(np.datetime64(end, "D") - held, 0, roll="backward")
