"""An entry in one line: `电话 王总 价格 周五回访`, `call Wang price, follow up Fri`.

Read into what the form holds; nothing is stored from it. A name that several people answer to is
not guessed: they are offered.
"""

import re
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from customers.dates_in_words import Unclear, day_in, moment_in
from customers.models import Account, Contact, Interaction

Kind = Interaction.Kind
KINDS = {
    **dict.fromkeys("call called phone phoned rang 电话 致电 通话 打电话".split(), Kind.CALL),
    **dict.fromkeys("meeting met meet 会议 开会 会面 见面".split(), Kind.MEETING),
    **dict.fromkeys("visit visited 拜访 走访 上门".split(), Kind.VISIT),
    **dict.fromkeys("email e-mail mail mailed emailed 邮件 发邮件".split(), Kind.EMAIL),
    **dict.fromkeys("message wechat text 消息 短信 微信".split(), Kind.MESSAGE),
    **dict.fromkeys("video 视频 视频会议".split(), Kind.VIDEO),
    **dict.fromkeys("event 活动 展会".split(), Kind.EVENT),
}
# How the Chinese call a person by surname and post: 王总, 李经理, 孙工.
TITLES = "总经理 经理 主任 总监 部长 科长 厂长 董事长 工程师 先生 女士 老师 总 工 董".split()
CANDIDATES = 6
LONGEST_LINE = 300
_TITLED = re.compile(rf"(\w{{1,3}}?)({'|'.join(TITLES)})")
_WORD = re.compile(r"[,，;；]|[^\s,，;；]+")


@dataclass
class Line:
    """What a line was read as; candidates are those of whom one must be chosen."""

    kind: str = ""
    at: str = ""
    subject: str = ""
    step_what: str = ""
    step_date: str = ""
    account: Account | None = None
    theirs: list[Contact] = field(default_factory=list)
    candidates: list[Contact] = field(default_factory=list)
    asked: str = ""  # the name that several answer to

    def typed(self) -> dict:
        """Return the values of the form's fields."""
        values = {"kind": self.kind or Kind.CALL, "subject": self.subject, "when": "now"}
        if self.at:
            values |= {"when": "other", "at": self.at}
        if self.step_date:
            values |= {"step_due": "date", "step_date": self.step_date}
        return values | {
            "step_what": self.step_what,
            "theirs": [str(person.pk) for person in self.theirs],
        }


def read_line(
    text: str, user, *, account: Account | None = None, picked: int | None = None
) -> Line:
    """Read a line; people and accounts only among those that `user` may log contacts with.

    picked  the id of the person meant, where several answer to the name
    """
    line = Line(account=account)
    words = _WORD.findall(text[:LONGEST_LINE].replace("\0", " "))
    words = _take_kind(words, line)
    words, step = _take_step(words)
    if step:
        line.step_what, line.step_date = step
    words = _take_moment(words, line)
    words = _take_people(words, line, user)
    for person in line.candidates:
        if person.pk == picked:
            line.theirs, line.candidates, line.account = [person], [], person.account
    line.subject = " ".join(word for word in words if not _is_comma(word))[:200]
    return line


def _take_kind(words: list[str], line: Line) -> list[str]:
    for place, word in enumerate(words[:3]):
        if kind := KINDS.get(word.lower()):
            line.kind = kind
            return words[:place] + words[place + 1 :]
    return words


def _take_step(words: list[str]) -> tuple[list[str], tuple[str, str] | None]:
    """Take the next step from the end: the last stretch that holds a day ahead."""
    commas = [place for place, word in enumerate(words) if _is_comma(word)]
    start = commas[-1] + 1 if commas else 0
    clause = words[start:]
    for length in range(min(4, len(clause)), 0, -1):
        for place in range(len(clause) - length, -1, -1):
            day = _ahead(" ".join(clause[place : place + length]))
            if not day:
                continue
            what = clause[:place] + clause[place + length :] if commas else clause[place + length :]
            if what:
                kept = words[: commas[-1]] if commas else clause[:place]
                return kept, (" ".join(what), day)
    if clause:  # 周五回访: the day and the deed in one word
        for cut in range(len(clause[-1]) - 1, 0, -1):
            if (day := _ahead(clause[-1][:cut])) and not clause[-1][:cut].isascii():
                return words[:-1], (clause[-1][cut:], day)
    return words, None


def _take_moment(words: list[str], line: Line) -> list[str]:
    for length in range(min(4, len(words)), 0, -1):
        for place in range(len(words) - length + 1):
            text = " ".join(words[place : place + length])
            if text.isdigit():
                continue  # 3 is no day; nor is it in a subject
            try:
                at = moment_in(text)
            except Unclear:
                continue
            line.at = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
            return words[:place] + words[place + length :]
    return words


def _take_people(words: list[str], line: Line, user) -> list[str]:
    """Take the account and its people: the longest stretch that names one, then what is left."""
    accounts = Account.objects.editable_by(user)
    names = [" ".join(words[a:b]) for a in range(min(3, len(words))) for b in range(a + 1, a + 4)]
    names = [name for name in dict.fromkeys(names) if len(name) > 1 and not _is_comma(name)]
    if not names:
        return words
    if line.account is None:
        found = _accounts(accounts, names)
        name, those = next(
            ((n, f) for n, f in sorted(found.items(), key=lambda i: -len(i[0])) if f), ("", [])
        )
        if len(those) == 1:
            line.account, words = those[0], _without(words, name)
    people = Contact.objects.filter(left_on=None)
    within = {"account": line.account} if line.account else {"account__in": accounts.values("pk")}
    for word in words[:3]:
        present = _people(people.filter(**within), word)
        if len(present) == 1:
            line.theirs = present
            line.account = line.account or present[0].account
            return _without(words, word)
        if present:
            line.candidates, line.asked = present, word
            return _without(words, word)
    return words


def _accounts(accounts, names: list[str]) -> dict[str, list[Account]]:
    condition = Q()
    for name in names:
        condition |= (
            Q(name__istartswith=name) | Q(other_name__istartswith=name) | Q(code__iexact=name)
        )
    rows = list(accounts.filter(condition).order_by("name", "pk")[: CANDIDATES * len(names)])
    return {name: [row for row in rows if _is_called(row, name)] for name in names}


def _is_called(account: Account, name: str) -> bool:
    text = name.lower()
    names = (account.name.lower(), account.other_name.lower())
    whole = [
        n for n in names if n == text or n.startswith(text if not text.isascii() else text + " ")
    ]
    return bool(whole) or account.code.lower() == text


def _people(people, word: str) -> list[Contact]:
    """Return the people a word may name: the whole name, a part of it, or surname and title."""
    if len(word) < 2 or _is_comma(word):
        return []
    condition = Q(name__iexact=word) | Q(other_name__iexact=word)
    if word.isascii():
        for column in ("name", "other_name"):
            condition |= Q(**{f"{column}__istartswith": f"{word} "})
            condition |= Q(**{f"{column}__iendswith": f" {word}"})
    elif found := _TITLED.fullmatch(word):
        condition |= Q(name__startswith=found[1]) | Q(other_name__startswith=found[1])
    rows = people.filter(condition).select_related("account").order_by("name", "pk")
    return list(rows[:CANDIDATES])


def _ahead(text: str) -> str:
    """Return the day ahead that a text means, as one may type it, or nothing."""
    if text.isdigit():
        return ""
    try:
        return day_in(text).isoformat()
    except Unclear:
        return ""


def _without(words: list[str], name: str) -> list[str]:
    gone = name.split()
    for place in range(len(words)):
        if words[place : place + len(gone)] == gone:
            return words[:place] + words[place + len(gone) :]
    return words


def _is_comma(word: str) -> bool:
    return word in ",，;；"
