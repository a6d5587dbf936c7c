"""The accounts named on the page: those with most value at stake, and those that moved most."""

from dataclasses import dataclass, replace
from math import sqrt
from types import SimpleNamespace

from django.conf import settings
from django.db.models import F
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts_crm.dashboard.cells import change
from accounts_crm.dashboard.scale import by_root
from accounts_crm.dashboard.scope import Scope
from churn.models import Risk
from churn.queries import with_risk
from customers import ranking, trade
from customers.figures import compact
from customers.money import to_major

POINTS = 150  # of the risk map
LEVELS = dict(Risk.Level.choices)
MOVERS = 5  # up, and as many down
FIELDS = (
    "pk",
    "name",
    "other_name",
    "owner_id",
    "owner__name",
    "rank",
    "value",
    "value_class",
    "rank_before",
    "value_before",
    "risk_score",
    "risk_level",
    "risk_at_stake",
)


@dataclass(frozen=True)
class Mover:
    """An account and how its value and rank moved; nothing before where it was unranked."""

    account: SimpleNamespace
    owner: SimpleNamespace | None
    rank: int
    rank_before: int | None
    value_class: str
    value: int
    change: int
    growth: float | None
    risk_score: int | None
    risk_level: str
    points: tuple[int, ...] = ()  # value by month, oldest first

    @property
    def climbed(self) -> int | None:
        """Return by how many ranks the account climbed."""
        return None if self.rank_before is None else self.rank_before - self.rank


def named(scope: Scope) -> dict:
    """Return the risk map's points and the movers; one query for all of them."""
    found = ranking.with_movement(scope.ranked(), scope.earlier).filter(pk__in=_chosen(scope))
    rows = list(found.values(*FIELDS))
    movers = _movers(rows) if scope.earlier else []
    run, ids = scope.run, [mover.account.pk for part in movers for mover in part]
    years = trade.by_month(ids, run.as_of, run.measure) if ids else {}
    return {
        "points": _points(rows),
        "movers": [[_with_year(mover, years) for mover in part] for part in movers],
    }


def _chosen(scope: Scope) -> RawSQL:
    """Return a subquery of the ids of all accounts that are named."""
    ranked = ranking.with_rank(scope.accounts, scope.run)
    at_stake = with_risk(ranked, scope.run).annotate(stake=_column(scope, "risk_at_stake"))
    parts = [at_stake.filter(stake__gt=0, rank__isnull=False).order_by("-stake", "pk")[:POINTS]]
    if scope.earlier:
        moved = ranking.with_movement(ranked, scope.earlier).annotate(
            gain=_column(scope, "value") - Coalesce("value_before", 0)
        )
        parts += [
            moved.filter(gain__gt=0).order_by("-gain", "pk")[:MOVERS],
            moved.filter(gain__lt=0).order_by("gain", "pk")[:MOVERS],
        ]
    # By hand, since the ORM makes no union of ordered and cut queries on SQLite.
    found = [part.values("pk").query.sql_with_params() for part in parts]
    union = " UNION ".join(f"SELECT * FROM ({sql}) part" for sql, _params in found)
    return RawSQL(union, [param for _sql, params in found for param in params])


def _column(scope: Scope, name: str):
    """Return a column of the run's rows, to filter and order by.

    Where a few accounts are meant it is an expression: else the database would rather read the
    hundred thousand rows of the run, in the order of an index, than those accounts' few.
    """
    return F(name) if scope.whole else Coalesce(name, 0)


def _points(rows: list[dict]) -> list[dict]:
    scored = [row for row in rows if row["risk_score"] is not None and row["risk_at_stake"]]
    scored.sort(key=lambda row: (-row["risk_at_stake"], row["pk"]))
    return scored[:POINTS]


def _movers(rows: list[dict]) -> list[list[Mover]]:
    """Return those that gained most and those that lost most, each the largest first."""
    movers = [_mover(row) for row in rows]
    gained = sorted((m for m in movers if m.change > 0), key=lambda m: (-m.change, m.account.pk))
    lost = sorted((m for m in movers if m.change < 0), key=lambda m: (m.change, m.account.pk))
    return [part for part in (gained[:MOVERS], lost[:MOVERS]) if part]


def _with_year(mover: Mover, years: dict) -> Mover:
    year = years.get(mover.account.pk)
    return replace(mover, points=year.points or ()) if year else mover


def _mover(row: dict) -> Mover:
    before = row["value_before"] or 0
    return Mover(
        account=SimpleNamespace(pk=row["pk"], name=row["name"], other_name=row["other_name"]),
        owner=row["owner_id"] and SimpleNamespace(pk=row["owner_id"], name=row["owner__name"]),
        rank=row["rank"],
        rank_before=row["rank_before"],
        value_class=row["value_class"],
        value=row["value"],
        change=row["value"] - before,
        growth=change(row["value"], before),
        risk_score=row["risk_score"],
        risk_level=row["risk_level"] or "",
    )


def chart_points(points: list[dict], counts: dict[str, int], currency: str) -> dict:
    """Return what the risk map draws: score across, value at stake up, value as the size."""
    stakes = [float(to_major(row["risk_at_stake"], currency)) for row in points]
    largest = max((row["value"] for row in points), default=1)
    return {
        "points": [
            {
                "url": reverse("account", args=[row["pk"]]),
                "name": row["name"],
                "score": row["risk_score"],
                "level": row["risk_level"],
                "said": f"{row['risk_score']} {LEVELS[row['risk_level']]}",
                "root": round(sqrt(stake), 3),
                "size": round(sqrt(max(0, row["value"]) / largest), 4),
                "stake": compact(row["risk_at_stake"], currency),
                "value": compact(row["value"], currency),
            }
            for row, stake in zip(points, stakes, strict=True)
        ],
        "axis": by_root(max(stakes, default=0), currency),
        "bands": [
            {"level": "low", "from": 0, "to": settings.RISK_WATCH_FROM},
            {"level": "watch", "from": settings.RISK_WATCH_FROM, "to": settings.RISK_HIGH_FROM},
            {"level": "high", "from": settings.RISK_HIGH_FROM, "to": 100},
        ],
        "labels": {
            "low": _("Low, %(count)s") % {"count": f"{counts['low'] + counts['none']:,}"},
            "watch": _("Watch, %(count)s") % {"count": f"{counts['watch']:,}"},
            "high": _("High, %(count)s") % {"count": f"{counts['high']:,}"},
            "score": _("Risk score"),
            "stake": _("{stake} of {value} at stake"),
        },
    }
