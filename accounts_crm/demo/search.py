"""What search reads of the company, in bulk: the rows that customers.search would make."""

from collections.abc import Callable
from functools import lru_cache
from itertools import islice

from accounts_crm.demo import rows
from customers.models import SearchText
from customers.search import texts

KEPT = 10_000  # texts of which the parts are kept: log entries and steps repeat a few


def make_texts(progress: Callable[[str, int, int], None]) -> None:
    """Write what is searched of all rows, into a table that holds nothing yet."""
    total, first = texts.count(), rows.next_id(SearchText)
    searched = lru_cache(KEPT)(texts.searched)
    for kind in texts.MODELS:
        found = texts.rows_of(kind).iterator(chunk_size=rows.BATCH)
        while part := list(islice(found, rows.BATCH)):
            pks, accounts = ([row[at] for row in part] for at in (0, 1))
            read = [searched(kind, *values) for _pk, _account, *values in part]
            rows.insert(
                SearchText,
                len(part),
                id=list(range(first, first + len(part))),
                kind=kind,
                account_id=accounts,
                text=[text for text, _tokens in read],
                tokens=[tokens for _text, tokens in read],
                **({} if kind == SearchText.Kind.ACCOUNT else {f"{kind}_id": pks}),
            )
            first += len(part)
            progress("search texts", len(part), total)
