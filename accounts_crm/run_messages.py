"""What the nightly run's codes say to people, in the language that is active.

A run stores a code and figures, never a sentence; pages and commands tell it by these tables.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts_crm.models import NightlyRun

STEP_NAMES = {
    "rank": gettext_lazy("Value and ranking"),
    "evidence": gettext_lazy("Evidence of stages"),
    "risk": gettext_lazy("Churn risk and reasons"),
    "goals": gettext_lazy("Churn rate and goals"),
    "publish": gettext_lazy("Publish and raise flags"),
}
CAUSES = {
    "unexpected": gettext_lazy("The run stopped with an error that nobody foresaw (%(type)s)."),
    "abandoned": gettext_lazy("Its worker gave no sign of life any more, so it was given up."),
}
# Errors that come from around the run rather than from within.
SURROUNDINGS = {
    "OperationalError": gettext_lazy("The database could not be reached or was too busy."),
    "InterfaceError": gettext_lazy("The connection to the database broke."),
    "MemoryError": gettext_lazy("The worker ran out of memory."),
    "OSError": gettext_lazy("The worker could not use its disk."),
    "SoftTimeLimitExceeded": gettext_lazy("The run took longer than a task may."),
}
# Why a run has no probabilities; the signals still count.
MODEL_REASONS = {
    "too_few_accounts": gettext_lazy(
        "Too few accounts ever bought to learn a probability from; the risk rests on signals."
    ),
    "no_repeat_buyers": gettext_lazy(
        "Too few accounts bought again to learn a probability from; the risk rests on signals."
    ),
    "all_equal": gettext_lazy(
        "All accounts bought alike, so no probability could be learned; the risk rests on signals."
    ),
    "no_convergence": gettext_lazy(
        "The model could not be fitted to these orders; the risk rests on signals."
    ),
}


def step_name(step: str) -> str:
    """Return what a step does, in words."""
    return str(STEP_NAMES.get(step, step))


def cause(run: NightlyRun) -> str:
    """Return why a run failed or was given up, "" if it did not."""
    if run.state == NightlyRun.State.ABANDONED:
        return str(CAUSES["abandoned"])
    if run.state != NightlyRun.State.FAILED:
        return ""
    figures = run.error_figures
    if run.error_code == "unexpected" and figures.get("type") in SURROUNDINGS:
        return str(SURROUNDINGS[figures["type"]])
    sentence = str(CAUSES.get(run.error_code, "")) or _("The run stopped: %(code)s.")
    try:
        return sentence % {"code": run.error_code, **figures}
    except (KeyError, TypeError, ValueError):  # figures of an older release
        return _("The run stopped: %(code)s.") % {"code": run.error_code}


def technical(run: NightlyRun) -> str:
    """Return the error as a programmer reads it, "" if there is none."""
    if run.error_code != "unexpected":
        return ""
    parts = (run.error_figures.get("type", ""), run.error_figures.get("message", ""))
    return ": ".join(part for part in parts if part)


def warnings(run: NightlyRun) -> list[str]:
    """Return what a run left out and what rests on little, each as a sentence."""
    return [str(sentence) for sentence in _warnings(run.facts)]


def _warnings(facts: dict):
    ranking = facts.get("ranking", {})
    if lines := ranking.get("unrated_lines"):
        yield _("%(lines)s order lines have no exchange rate and are left out of every value.") % {
            "lines": f"{lines:,}"
        }
    if ranking.get("measure") == "margin" and (lines := ranking.get("uncosted_lines")):
        yield _("%(lines)s order lines have no cost and are left out of the margin.") % {
            "lines": f"{lines:,}"
        }
    if reason := facts.get("risk", {}).get("model", {}).get("reason"):
        yield MODEL_REASONS.get(reason, MODEL_REASONS["no_convergence"])


def duration(seconds: float | None) -> str:
    """Return a length of time: 1.2 s, 41 s, 6 min 36 s, 2 h 05 min; "" for None."""
    if seconds is None:
        return ""
    if seconds < 9.95:
        return _("%(seconds).1f s") % {"seconds": seconds}
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%(seconds)d s") % {"seconds": rest}
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min %(seconds)02d s") % {"minutes": minutes, "seconds": rest}
    return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}
