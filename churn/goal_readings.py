"""What a night reads for the goals: one row each, and the company's churn as facts of the run."""

import datetime as dt

from churn.churn_rate import PERIOD_DAYS, Cell, cells
from churn.models import Goal, GoalReading
from customers.models import Region

TOLD = 4  # goals on the dashboard
Metric = Goal.Metric


def compute(attempt) -> int:
    """Read all standing goals as of the attempt's date; return the number of rows.

    The company's churn, and the goals that are due first, are kept on the run under "churn".
    """
    found = cells(attempt.as_of, measure=attempt.run.measure, run_id=attempt.run_id)
    above = dict(Region.objects.values_list("pk", "parent"))
    goals = list(Goal.objects.standing().select_related("region").order_by("due", "pk"))
    readings = [
        GoalReading(run_id=attempt.run_id, goal=goal, part=part, base=base)
        for goal in goals
        for part, base in [read(goal, found, above)]
    ]
    with attempt.writing():
        GoalReading.objects.bulk_create(readings, batch_size=500)
    start = attempt.as_of - dt.timedelta(days=PERIOD_DAYS)
    sums = {
        name: sum(getattr(cell, name) for cell in found)
        for name in ("active", "lost", "value", "value_lost")
    }
    told = [
        {
            "goal": row.goal.pk,
            "metric": row.goal.metric,
            "value_class": row.goal.value_class,
            "tier": row.goal.tier,
            "region": row.goal.region_id,
            "region_name": row.goal.region.name if row.goal.region else "",
            "target": row.goal.target,
            "due": row.goal.due.isoformat(),
            "actual": row.actual,
        }
        for row in readings
        if row.goal.due > attempt.as_of
    ]
    attempt.state_facts("churn", {"since": start.isoformat(), **sums, "goals": told[:TOLD]})
    return len(readings)


def read(goal: Goal, found: list[Cell], above: dict[int, int | None]) -> tuple[int, int]:
    """Return part and base of a goal's figure.

    above  each region's parent
    """
    meant = [
        cell
        for cell in found
        if goal.value_class in ("", cell.value_class)
        and goal.tier in ("", cell.tier)
        and (goal.region_id is None or _lies_in(cell.region, goal.region_id, above))
    ]
    if goal.metric == Metric.NPS:
        part = sum(cell.promoters - cell.detractors for cell in meant)
        return part, sum(cell.answers for cell in meant)
    if goal.metric == Metric.CHURN_VALUE:
        return sum(cell.value_lost for cell in meant), sum(cell.value for cell in meant)
    return sum(cell.lost for cell in meant), sum(cell.active for cell in meant)


def _lies_in(region: int | None, wanted: int, above: dict[int, int | None]) -> bool:
    while region is not None and region != wanted:
        region = above[region]
    return region == wanted
