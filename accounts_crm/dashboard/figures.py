"""All that the dashboard reads: of a few accounts by their ids, of very many once a minute.

Where memberships decide what is seen, the accounts are few as a rule, which no database guesses
from the condition: it would rather read all of a run. So their ids are read first.

What is kept depends on no language. It is found again by the very condition that chooses the
accounts, so that a post or role that ended opens nothing; where memberships decide, nothing is
kept at all.
"""

import hashlib
from dataclasses import replace
from typing import Any, NamedTuple

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet

from accounts_crm.dashboard.cells import Cell, cells
from accounts_crm.dashboard.coverage import coverage
from accounts_crm.dashboard.curve import curve
from accounts_crm.dashboard.named import named
from accounts_crm.dashboard.scope import Scope
from accounts_crm.dashboard.since import since
from customers.models import Account

MANY = 8_000  # accounts; what is read of fewer is always read anew
SECONDS = 60
FEW = 1_000  # accounts, named by their ids
RELEASE = 3  # to be raised when the shape of what is kept changes


class Figures(NamedTuple):
    """What was read; empty cells mean that no account is meant."""

    cells: list[Cell]
    before: int = 0
    coverage: dict[str, Any] = {}
    curve: dict[str, Any] = {}
    named: dict[str, Any] = {}
    moves: list[tuple[str, str, int]] = []


def figures(scope: Scope) -> Figures:
    """Return the figures of the accounts meant."""
    if not scope.lasting:
        scope = _by_ids(scope)
    key = _key(scope)
    if key and (kept := cache.get(key)):
        return kept
    found = cells(scope)
    if not found:
        return Figures([])
    before, moves = since(scope)
    read = Figures(
        found,
        before=before,
        coverage=coverage(scope),
        curve=curve(scope, found),
        named=named(scope),
        moves=moves,
    )
    if key:
        cache.set(key, read, SECONDS)
    return read


def _by_ids(scope: Scope) -> Scope:
    """Return the scope with its accounts named by id, where they are few."""
    ids = list(scope.accounts.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(ids) > FEW:
        return scope
    return replace(scope, accounts=Account.objects.filter(pk__in=ids))


def _ranked(run) -> int:
    """Return how many accounts a run ranks, by its own statement."""
    stated = run.facts.get("ranking", {}).get("account", {})
    return stated.get("positive", 0) + stated.get("others", 0)


def _key(scope: Scope) -> str:
    """Return what tells these figures from all others, "" where none may be kept."""
    if not scope.lasting or _ranked(scope.run) <= MANY:
        return ""
    try:
        condition = scope.accounts.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return ""
    runs = [run and run.pk for run in (scope.run, scope.earlier)]
    told = repr((RELEASE, condition, runs, scope.day, scope.whole, sorted(scope.cadences.items())))
    return f"dashboard-{hashlib.sha256(told.encode()).hexdigest()}"
