"""What was found, as it is drawn: read in one query, in the order in which it was found."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from customers.models import SearchText
from customers.search.folding import fold
from customers.search.marking import excerpt, marked

Kind = SearchText.Kind


@dataclass(frozen=True)
class Hit:
    """One line of the results."""

    key: str
    kind: str
    icon: str
    url: str
    title: SafeString
    beside: SafeString
    below: list[SafeString]
    day: object = None


def hits(found: dict[str, list[int]], words: list[str]) -> dict[str, list[Hit]]:
    """Return the lines of each kind; a row that went meanwhile is left out."""
    pks = [pk for each in found.values() for pk in each]
    rows = (
        SearchText.objects.select_related(
            "account__owner", "contact", "entry__author", "step__who"
        ).in_bulk(pks)
        if pks
        else {}
    )
    return {
        kind: [_DRAW[Kind(kind)](rows[pk], words) for pk in each if pk in rows]
        for kind, each in found.items()
    }


def account_line(account, words: list[str] = (), text: str = "") -> Hit:  # type: ignore[assignment]
    """Return an account as a line, as found or as visited lately."""
    return Hit(
        key=f"account-{account.pk}",
        kind=Kind.ACCOUNT,
        icon="accounts",
        url=account.get_absolute_url(),
        title=_name(account.name, words, text),
        beside=_name(account.other_name, words, text),
        below=_listed(
            marked(account.code, words), account.owner and marked(account.owner.name, [])
        ),
    )


def _account(row: SearchText, words: list[str]) -> Hit:
    return account_line(row.account, words, row.text)


def _contact(row: SearchText, words: list[str]) -> Hit:
    person = row.contact
    assert person is not None
    contacted = next(
        (mark for mark in map(fold, (person.email, person.phone)) if _any(mark, words)), ""
    )
    return Hit(
        key=f"contact-{person.pk}",
        kind=Kind.CONTACT,
        icon="user",
        url=f"{row.account.get_absolute_url()}#contact-{person.pk}",
        title=_name(person.name, words, row.text),
        beside=_name(person.other_name, words, row.text),
        below=_listed(
            marked(person.job_title, words), marked(row.account.name, []), marked(contacted, words)
        ),
    )


def _entry(row: SearchText, words: list[str]) -> Hit:
    entry = row.entry
    assert entry is not None
    title = entry.subject or entry.get_kind_display()
    return Hit(
        key=f"entry-{entry.pk}",
        kind=Kind.ENTRY,
        icon=str(entry.kind),
        url=f"{row.account.get_absolute_url()}#interaction-{entry.pk}",
        title=marked(title, words),
        beside=marked(row.account.name, []),
        below=_listed(excerpt(entry.note, words), marked(entry.author.name, [])),
        day=entry.date,
    )


def _step(row: SearchText, words: list[str]) -> Hit:
    step = row.step
    assert step is not None
    return Hit(
        key=f"step-{step.pk}",
        kind=Kind.STEP,
        icon="go",
        url=f"{row.account.get_absolute_url()}#step-{step.pk}",
        title=marked(step.what, words),
        beside=SafeString(""),
        below=_listed(
            marked(row.account.name, []),
            marked(step.who.name, []),
            marked(step.get_state_display(), []) if step.state != step.State.OPEN else None,
        ),
        day=step.due,
    )


_DRAW = {Kind.ACCOUNT: _account, Kind.CONTACT: _contact, Kind.ENTRY: _entry, Kind.STEP: _step}


def _name(name: str, words: list[str], text: str) -> SafeString:
    """Return a name marked, by its readings too: they follow it in the stored text."""
    lines = text.split("\n")
    folded = fold(name)
    at = lines.index(folded) + 1 if folded in lines else len(lines)
    spoken = [line for line in lines[at : at + 5] if line.isascii()]
    return marked(name, words, spoken)


def _any(text: str, words: list[str]) -> bool:
    return any(word in text for word in words)


def _listed(*parts: SafeString | None) -> list[SafeString]:
    return [part for part in parts if part]
