"""The strip of figures at the top, and what the run states about the distribution of value."""

from django.utils.translation import ngettext

from accounts_crm.dashboard.cells import Cell, add_up, change, ranked, share
from accounts_crm.dashboard.coverage import Cover
from accounts_crm.dashboard.scope import CLASS, Scope


def value_label(run) -> str:
    """Return what the run's value is: margin or revenue, of how many months."""
    if run.measure == "margin":
        text = ngettext("%(months)d-month margin", "%(months)d-month margin", run.window_months)
    else:
        text = ngettext("%(months)d-month revenue", "%(months)d-month revenue", run.window_months)
    return text % {"months": run.window_months}


def summary(scope: Scope, cells: list[Cell], before: int, cover: Cover) -> dict:
    """Return the six figures of the strip; shares are fractions of the positive value.

    before  the value in the run compared with, 0 without one
    """
    everything = add_up(ranked(cells))
    class_a = add_up(cells, value_class="A")
    high = add_up(cells, risk_level="high")
    watch = add_up(cells, risk_level="watch")
    base = everything.positive
    return {
        "label": value_label(scope.run),
        "value": everything.value,
        "ranked": everything.count,
        "unranked": add_up(cells).count - everything.count,
        "change": change(everything.value, before),
        "compared": scope.earlier,
        "class_a": class_a.count,
        "class_a_share": share(class_a.positive, base),
        "high": high,
        "high_share": share(high.positive, base),
        "watch": watch,
        "watch_share": share(watch.positive, base),
        "in_time": cover.in_time,
        "to_contact": cover.active,
        "flags": cover.flags,
        "unanswered": cover.unanswered,
        "urls": {
            "all": scope.accounts_url(),
            "class_a": scope.accounts_url(**{CLASS: "A"}),
            "high": scope.accounts_url(risk="high"),
            "watch": scope.accounts_url(risk="watch"),
            "at_risk": scope.accounts_url(risk=["high", "watch"]),
            "overdue": scope.accounts_url(contact="overdue"),
            "in_time": scope.accounts_url(contact="kept"),
            "flags": scope.accounts_url(flag="yes"),
        },
    }


def distribution(scope: Scope, cells: list[Cell], curve: dict) -> dict:
    """Return how unevenly the value is spread: the run's own statement for the whole company."""
    facts = scope.run.facts.get("ranking", {})
    if scope.whole and "account" in facts:
        own = facts["account"]
        return {
            "positive": own["positive"],
            "in_a": own["classes"]["A"],
            "share_in_a": _number(own["share_in_a"]),
            "others": own["others"],
            "top_fifth": own["top_fifth"],
            "share_of_top_fifth": _number(own["share_of_top_fifth"]),
            "gini": _number(own["gini"]),
            "unrated_lines": facts["unrated_lines"],
            "uncosted_lines": facts["uncosted_lines"] if scope.run.measure == "margin" else 0,
            "uncosted_revenue": facts["uncosted_revenue"],
        }
    in_a = add_up(cells, value_class="A").count
    others = add_up(cells, value_class="N").count
    return {
        "positive": curve["positive"],
        "in_a": in_a,
        "share_in_a": share(in_a, curve["positive"]),
        "others": others,
        "top_fifth": curve["top_fifth"],
        "share_of_top_fifth": curve["share_of_top_fifth"],
        "gini": curve["gini"],
    }


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)
