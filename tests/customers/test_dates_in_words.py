"""Days as people write them. Today is Wednesday 16 September 2026, 10:30 in Shanghai."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from customers.dates_in_words import Unclear, day_in, moment_in

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 9, 16, 10, 30, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def a_wednesday():
    with time_machine.travel(NOW, tick=False), timezone.override(SHANGHAI):
        yield


BEHIND = {
    "now": "2026-09-16 10:30",
    "刚才": "2026-09-16 10:30",
    "today": "2026-09-16 10:30",
    "today 9:15": "2026-09-16 09:15",
    "9:15": "2026-09-16 09:15",
    "this morning": "2026-09-16 09:00",
    "今天上午": "2026-09-16 09:00",
    "yesterday": "2026-09-15 12:00",
    "Yesterday at 3 pm": "2026-09-15 15:00",
    "yesterday afternoon": "2026-09-15 15:00",
    "昨天": "2026-09-15 12:00",
    "昨天15:00": "2026-09-15 15:00",
    "昨晚8点": "2026-09-15 20:00",
    "前天下午3点": "2026-09-14 15:00",
    "前天下午三点半": "2026-09-14 15:30",
    "前天　下午３点": "2026-09-14 15:00",  # full width
    "last Friday 15:00": "2026-09-11 15:00",
    "Friday": "2026-09-11 12:00",
    "Wed": "2026-09-09 12:00",  # the nearest, never today
    "周三": "2026-09-09 12:00",
    "上周五": "2026-09-11 12:00",
    "上周五下午3点": "2026-09-11 15:00",
    "上上周一": "2026-08-31 12:00",
    "这周一": "2026-09-14 12:00",
    "this Monday": "2026-09-14 12:00",
    "2 days ago": "2026-09-14 12:00",
    "two weeks ago": "2026-09-02 12:00",
    "3天前": "2026-09-13 12:00",
    "两周前": "2026-09-02 12:00",
    "1个月前": "2026-08-16 12:00",
    "2 hours ago": "2026-09-16 08:30",
    "an hour ago": "2026-09-16 09:30",
    "半小时前": "2026-09-16 10:00",
    "12 hours ago": "2026-09-15 22:30",
    "2026-09-14 10:30": "2026-09-14 10:30",
    "2026-09-14T10:30": "2026-09-14 10:30",
    "2026/9/14": "2026-09-14 12:00",
    "14.9.2026 8:05": "2026-09-14 08:05",
    "14.9.": "2026-09-14 12:00",
    "14 Sep": "2026-09-14 12:00",
    "Sep 14, 2025": "2025-09-14 12:00",
    "17 September": "2025-09-17 12:00",  # tomorrow a year ago
    "12月31日": "2025-12-31 12:00",
    "2025年12月31日 23:59": "2025-12-31 23:59",
    "29 Feb": "2024-02-29 12:00",
}
AHEAD = {
    "today": "2026-09-16",
    "tomorrow": "2026-09-17",
    "明天": "2026-09-17",
    "后天": "2026-09-18",
    "大后天": "2026-09-19",
    "Fri": "2026-09-18",
    "on Friday": "2026-09-18",
    "周五": "2026-09-18",
    "星期日": "2026-09-20",
    "Wed": "2026-09-23",  # never today
    "this Friday": "2026-09-18",
    "next Friday": "2026-09-25",
    "下周一": "2026-09-21",
    "下下周三": "2026-09-30",
    "in 2 weeks": "2026-09-30",
    "2 weeks": "2026-09-30",
    "in a month": "2026-10-16",
    "两周后": "2026-09-30",
    "十天后": "2026-09-26",
    "二十一天后": "2026-10-07",
    "3个月后": "2026-12-16",
    "end of month": "2026-09-30",
    "月底": "2026-09-30",
    "下月底": "2026-10-31",
    "end of next month": "2026-10-31",
    "年底": "2026-12-31",
    "2026-12-01": "2026-12-01",
    "1月5日": "2027-01-05",
    "5 Jan": "2027-01-05",
    "29 Feb": "2028-02-29",
}
NOT_BEHIND = [
    "", " ", "price", "may", "sat down", "soon", "王总", "3", "31 Feb", "2026-02-30", "3/4",
    "12/31/2025", "25:00", "13 pm", "3点", "十十点", "五", "\0", "9" * 400,
    "99999999999 days ago", "0000-00-00",
    "last week", "next Friday", "tomorrow", "in 2 days", "2026-09-16 10:31", "一二三",
]  # fmt: skip
NOT_AHEAD = [
    "", "price", "yesterday", "昨天", "2026-09-15", "last Friday", "2 days ago", "soon", "五",
    "3月", "3日", "2999-01-01", "0001-01-01", "999 months ago", "14/9", "\0", "x" * 400, "9月",
    "tomorrow 15:00",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BEHIND.items())
def test_a_moment_behind_us(text, expected):
    assert f"{moment_in(text):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(("text", "expected"), AHEAD.items())
def test_a_day_ahead(text, expected):
    assert str(day_in(text)) == expected


@pytest.mark.parametrize("text", NOT_BEHIND)
def test_what_is_no_moment_behind_us_is_refused(text):
    with pytest.raises(Unclear):
        moment_in(text)


@pytest.mark.parametrize("text", NOT_AHEAD)
def test_what_is_no_day_ahead_is_refused(text):
    with pytest.raises(Unclear):
        day_in(text)


def test_weeks_and_months_pass_over_the_end_of_the_year():
    with time_machine.travel(dt.datetime(2026, 12, 31, 9, tzinfo=SHANGHAI), tick=False):
        assert str(day_in("tomorrow")) == "2027-01-01"
        assert str(day_in("下周一")) == "2027-01-04"
        assert str(day_in("月底")) == "2026-12-31"
        assert str(day_in("下月底")) == "2027-01-31"
        assert str(day_in("in two months")) == "2027-02-28"
    with time_machine.travel(dt.datetime(2027, 1, 1, 9, tzinfo=SHANGHAI), tick=False):
        assert str(moment_in("昨天").date()) == "2026-12-31"
        assert str(moment_in("12月31日").date()) == "2026-12-31"
        assert str(moment_in("上周五").date()) == "2026-12-25"


def test_the_day_is_that_of_the_persons_time_zone():
    with (
        time_machine.travel(dt.datetime(2026, 9, 16, 20, tzinfo=dt.UTC), tick=False),
        timezone.override(SHANGHAI),  # 04:00 of the 17th
    ):
        assert str(moment_in("yesterday").date()) == "2026-09-16"
        with timezone.override(ZoneInfo("America/New_York")):
            assert str(moment_in("yesterday").date()) == "2026-09-15"


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"])
@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31 23:59", "31.12.9999"])
def test_the_ends_of_the_calendar_are_refused(zone, text):
    with timezone.override(ZoneInfo(zone)), pytest.raises(Unclear):
        moment_in(text)


def test_an_hour_that_was_skipped_is_refused_and_one_that_came_twice_is_the_first():
    berlin = ZoneInfo("Europe/Berlin")
    with timezone.override(berlin):
        with pytest.raises(Unclear, match="clocks"):
            moment_in("2026-03-29 02:30")
        assert moment_in("2025-10-26 02:30").utcoffset() == dt.timedelta(hours=2)
        with time_machine.travel(dt.datetime(2026, 3, 30, 1, tzinfo=berlin), tick=False):
            assert moment_in("yesterday").utcoffset() == dt.timedelta(hours=2)
            assert moment_in("2 days ago").utcoffset() == dt.timedelta(hours=1)
