"""Goals as they are drawn: the way that was meant, and what the nights read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from churn.models import Goal, GoalReading
from churn.models.goals import hundredths
from customers import access
from customers.figures import MINUS, listed, percent
from customers.models import Tier

# Of the picture: pixels from above, of a text's height, and percent of the width for two days.
TOP, BOTTOM, TEXT, APART = 12, 108, 14, 30


@dataclass
class GoalLine:
    """A goal with the figures of the nights, oldest first; figures in hundredths."""

    goal: Goal
    points: list[tuple[dt.date, int]]
    base: int | None = None  # of the newest night

    @property
    def scope(self) -> str:
        """Return which accounts are meant, in words."""
        goal = self.goal
        return scope_of(goal.value_class, goal.tier, goal.region.name if goal.region else "")

    @property
    def actual(self) -> int | None:
        """Return the newest figure; None before the first night, or without a base."""
        return self.points[-1][1] if self.points else None

    @property
    def shown(self) -> dict[str, str]:
        """Return baseline, target and newest figure as they are read."""
        figures = {"baseline": self.goal.baseline, "target": self.goal.target}
        return {
            name: figure_text(self.goal.metric, figure)
            for name, figure in {**figures, "actual": self.actual}.items()
        }

    @property
    def standing(self) -> str:
        """Return how it stands: reached, on_track, behind, or unknown."""
        if self.actual is None:
            return "unknown"
        if self.goal.reaches(self.actual, self.goal.target):
            return "reached"
        on_way = self.goal.reaches(self.actual, self.goal.expected(self.points[-1][0]))
        return "on_track" if on_way else "behind"

    @cached_property
    def _frame(self) -> tuple[dt.date, int, float, float]:
        goal = self.goal
        days = [goal.since, goal.due, *(day for day, _figure in self.points)]
        figures = [goal.baseline, goal.target, *(figure for _day, figure in self.points)]
        low, high = min(figures), max(figures)
        return min(days), max((max(days) - min(days)).days, 1), low, max(high - low, 1)

    def _place(self, day: dt.date, figure: float) -> tuple[float, float]:
        """Return the place to the right in percent, and from above in pixels."""
        first, days, low, span = self._frame
        return (
            round(100 * (day - first).days / days, 1),
            round(BOTTOM - (BOTTOM - TOP) * (figure - low) / span, 1),
        )

    @property
    def way(self) -> str:
        """Return the points of the line from baseline to target, 100 wide, in pixels from above."""
        goal = self.goal
        return _joined([(goal.since, goal.baseline), (goal.due, goal.target)], self._place)

    @property
    def line(self) -> str:
        """Return the points of the line of what was read."""
        return _joined(self.points, self._place)

    @property
    def newest(self) -> tuple[float, float] | None:
        """Return where the newest figure stands; None before the first night."""
        return self._place(*self.points[-1]) if self.points else None

    @property
    def levels(self) -> list[tuple[float, float, str]]:
        """Return of baseline and target, from above: its line, the foot of its text, the text."""
        goal, shown = self.goal, self.shown
        upper, lower = sorted(
            [
                (self._place(goal.since, goal.baseline)[1], shown["baseline"]),
                (self._place(goal.due, goal.target)[1], shown["target"]),
            ]
        )
        # Two that are near would stand on one another.
        apart = max(lower[0], upper[0] + TEXT)
        return [(upper[0], upper[0] + 4, upper[1]), (lower[0], apart + 4, lower[1])]

    @property
    def days(self) -> list[tuple[float, dt.date, str]]:
        """Return the days under the picture: place in percent, the day, where its text ends."""
        goal = self.goal
        since, due = (self._place(day, 0)[0] for day in (goal.since, goal.due))
        ends = [(due, goal.due, "end")]
        return [(since, goal.since, ""), *ends] if due - since >= APART else ends


def _joined(points: list[tuple[dt.date, int]], place) -> str:
    return " ".join("{},{}".format(*place(day, figure)) for day, figure in points)


def lines(goals: Iterable[Goal]) -> list[GoalLine]:
    """Return goals with what the published nights read, in one query."""
    goals = list(goals)
    rows = GoalReading.objects.filter(goal__in=goals, run__state="published").order_by("run__as_of")
    points: defaultdict[int, list[tuple[dt.date, int]]] = defaultdict(list)
    bases: dict[int, int] = {}
    for goal, day, part, base in rows.values_list("goal", "run__as_of", "part", "base"):
        if (actual := hundredths(part, base)) is not None:
            points[goal].append((day, actual))
        bases[goal] = base
    return [GoalLine(goal, points[goal.pk], bases.get(goal.pk)) for goal in goals]


def told(run: Any, user) -> list[dict[str, Any]]:
    """Return the goals that a run tells of, as far as a user may see them; no query."""
    if run is None or not (access.sees_all(user) or access.may_direct(user)):
        return []
    covered = None if access.sees_all(user) else access.regions_given_by(user)
    return [
        {
            **row,
            "target": figure_text(row["metric"], row["target"]),
            "actual": figure_text(row["metric"], row["actual"]),
            "name": Goal.Metric(row["metric"]).label,
            "scope": scope_of(row["value_class"], row["tier"], row["region_name"]),
            "due": dt.date.fromisoformat(row["due"]),
        }
        for row in run.facts.get("churn", {}).get("goals", [])
        if covered is None or row["region"] in covered
    ]


def figure_text(metric: str, figure: int | None) -> str:
    """Return a figure in hundredths as it is read: 4.5%, or points of NPS; – for unknown."""
    if figure is None:
        return "–"
    if metric == Goal.Metric.NPS:
        return f"{Decimal(figure) / 100:.0f}".replace("-", MINUS)
    return percent(Decimal(figure) / 10_000, 1)


def scope_of(value_class: str, tier: str, region: str) -> str:
    """Return which accounts a goal means, in words."""
    parts = [
        _("Class %(name)s") % {"name": value_class} if value_class else "",
        str(Tier(tier).label) if tier else "",
        region,
    ]
    return listed(part for part in parts if part) or _("All accounts")
