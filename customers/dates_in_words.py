"""Days and moments as people write them, in English and Chinese; what is not understood is refused.

Our own grammar: a general reader of dates takes “sat”, “may” and “1” for days, and does not know
上周五, 下周一 or 月底 (dateparser 1.5, tried).

Two directions: a contact lies behind us, a due day ahead. A weekday without more is the nearest on
its side and never today; 上周五 and `next Friday` count by weeks that begin on Monday.
"""

import calendar
import datetime as dt
import re
from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.calendar import months_before
from customers.times_in_words import plain, split_time

WEEKDAYS = {
    name: day
    for day, names in enumerate(
        (
            "monday mon 一",
            "tuesday tues tue 二",
            "wednesday wed 三",
            "thursday thurs thur thu 四",
            "friday fri 五",
            "saturday sat 六",
            "sunday sun 日 天",
        )
    )
    for name in names.split()
}
MONTHS = {
    name.lower(): month
    for names in (calendar.month_name, calendar.month_abbr)
    for month, name in enumerate(names)
    if name
} | {"sept": 9}
NUMBERS = {
    "a": 1,
    "an": 1,
    **{
        word: n
        for n, word in enumerate("one two three four five six seven eight nine ten".split(), 1)
    },
    "两": 2,
    **{sign: n for n, sign in enumerate("一二三四五六七八九十", 1)},
}
NEAR_DAYS = {
    "大前天": -3,
    "前天": -2,
    "the day before yesterday": -2,
    "昨天": -1,
    "昨日": -1,
    "yesterday": -1,
    "昨": -1,
    "今天": 0,
    "今日": 0,
    "today": 0,
    "今": 0,
    "明天": 1,
    "明日": 1,
    "tomorrow": 1,
    "后天": 2,
    "the day after tomorrow": 2,
    "大后天": 3,
}
WEEK_OF = {"上上": -2, "上": -1, "这": 0, "本": 0, "this ": 0, "下": 1, "next ": 1, "下下": 2}
UNITS = {
    "day": "days",
    "days": "days",
    "天": "days",
    "日": "days",
    "week": "weeks",
    "weeks": "weeks",
    "周": "weeks",
    "星期": "weeks",
    "礼拜": "weeks",
    "month": "months",
    "months": "months",
    "月": "months",
    "hour": "hours",
    "hours": "hours",
    "小时": "hours",
    "minute": "minutes",
    "minutes": "minutes",
    "min": "minutes",
    "分钟": "minutes",
}
LONGEST = 60  # characters; a longer text is no date
FARTHEST = 10  # years

_NUMBER = r"(\d{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]|[a-z]+)"
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_AGO = re.compile(rf"{_NUMBER} ?个?({_UNIT}) ?(?:ago|之?以?前)")
_AHEAD = re.compile(rf"(?:in )?{_NUMBER} ?个?({_UNIT})(?: from now|之?以?后)?")
_WEEKDAY = re.compile(
    r"(?:on )?(?:(上上|上|这|本|下下|下)个?|(this |next |last ))?"
    r"(周|星期|礼拜)?([a-z]+|[一二三四五六日天])\.?"
)
_ISO = re.compile(r"(\d{4})([-/.年])(\d{1,2})(?:\2|月)(\d{1,2})[日号]?")
_CHINESE = re.compile(r"(\d{1,2})月(\d{1,2})[日号]?")
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\.(?: ?(\d{4}))?")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ?([a-z]{3,9})\.?,?(?: (\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")
_ENDS = {
    ("month", 0): re.compile(
        r"(?:the )?(?:end of (?:the |this )?month|month end)|(?:本|这个)?月底|月末"
    ),
    ("month", 1): re.compile(r"(?:the )?end of next month|下个?月底"),
    ("year", 0): re.compile(r"(?:the )?(?:end of (?:the |this )?year|year end)|年底|年末"),
}


class Unclear(ValueError):
    """A text is no day; says so with examples of what is."""


def moment_in(text: str, now: dt.datetime | None = None) -> dt.datetime:
    """Return the moment behind us that a text means, in the person's time zone.

    A day without a time is noon of it, and now for today.
    Raises Unclear for what is not understood and for what lies ahead.
    """
    now = timezone.localtime(now)
    words = plain(text)
    if words in ("now", "just now", "刚才", "刚刚", "现在"):
        return now
    passed = _passed(words, now)
    if passed is None:
        rest, time = split_time(words, Unclear)
        if time is None and not rest:
            raise _unclear_moment(text)
        day = _day(rest, now.date(), ahead=False) if rest else now.date()
        if day is None:
            raise _unclear_moment(text)
        if time is None and day == now.date():
            return now
        if day.year < now.year - 100:
            raise Unclear(_("This is too long ago. Check the year."))
        # Beyond tomorrow it is not looked at: the calendar ends in the year 9999.
        day = min(day, now.date() + dt.timedelta(days=2))
        passed = _local(dt.datetime.combine(day, time or dt.time(12)))
    if passed > now:
        raise Unclear(
            _("This lies in the future. Log what has happened; plan the rest as a next step.")
        )
    return passed


def day_in(text: str, today: dt.date | None = None) -> dt.date:
    """Return the day ahead, or today, that a text means. Raises Unclear for anything else."""
    today = today or timezone.localdate()
    day = _day(plain(text), today, ahead=True)
    if day is None:
        raise Unclear(
            _(
                "“%(text)s” is no day. Write it as: tomorrow, Fri, 下周一, in 2 weeks, 月底, "
                "2026-09-18."
            )
            % {"text": text[:LONGEST]}
        )
    if day < today:
        raise Unclear(_("This day has passed. Give a day to come."))
    return day


def _unclear_moment(text: str) -> Unclear:
    return Unclear(
        _(
            "“%(text)s” is no moment. Write it as: yesterday, last Friday 15:00, 前天下午3点, "
            "2 days ago, 2026-09-14 10:30."
        )
        % {"text": text[:LONGEST]}
    )


def _passed(words: str, now: dt.datetime) -> dt.datetime | None:
    """Return the moment so many hours or minutes ago."""
    if words in ("半小时前", "half an hour ago"):
        return now - dt.timedelta(minutes=30)
    found = _AGO.fullmatch(words)
    unit = UNITS[found[2]] if found else ""
    number = _number(found[1]) if found else None
    if unit not in ("hours", "minutes") or number is None:
        return None
    return now - dt.timedelta(**{unit: number})


def _day(words: str, today: dt.date, *, ahead: bool) -> dt.date | None:
    """Return the day meant, or None; far-off ones are none."""
    if len(words) > LONGEST:
        return None
    for read in _READERS:
        try:
            day = read(words, today, ahead)
        except (ValueError, OverflowError):  # 31 February, the year 0
            return None
        if day is not None:
            return day if abs(day.year - today.year) <= FARTHEST or not ahead else None
    return None


def _near(words: str, today: dt.date, ahead: bool) -> dt.date | None:
    return today + dt.timedelta(days=NEAR_DAYS[words]) if words in NEAR_DAYS else None


def _weekday(words: str, today: dt.date, ahead: bool) -> dt.date | None:
    found = _WEEKDAY.fullmatch(words)
    if not found:
        return None
    chinese, english, week, name = found.groups()
    weekday = WEEKDAYS.get(name)
    # 周五, not 五 alone; Friday, not 周Friday; 上周五, not 上Friday.
    if weekday is None or bool(week) == name.isascii() or (chinese and name.isascii()):
        return None
    if english == "last " or not (chinese or english):
        back = (today.weekday() - weekday - 1) % 7 + 1
        on = (weekday - today.weekday() - 1) % 7 + 1
        return today + dt.timedelta(days=on if ahead and not english else -back)
    weeks = WEEK_OF[chinese or english]
    return today + dt.timedelta(days=weekday - today.weekday() + 7 * weeks)


def _counted(words: str, today: dt.date, ahead: bool) -> dt.date | None:
    found = (_AHEAD if ahead else _AGO).fullmatch(words)
    number = _number(found[1]) if found else None
    unit = UNITS[found[2]] if found else ""
    if number is None or unit not in ("days", "weeks", "months"):
        return None
    # “3天” says how long, “3月” and “3日” a month and a day: only “3个月后” is a span.
    if found and found[2] in ("月", "日") and not re.search("[前后]$", words):
        return None
    sign = 1 if ahead else -1
    if unit == "months":
        return months_before(today, -sign * number)
    return today + sign * dt.timedelta(**{unit: number})


def _written(words: str, today: dt.date, ahead: bool) -> dt.date | None:
    if found := _ISO.fullmatch(words):
        return dt.date(int(found[1]), int(found[3]), int(found[4]))
    if found := _CHINESE.fullmatch(words):
        return _nearest(int(found[1]), int(found[2]), None, today, ahead)
    if found := _DOTTED.fullmatch(words):
        return _nearest(int(found[2]), int(found[1]), found[3], today, ahead)
    if (found := _DAY_MONTH.fullmatch(words)) and found[2] in MONTHS:
        return _nearest(MONTHS[found[2]], int(found[1]), found[3], today, ahead)
    if (found := _MONTH_DAY.fullmatch(words)) and found[1] in MONTHS:
        return _nearest(MONTHS[found[1]], int(found[2]), found[3], today, ahead)
    return None


def _ending(words: str, today: dt.date, ahead: bool) -> dt.date | None:
    for (what, later), pattern in _ENDS.items():
        if ahead and pattern.fullmatch(words):
            if what == "year":
                return dt.date(today.year, 12, 31)
            first = months_before(today.replace(day=1), -later)
            return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return None


_READERS: tuple[Callable[[str, dt.date, bool], dt.date | None], ...] = (
    _near,
    _weekday,
    _counted,
    _written,
    _ending,
)


def _nearest(month: int, day: int, year: str | None, today: dt.date, ahead: bool) -> dt.date:
    """Return the day of a month; without a year the nearest behind or ahead, today included."""
    if year:
        return dt.date(int(year), month, day)
    years = range(today.year, today.year + 9) if ahead else range(today.year, today.year - 9, -1)
    for nearest in years:  # 29 February needs up to eight
        if day > calendar.monthrange(nearest, month)[1]:
            continue
        found = dt.date(nearest, month, day)
        if (found >= today) if ahead else (found <= today):
            return found
    raise ValueError(f"no such day: {month}-{day}")


def _number(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    if "十" in text and text != "十":
        tens, ones = text.split("十")
        return NUMBERS.get(tens, 1) * 10 + NUMBERS.get(ones, 0)
    return NUMBERS.get(text)


def _local(naive: dt.datetime) -> dt.datetime:
    """Return a moment in the person's time zone; of an hour that comes twice, the first."""
    aware = timezone.make_aware(naive)
    if aware.astimezone(dt.UTC).astimezone(aware.tzinfo).replace(tzinfo=None) != naive:
        raise Unclear(_("The clocks were put forward over this time. Give another."))
    return aware
