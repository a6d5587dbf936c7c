"""The time of day at the end of a text: 15:00, 3pm, 下午3点半, noon."""

import datetime as dt
import re
import unicodedata

from django.utils.translation import gettext as _

NAMED = {
    "noon": 12,
    "morning": 9,
    "afternoon": 15,
    "evening": 19,
    "早上": 9,
    "上午": 9,
    "中午": 12,
    "下午": 15,
    "晚上": 19,
    "晚": 19,
}
LATER = ("pm", "p.m.", "下午", "晚上", "晚", "傍晚")
_HOURS = "零一二三四五六七八九十"
_CLOCK = re.compile(
    r"(?:^|(?<=[ 天日号一二三四五六昨今])|(?<=t))(?:at )?"
    r"(早上|上午|中午|下午|傍晚|晚上|晚)? ?"
    r"(?:(\d{1,2}):(\d{2})(?::\d{2})?"
    r"|(\d{1,2}|[一二两三四五六七八九十]{1,3})[点时](?:(半)|(\d{1,2})分?)?"
    r"|(\d{1,2})(?= ?[ap]\.?m))"
    r" ?(am|pm|a\.m\.|p\.m\.)?$"
)
_NAMED = re.compile(rf"(?:^| |(?<=[^a-z ]))(?:in the |at )?({'|'.join(NAMED)})$")


def plain(text: str) -> str:
    """Return a text in half width, lower case and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text[:200]).lower().split())


def split_time(words: str, unclear: type[ValueError]) -> tuple[str, dt.time | None]:
    """Return what stands before a time of day, and that time or None.

    Raises `unclear` for a time that is none, or that may be of the morning or of the afternoon.
    """
    if words.startswith("this ") and words[5:] in NAMED:
        words = words[5:]
    if found := _CLOCK.search(words):
        return re.sub(r"(?<=\d)t$|[ ,]+$", "", words[: found.start()]), _clock(found, unclear)
    if found := _NAMED.search(words):
        return words[: found.start()].strip(" ,"), dt.time(NAMED[found[1]])
    return words, None


def _clock(found: re.Match, unclear: type[ValueError]) -> dt.time:
    part, hour, minute, chinese, half, minutes, bare, suffix = found.groups()
    hours = int(hour or bare or 0) if not chinese else _chinese(chinese)
    said = part or suffix
    if chinese and not said and 1 <= hours <= 7:
        raise unclear(_("Morning or afternoon? Write 上午3点, 下午3点 or 15:00."))
    if (said in LATER and hours < 12) or (said == "中午" and hours < 3):
        hours += 12
    elif said in ("am", "a.m.") and hours == 12:
        hours = 0
    if said in ("am", "a.m.", "pm", "p.m.") and int(hour or bare or 0) > 12:
        raise unclear(_("There is no such time of day. Write it as 15:00 or 3 pm."))
    try:
        return dt.time(hours, 30 if half else int(minute or minutes or 0))
    except ValueError:
        raise unclear(_("There is no such time of day. Write it as 15:00 or 3 pm.")) from None


def _chinese(text: str) -> int:
    if text.isdigit():
        return int(text)
    text = text.replace("两", "二")
    if "十" not in text:
        return _HOURS.index(text) if text in _HOURS and len(text) == 1 else 99
    tens, ones = text.split("十", 1)
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return 99
    return (_HOURS.index(tens) if tens else 1) * 10 + (_HOURS.index(ones) if ones else 0)
