"""Where the value sits: the accounts in order of value, in at most some 140 steps."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts_crm.dashboard.cells import Cell, add_up
from accounts_crm.dashboard.scale import even
from accounts_crm.dashboard.scope import Scope
from customers.figures import compact, percent
from customers.models import Ranking
from customers.money import to_major

STEPS = 140
CLASSES = ("A", "B", "C")


@dataclass(frozen=True)
class Step:
    """Neighbours in the order of value, all of one class; one account where there are few.

    first, last  their numbers in the list, 1 for the most valuable
    value        their sum, minor units
    share        cumulative, up to and with the last of them
    """

    value_class: str
    first: int
    last: int
    value: int
    share: float
    pk: int | None
    name: str

    @property
    def count(self) -> int:
        """Return how many accounts these are."""
        return self.last - self.first + 1

    @property
    def mean(self) -> float:
        """Return the mean value of these accounts, minor units."""
        return self.value / self.count


def curve(scope: Scope, cells: list[Cell]) -> dict:
    """Return the steps of the curve, where the classes end, and how uneven it is.

    Over the accounts meant alone: a share of the company's value would give hidden ones away.
    """
    sums = {name: add_up(cells, value_class=name) for name in CLASSES}
    positive = sum(part.count for part in sums.values())
    base = sum(part.positive for part in sums.values())
    top_fifth = -(-positive // 5)
    if not positive:
        return {"steps": [], "ends": [], "positive": 0, "base": 0, "top_fifth": 0} | {
            "share_of_top_fifth": None,
            "gini": None,
        }
    steps, before, head, weighted = [], 0, 0, 0.0
    counts = [sums[name].count for name in CLASSES]
    for name, first, count, value, ranks, fifth, pk, label in _read(scope, counts, top_fifth):
        before += value
        head += fifth
        weighted += ranks
        single = count == 1
        steps.append(
            Step(
                value_class=name,
                first=first,
                last=first + count - 1,
                value=value,
                share=before / base,
                pk=pk if single else None,
                name=label or "",
            )
        )
    ends, accounts, value = [], 0, 0
    for name in CLASSES:
        if sums[name].count:
            accounts += sums[name].count
            value += sums[name].positive
            ends.append({"class": name, "accounts": accounts, "share": value / base})
    # The list runs downwards: with i counted from the top, the Gini coefficient of the values is
    # (n + 1 − 2 Σ i·x / Σ x) / n.
    return {
        "steps": steps,
        "ends": ends,
        "positive": positive,
        "base": base,
        "top_fifth": top_fifth,
        "share_of_top_fifth": head / base,
        "gini": (positive + 1 - 2 * weighted / base) / positive,
    }


def _read(scope: Scope, counts: list[int], top_fifth: int) -> list[tuple]:
    """Return (class, first, count, value, Σ i·x, value in the top fifth, id, name) per step."""
    rankings = Ranking.objects.filter(run=scope.run.pk, scope=Ranking.Scope.ACCOUNT, value__gt=0)
    if not scope.whole:
        rankings = rankings.filter(account__in=scope.accounts.order_by().values("pk"))
    listed = (
        rankings.order_by()
        .annotate(nth=Window(RowNumber(), order_by=F("position").asc()))
        .values("account_id", "value", "value_class", "nth")
    )
    sql, params = listed.query.sql_with_params()
    width = max(1, -(-sum(counts) // STEPS))
    starts = {"B": counts[0], "C": counts[0] + counts[1]}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT step.*, account.name
              FROM (SELECT value_class, MIN(nth) AS first, COUNT(*) AS accounts, SUM(value),
                           SUM(nth * 1.0 * value),
                           SUM(CASE WHEN nth <= %s THEN value ELSE 0 END),
                           MIN(account_id) AS account_id
                      FROM ({sql}) listed
                     GROUP BY value_class,
                              (nth - 1 - CASE value_class WHEN 'B' THEN %s WHEN 'C' THEN %s
                                         ELSE 0 END) / %s) step
              LEFT JOIN customers_account account
                ON account.id = step.account_id AND step.accounts = 1
             ORDER BY step.first
            """,
            [top_fifth, *params, starts["B"], starts["C"], width],
        )
        return [
            (name, first, count, int(value), float(ranks), int(fifth), pk, label)
            for name, first, count, value, ranks, fifth, pk, label in cursor.fetchall()
        ]


def chart_curve(curve: dict, currency: str) -> dict:
    """Return what the chart draws: bars of the mean value per account, in major units."""
    means = [float(to_major(step.value, currency)) / step.count for step in curve["steps"]]
    starts = [0, *(end["accounts"] for end in curve["ends"])]
    return {
        "steps": [
            {
                "class": step.value_class,
                "last": step.last,
                "mean": round(mean, 2),
                "share": round(step.share, 6),
                "title": step.name
                or _("Accounts %(first)s to %(last)s") % {"first": step.first, "last": step.last},
                "url": "" if step.pk is None else reverse("account", args=[step.pk]),
                "amount": _mean(step, currency),
                "percent": percent(step.share, 1),
            }
            for step, mean in zip(curve["steps"], means, strict=True)
        ],
        "ends": [
            {
                "class": end["class"],
                "accounts": end["accounts"],
                "share": round(end["share"], 6),
                "label": _("Class %(class)s, %(count)s")
                % {"class": end["class"], "count": f"{end['accounts'] - start:,}"},
                "note": ngettext(
                    "%(count)s account carries %(share)s",
                    "%(count)s accounts carry %(share)s",
                    end["accounts"],
                )
                % {"count": f"{end['accounts']:,}", "share": percent(end["share"], 1)},
            }
            for start, end in zip(starts, curve["ends"], strict=False)
        ],
        "axis": even(max(means, default=0), currency),
        "labels": {"share": _("{share} up to here")},
    }


def _mean(step: Step, currency: str) -> str:
    mean = compact(round(step.mean), currency)
    return mean if step.count == 1 else _("%(amount)s each on average") % {"amount": mean}
