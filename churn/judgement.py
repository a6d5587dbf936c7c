"""The back-test of a night in words, pictures and a table: what stands on its page."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from churn import findings
from churn.models import BackTest
from customers.figures import MINUS

MODELS = {
    "model": _("Our model"),
    "parametric": _("BG/NBD alone"),
    "recency": _("Days since the last order"),
    "rhythm": _("Days since the last order ÷ own rhythm"),
    "rfm": _("Recency, frequency and value"),
}
GROUPS = {
    "all": _("All active accounts"),
    "live": _("Ordered in the last 90 days"),
    "top": _("The fifth with the highest value"),
}
MEASURES = ("auc", "ap", "lift", "brier")
# Those whose difference to the model is shown with its interval.
COMPARED = ("auc", "brier")
# Of the pictures: the length of an axis, and where it begins.
SIDE, LEFT, TOP, ROW = 200, 40, 10, 28


@dataclass(frozen=True)
class Point:
    """A tenth of the accounts: foretold and came as fractions, x and y in the picture."""

    accounts: int
    foretold: float
    came: float

    @property
    def x(self) -> float:
        """Return the place to the right."""
        return round(LEFT + SIDE * self.foretold, 1)

    @property
    def y(self) -> float:
        """Return the place from above."""
        return round(TOP + SIDE * (1 - self.came), 1)


def judged(run) -> list[dict[str, Any]]:
    """Return per outcome the back-test of a run; none where no origin could be tested."""
    tests = list(BackTest.objects.filter(run=run.pk).order_by("-origin")) if run else []
    return [
        _outcome(outcome, found, run.facts.get("back_test", {}).get(outcome.value, {}))
        for outcome in BackTest.Outcome
        if (found := [test for test in tests if test.outcome == outcome])
    ]


def _outcome(outcome, tests: list[BackTest], gaps: dict[str, Any]) -> dict[str, Any]:
    kept = [test.figures for test in tests]
    means = {group: _means(kept, group) for group in GROUPS}
    return {
        "key": outcome.value,
        "name": outcome.label,
        "horizon": settings.RISK_HORIZON_DAYS,
        "warned": [{"origin": test.origin, **test.figures["warned"]} for test in tests],
        "whys": sorted({findings.reason(each["told"]["why"]) for each in kept} - {""}),
        "compared": any(gaps.values()),
        "points": _points(kept),
        "bars": _bars(means["all"]),
        "table": [
            {
                "name": GROUPS[group],
                "accounts": sum(each["groups"][group]["accounts"] for each in kept),
                "cases": sum(each["groups"][group]["cases"] for each in kept),
                "rows": [
                    (MODELS[name], values, _gaps(gaps.get(group, {}).get(name, {})))
                    for name, values in means[group].items()
                ],
            }
            for group in GROUPS
        ],
    }


def _gaps(of: dict[str, list[float | None]]) -> list[str]:
    """Return how far the model lies above a baseline, each with its interval; "" where unknown."""
    found = []
    for measure in COMPARED:
        values = of.get(measure, [None])
        known = [value for value in values if value is not None]
        texts = [f"{value:+.3f}".replace("-", MINUS) for value in known]
        # A figure without its interval would be taken for certain.
        found.append("{} ({} … {})".format(*texts) if len(texts) == 3 else "")
    return found


def _means(kept: list[dict], group: str) -> dict[str, dict[str, float | None]]:
    """Return by model the means of its measures over the origins where they have a meaning."""
    return {
        name: {
            measure: _mean([each["groups"][group]["models"][name][measure] for each in kept])
            for measure in MEASURES
        }
        for name in MODELS
    }


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _points(kept: list[dict]) -> list[Point]:
    """Return the tenths of all origins together, low to high."""
    points = []
    for n in range(max(len(each["calibration"]) for each in kept)):
        parts = [each["calibration"][n] for each in kept if n < len(each["calibration"])]
        accounts = sum(part["accounts"] for part in parts)
        foretold, came = (
            sum(part[key] * part["accounts"] for part in parts) / accounts
            for key in ("foretold", "came")
        )
        points.append(Point(accounts, foretold, came))
    return points


def _bars(means: dict[str, dict[str, float | None]]) -> list[dict[str, Any]]:
    """Return the lift in the tenth ranked highest, as bars under one another."""
    lifts = {name: values["lift"] or 0.0 for name, values in means.items()}
    most = max(lifts.values()) or 1.0
    return [
        {
            "name": MODELS[name],
            "lift": lift,
            "css": "bar-a" if name == "model" else "bar-c",
            "y": ROW * n,
            "width": round(100 * lift / most, 1),
        }
        for n, (name, lift) in enumerate(lifts.items())
    ]
