"""How Chinese names are spoken: full pinyin and initials, for those who type with Latin letters.

The dictionaries take a quarter of a second and 45 MB to load: only who writes a Chinese name does.
"""

import re
from functools import lru_cache

from customers.search.folding import fold

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

# Surnames that are read otherwise than the same character elsewhere, or in two ways.
SURNAMES: dict[str, tuple[str, ...]] = {
    "万俟": ("mo qi",),
    "尉迟": ("yu chi",),
    "长孙": ("zhang sun",),
    "澹台": ("tan tai",),
    "单于": ("chan yu",),
    "单": ("shan",),
    "曾": ("zeng",),
    "解": ("xie",),
    "仇": ("qiu",),
    "区": ("ou",),
    "朴": ("piao",),
    "查": ("zha",),
    "盖": ("ge", "gai"),
    "缪": ("miao",),
    "覃": ("qin", "tan"),
    "冼": ("xian",),
    "洗": ("xian",),
    "乐": ("yue", "le"),
    "翟": ("zhai", "di"),
    "员": ("yun",),
    "繁": ("po",),
    "秘": ("bi",),
    "种": ("chong",),
    "重": ("chong",),
    "召": ("shao",),
    "折": ("she",),
    "黑": ("he",),
    "隗": ("kui", "wei"),
    "郇": ("xun", "huan"),
    "郗": ("xi", "chi"),
    "牟": ("mou", "mu"),
    "柏": ("bai", "bo"),
    "祭": ("zhai",),
    "薄": ("bo",),
    "曲": ("qu",),
    "石": ("shi",),
    "沈": ("shen",),
    "纪": ("ji",),
    "车": ("che",),
    "臧": ("zang",),
    "宿": ("su",),
    "阿": ("a",),
}


@lru_cache(4096)
def readings(name: str, *, person: bool = False) -> tuple[str, ...]:
    """Return how a name is spoken, in full and by initials; nothing for one without Chinese.

    person  whether it begins with a surname
    """
    if not HAN.search(name):
        return ()
    found: list[str] = []
    for spoken in _spoken(name, person):
        full = "".join(spoken)
        initials = "".join(
            part[0] if HAN.match(char) else part
            for part, char in zip(spoken, _parts(name), strict=True)
        )
        found += [full, initials]
        if "v" in full:  # 吕 is typed lv or lü
            found.append(full.replace("v", "u"))
    return tuple(dict.fromkeys(found))


def _parts(name: str) -> list[str]:
    """Return a name's Chinese characters one by one, and what stands between them as it is."""
    return [part for part in re.split(f"({HAN.pattern})", name) if part.strip()]


def _spoken(name: str, person: bool) -> list[list[str]]:
    parts = _parts(name)
    if person:
        for length in (2, 1):
            surname = "".join(parts[:length])
            if surname in SURNAMES and len(parts) > length:
                given = _say("".join(parts[length:]))
                return [[*reading.split(), *given] for reading in SURNAMES[surname]]
    return [_say(name)]


def _say(text: str) -> list[str]:
    from pypinyin import lazy_pinyin

    said: list[str] = []
    for part in re.split(f"((?:{HAN.pattern})+)", text):
        if HAN.match(part):
            # One syllable per character, whatever the dictionary knows of it.
            spoken = lazy_pinyin(part, errors=list)  # type: ignore[arg-type]
            said += spoken if len(spoken) == len(part) else list(part)
        elif part.strip():
            said.append(fold(part).replace(" ", ""))
    return said
