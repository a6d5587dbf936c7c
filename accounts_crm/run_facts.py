"""What a page shows of a nightly run: its steps, its length, its facts in figures."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts_crm import nightly, run_messages
from accounts_crm.models import NightlyRun
from churn import findings
from churn.models import BackTest
from churn.rules import RULES

BARS = 30  # past runs drawn in the small chart
NIGHTLY_HOUR = 2  # in the business time zone; see accounts_crm.celery
State = NightlyRun.State


@dataclass(frozen=True)
class Phase:
    """One step of a run; state is done, now, failed or todo."""

    name: str
    state: str
    rows: int | None = None
    total: int | None = None
    duration: str = ""


def facts_of(run: NightlyRun, usual: float | None = None) -> dict:
    """Return what a page shows of a run's progress and end.

    usual  seconds that a run usually takes, for the time left
    """
    steps = phases(run)
    spent = elapsed(run)
    fraction = float(sum(step.state == "done" for step in steps))
    if run.state == State.RUNNING and run.total:
        fraction += min(1, run.done / run.total)
    left = usual - spent if usual and spent is not None else None
    return {
        "run": run,
        "phases": steps,
        "number": next((n for n, s in enumerate(steps, 1) if s.state in ("now", "failed")), 0),
        "step": run_messages.step_name(run.step) if run.step else "",
        "percent": round(100 * fraction / len(steps)),
        "left": run_messages.duration(left) if left and left > 0 else "",
        "duration": run_messages.duration(spent),
        "stale": is_stale(run),
        "cause": run_messages.cause(run),
        "technical": run_messages.technical(run),
    }


def phases(run: NightlyRun) -> list[Phase]:
    """Return the steps of a run, done, under way, failed or to come."""
    timings = {timing["step"]: timing for timing in run.timings}
    ended_well = run.state in (State.PUBLISHED, State.SUPERSEDED)
    found = []
    for step in nightly.STEPS:
        name = run_messages.step_name(step)
        if timing := timings.get(step):
            length = run_messages.duration(timing["seconds"])
            found.append(Phase(name, "done", rows=timing["rows"], duration=length))
        elif ended_well:
            flags = run.facts.get("publish", {}).get("flags") if step == "publish" else None
            found.append(Phase(name, "done", rows=flags))
        elif run.step == step and run.state == State.RUNNING:
            spent = (elapsed(run) or 0) - sum(timing["seconds"] for timing in run.timings)
            length = run_messages.duration(max(0, spent))
            found.append(Phase(name, "now", run.done, run.total or None, length))
        elif run.step == step and not run.is_live:
            found.append(Phase(name, "failed", run.done or None))
        else:
            found.append(Phase(name, "todo"))
    return found


def line(run: NightlyRun, longest: float) -> dict:
    """Return a past run as the history shows it."""
    spent = elapsed(run)
    return {
        "run": run,
        "seconds": spent or 0,
        "longest": longest,
        "duration": run_messages.duration(spent),
        "rows": sum(timing["rows"] for timing in run.timings),
        "flags": run.facts.get("publish", {}).get("flags"),
        "cause": run_messages.cause(run),
    }


def is_stale(run: NightlyRun) -> bool:
    """Say whether the worker of a run under way gives no sign of life any more."""
    limit = dt.timedelta(seconds=settings.RUN_STALE_SECONDS)
    beat = run.heartbeat or run.created_at
    return run.state == State.RUNNING and timezone.now() - beat > limit


def next_run() -> dt.datetime:
    """Return when the schedule starts the next run, in the business time zone."""
    now = timezone.now().astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE))
    start = now.replace(hour=NIGHTLY_HOUR, minute=0, second=0, microsecond=0)
    return start if start > now else start + dt.timedelta(days=1)


def offset(moment: dt.datetime) -> str:
    """Return how far a moment's zone is from UTC: UTC+8, UTC+5:30."""
    minutes = round((moment.utcoffset() or dt.timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def elapsed(run: NightlyRun) -> float | None:
    """Return the seconds a run took, or has taken so far; None before it starts."""
    if run.started_at is None:
        return None
    return ((run.finished_at or timezone.now()) - run.started_at).total_seconds()


def trouble(ended: list[NightlyRun]) -> dict | None:
    """Return the newest ended run if it did not publish."""
    newest = ended[0] if ended else None
    if newest is None or newest.state not in (State.FAILED, State.ABANDONED):
        return None
    return facts_of(newest)


def usual_seconds(runs: Iterable[NightlyRun]) -> float | None:
    """Return the median length of the runs that published; None without any."""
    lengths = [elapsed(run) for run in runs if run.state in (State.PUBLISHED, State.SUPERSEDED)]
    return median(length for length in lengths if length is not None) if any(lengths) else None


def bars(ended: list[NightlyRun]) -> dict:
    """Return the last runs as bars, oldest first; heights in hundredths of the longest."""
    lengths = [elapsed(run) or 0 for run in ended]
    longest, usual = max(lengths, default=0), usual_seconds(ended)
    width = 100 / BARS
    return {
        "longest": longest,
        "median": usual,
        "usual": run_messages.duration(usual),
        "goal": round(100 - 96 * usual / longest, 2) if usual and longest else None,
        "bars": [
            {
                "run": run,
                "x": round((BARS - 1 - place) * width + width * 0.16, 3),
                "width": round(width * 0.68, 3),
                "height": round(max(2, 96 * length / longest), 2) if longest else 2,
                "y": round(100 - (max(2, 96 * length / longest) if longest else 2), 2),
                "colour": "h" if run.state in (State.FAILED, State.ABANDONED) else "b",
            }
            for place, (run, length) in enumerate(zip(ended, lengths, strict=True))
        ],
    }


def classes(ranking: dict) -> list[dict]:
    """Return the ranking's facts per scope."""
    named = {"account": _("Accounts"), "group": _("Groups")}
    return [
        {"name": named[scope], **_fractions(ranking[scope])} for scope in named if scope in ranking
    ]


def _fractions(facts: dict) -> dict:
    names = ("share_in_a", "share_of_top_fifth", "gini")
    return facts | {name: facts[name] and float(facts[name]) for name in names}


def risk(run: NightlyRun) -> dict | None:
    """Return what the run states about its risks, with the signals by name; None before."""
    facts = run.facts.get("risk", {})
    if "counts" not in facts:
        return None
    fired = facts.get("fired", {})
    return facts | {
        "median": facts["median_micro"] and facts["median_micro"] / 10**6,
        "outcomes": [
            {
                "name": BackTest.Outcome(name).label,
                "combined": told["method"] == "combined",
                "why": findings.reason(told["why"]),
            }
            for name, told in facts["model"].get("outcomes", {}).items()
        ],
        "signals": [(RULES[key].name, count) for key, count in fired.items() if key in RULES],
    }


def unrated(ranking: dict | None) -> list[dict]:
    """Return the lines without an exchange rate, by month and currency."""
    return [
        row | {"month": dt.date.fromisoformat(f"{row['month']}-01")}
        for row in (ranking or {}).get("unrated", [])
    ]
