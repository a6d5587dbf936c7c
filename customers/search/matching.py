"""The rows whose texts hold all words of a query, as far as a person may see their account.

Three ways lead to them, and each looks at the texts themselves in the end:
the accounts named (those few that a person sees, or visited lately), the newest rows (what is
common is found among them, and the search stops), and the index of parts (what is rare).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from customers import access, sql
from customers.models import Account, SearchText
from customers.search.folding import words_of
from customers.search.tokens import full_text_query, vector_query

TABLE = SearchText._meta.db_table
NEWEST = 1_000  # rows of a kind looked through before the index is asked
FEW = 300  # accounts a person sees whose rows are all looked through
_VECTOR = "array_to_tsvector(string_to_array(tokens, ' '))"

Part = tuple[str, list]


@dataclass
class Search:
    """One query of one person; asks the database a fixed number of times."""

    user: object
    words: list[str]

    def found(self, kinds: list[str], limit: int, first: list[int]) -> dict[str, list[int]]:
        """Return the ids of search texts by kind: of the accounts in `first`, then the newest."""
        if not self.words or self.sees_none:
            return {kind: [] for kind in kinds}
        near: dict[str, Part] = {}
        newest: dict[str, Part] = {}
        for kind in kinds:
            if first:
                near[kind] = self._of_accounts(kind, first, limit)
            newest[kind] = (
                self._of_accounts(kind, self.few, limit)
                if self.few is not None
                else self._newest(kind, limit)
            )
        got_near, got = _ask(near), _ask(newest)
        if self.few is None and (rare := [kind for kind in kinds if len(got[kind]) < limit]):
            got |= _ask({kind: self._indexed(kind, limit) for kind in rare})
        self.common = {kind for kind in kinds if len(got[kind]) >= limit}
        order = {account: place for place, account in enumerate(first)}
        merged = {}
        for kind in kinds:
            seen = sorted(got_near.get(kind, []), key=lambda row: (order[row[1]], -row[0]))
            merged[kind] = list(dict.fromkeys(pk for pk, _account in [*seen, *got[kind]]))[:limit]
        return merged

    def count(self, kind: str, most: int) -> int:
        """Return how many rows of a kind there are, counted up to `most` plus one."""
        if not self.words or self.sees_none:
            return 0
        if self.few is not None:
            query, params = self._of_accounts(kind, self.few, most + 1)
        elif kind in self.common:
            query, params = self._newest(kind, most + 1, among=None)
        else:
            query, params = self._indexed(kind, most + 1)
        return sql.figure(f"SELECT COUNT(*) FROM ({query}) counted", params)

    @cached_property
    def few(self) -> list[int] | None:
        """Return the ids of all accounts the person sees, None where they are many."""
        if access.sees_all(self.user):
            return None
        seen = Account.objects.visible_to(self.user).order_by().values_list("pk", flat=True)
        pks = list(seen[: FEW + 1])
        return pks if len(pks) <= FEW else None

    @cached_property
    def sees_none(self) -> bool:
        return self.few == []

    def _of_accounts(self, kind: str, accounts: list[int], limit: int) -> Part:
        marks = ", ".join(["%s"] * len(accounts))
        where, params = self._conditions()
        return (
            f"SELECT found.id, found.account_id FROM {TABLE} found"
            f" WHERE found.account_id IN ({marks}) AND found.kind = %s AND {where}"
            f" ORDER BY found.id DESC LIMIT {limit}",
            [*accounts, kind, *params],
        )

    def _newest(self, kind: str, limit: int, among: int | None = NEWEST) -> Part:
        where, params = self._conditions()
        rows = TABLE
        if among:
            rows = (
                f"(SELECT id, account_id, kind, text FROM {TABLE}"
                # Not "=": PostgreSQL would walk back through the ids of all kinds to find one.
                f" WHERE kind >= %s AND kind <= %s ORDER BY kind DESC, id DESC LIMIT {among})"
            )
            params = [kind, kind, *params]
        else:
            where, params = f"found.kind = %s AND {where}", [kind, *params]
        return (
            f"SELECT found.id, found.account_id FROM {rows} found"
            f" WHERE {where} ORDER BY found.id DESC LIMIT {limit}",
            params,
        )

    def _indexed(self, kind: str, limit: int) -> Part:
        where, params = self._conditions()
        if connection.vendor == "postgresql":
            return (
                f"SELECT found.id, found.account_id FROM {TABLE} found"
                f" WHERE {_VECTOR} @@ %s::tsquery AND found.kind = %s AND {where}"
                # Not plain "id": PostgreSQL would walk back through all ids, in hope of hits soon;
                # among the newest there were too few.
                f" ORDER BY found.id + 0 DESC LIMIT {limit}",
                [vector_query(self.words, kind), kind, *params],
            )
        return (
            f"SELECT found.id, found.account_id"
            f" FROM customers_search CROSS JOIN {TABLE} found"
            f" WHERE customers_search MATCH %s AND found.id = customers_search.rowid AND {where}"
            f" ORDER BY customers_search.rowid DESC LIMIT {limit}",
            [full_text_query(self.words, kind), *params],
        )

    def _conditions(self) -> Part:
        """Return what holds of each row shown: every word is in it, and its account is seen."""
        position = "strpos" if connection.vendor == "postgresql" else "instr"
        parts = [f"{position}(found.text, %s) > 0"] * len(self.words)
        params: list = list(self.words)
        if not access.sees_all(self.user):
            seen, values = self._seen
            parts.append(f"EXISTS ({seen})")
            params += values
        return " AND ".join(parts), params

    @cached_property
    def _seen(self) -> Part:
        accounts = Account.objects.visible_to(self.user).order_by()
        one = accounts.filter(pk=RawSQL("found.account_id", [])).values("pk")
        try:
            query, params = one.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            return "SELECT 1 WHERE 1 = 0", []
        return query, list(params)


def search_for(user, query: str) -> Search:
    """Return the search of a person for what was typed."""
    return Search(user, words_of(query))


def accounts_named(query: str) -> QuerySet[SearchText, Any]:
    """Return the ids of accounts whose texts hold every word, for a condition of a list.

    The list itself passes the access rule. A query without a letter or digit names none.
    """
    words = words_of(query)
    rows = SearchText.objects.filter(kind=SearchText.Kind.ACCOUNT)
    if not words:
        return rows.none().values("account")
    if connection.vendor == "postgresql":
        held = f"SELECT id FROM {TABLE} WHERE {_VECTOR} @@ %s::tsquery"
        asked = vector_query(words, SearchText.Kind.ACCOUNT)
    else:
        held = "SELECT rowid FROM customers_search WHERE customers_search MATCH %s"
        asked = full_text_query(words, SearchText.Kind.ACCOUNT)
    rows = rows.filter(pk__in=RawSQL(held, [asked]))
    for word in words:
        rows = rows.filter(text__contains=word)
    return rows.order_by().values("account")


def _ask(parts: dict[str, Part]) -> dict[str, list[tuple[int, int]]]:
    """Return (id, account) of each part's rows, newest first, in one round trip."""
    if not parts:
        return {}
    selects, params = [], []
    for number, (query, values) in enumerate(parts.values()):
        selects.append(f"SELECT {number}, part.* FROM ({query}) part")
        params += values
    kinds = list(parts)
    found: dict[str, list[tuple[int, int]]] = {kind: [] for kind in kinds}
    for number, pk, account in sql.rows(" UNION ALL ".join(selects), params):
        found[kinds[number]].append((pk, account))
    return {kind: sorted(rows, reverse=True) for kind, rows in found.items()}
