"""What of a row is searched, kept beside it: by each action that writes, and anew as a whole."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection, models, transaction

from customers.models import Account, Contact, Interaction, NextStep, SearchText
from customers.search.folding import fold
from customers.search.readings import readings
from customers.search.tokens import tokens

Kind = SearchText.Kind
MODELS: dict[str, type[models.Model]] = {
    Kind.ACCOUNT: Account,
    Kind.CONTACT: Contact,
    Kind.ENTRY: Interaction,
    Kind.STEP: NextStep,
}
FIELDS: dict[str, tuple[str, ...]] = {
    Kind.ACCOUNT: ("name", "other_name", "code"),
    Kind.CONTACT: ("name", "other_name", "job_title", "email", "phone"),
    Kind.ENTRY: ("subject", "note"),
    Kind.STEP: ("what",),
}
# What is indexed last counts as changed last: where many are indexed at once, these say when.
ORDER: dict[str, tuple[Any, ...]] = {
    Kind.ACCOUNT: (models.F("last_contact_on").asc(nulls_first=True), "pk"),
    Kind.CONTACT: ("pk",),
    Kind.ENTRY: ("at", "pk"),
    Kind.STEP: ("due", "pk"),
}
NAMES = ("name", "other_name")
_KINDS = {model: kind for kind, model in MODELS.items()}
_CHUNK = 500
_ANALYZE_FROM = 10_000


def text_of(kind: str, values: Iterable[str]) -> str:
    """Return the folded texts of a row, one line each; values in the order of FIELDS."""
    lines: list[str] = []
    for field, value in zip(FIELDS[kind], values, strict=True):
        lines.append(fold(value))
        if field in NAMES:
            lines += readings(value, person=kind == Kind.CONTACT)
        elif field == "phone":
            lines.append(re.sub(r"\D", "", lines[-1]))
    return "\n".join(dict.fromkeys(line for line in lines if line))


def searched(kind: str, *values: str) -> tuple[str, str]:
    """Return the text of a row and its tokens; values in the order of FIELDS."""
    text = text_of(kind, values)
    return text, tokens(text, kind)


def rows_of(kind: str) -> models.QuerySet[Any, tuple]:
    """Return id, account and FIELDS of all rows of a kind, what changed last at the end."""
    account = "pk" if kind == Kind.ACCOUNT else "account_id"
    rows = MODELS[kind]._default_manager.order_by(*ORDER[kind])
    return rows.values_list("pk", account, *FIELDS[kind])


def is_searched(model: type[models.Model], fields: Iterable[str]) -> bool:
    """Say whether search reads any of these fields."""
    return model in _KINDS and not set(FIELDS[_KINDS[model]]).isdisjoint(fields)


def add(row: Any) -> None:
    """Let search find a row that was just made."""
    kind = _KINDS[type(row)]
    account = row.pk if kind == Kind.ACCOUNT else row.account_id
    _entry(kind, row.pk, account, [getattr(row, field) for field in FIELDS[kind]]).save(
        force_insert=True
    )


def keep(row: Any) -> None:
    """Let search find a changed row as it is now."""
    _of(_KINDS[type(row)], [row.pk]).delete()
    add(row)


def keep_all(kind: str, pks: Iterable[int]) -> int:
    """Bring what search holds of many rows up to date; return how many of them it held wrongly."""
    wrong = 0
    left = iter(pks)
    while chunk := list(islice(left, _CHUNK)):
        wrong += _keep_chunk(kind, chunk)
    if wrong >= _ANALYZE_FROM:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {SearchText._meta.db_table}")
    return wrong


def count() -> int:
    """Return how many rows are searched."""
    return sum(model._default_manager.count() for model in MODELS.values())


def rebuild(progress: Callable[[int], None] = lambda rows: None) -> int:
    """Bring all that search holds up to date; return how many rows it held wrongly.

    In short transactions, so that people go on writing meanwhile.
    progress  is called with how many rows more are done
    """

    def counted(kind: str) -> Iterator[int]:
        for done, pk in enumerate(list(rows_of(kind).values_list("pk", flat=True)), start=1):
            yield pk
            if done % _CHUNK == 0:
                progress(_CHUNK)

    return sum(keep_all(kind, counted(kind)) for kind in MODELS)


@transaction.atomic
def _keep_chunk(kind: str, pks: list[int]) -> int:
    rows = rows_of(kind).filter(pk__in=pks).order_by("pk")
    if connection.features.has_select_for_update:  # who writes now, writes before or after
        rows = rows.select_for_update(of=("self",))
    wanted = {pk: _entry(kind, pk, of, values) for pk, of, *values in rows}
    held = {
        _pk_of(kind, row): (row.account_id, row.text, row.tokens) for row in _of(kind, list(wanted))
    }
    wrong = [
        pk
        for pk in pks
        if (row := wanted.get(pk)) and held.get(pk) != (row.account_id, row.text, row.tokens)
    ]
    if wrong:
        _of(kind, wrong).delete()
        SearchText.objects.bulk_create([wanted[pk] for pk in wrong])
    return len(wrong)


def _entry(kind: str, pk: int, account: int, values: Iterable[str]) -> SearchText:
    text, parts = searched(kind, *values)
    own = {} if kind == Kind.ACCOUNT else {f"{kind}_id": pk}
    return SearchText(kind=kind, account_id=account, text=text, tokens=parts, **own)


def _of(kind: str, pks: list[int]) -> models.QuerySet[SearchText]:
    return SearchText.objects.filter(**{"kind": kind, f"{kind}__in": pks})


def _pk_of(kind: str, row: SearchText) -> int:
    return getattr(row, f"{kind}_id")
