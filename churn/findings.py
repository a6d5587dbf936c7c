"""Findings and reasons as sentences, in the reader's language.

A finding is stored as a code and figures (see churn.models.Risk); what a person reads is made
here, when it is read.
"""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from churn.clearings import CLEARINGS
from churn.rules import RULES
from customers.figures import compact, listed, percent, short_date
from customers.models import Receivable, Stage


def name(signal: str) -> str:
    """Return what a signal is called."""
    return str(RULES[signal].name) if signal in RULES else signal


def sentence(finding: dict) -> str:
    """Return a finding with its figures as a sentence."""
    write = _SENTENCES.get(finding["signal"])
    return write(finding["figures"]) if write else name(finding["signal"])


def clearing(finding: dict) -> str:
    """Return what would clear a finding, as a sentence."""
    write = CLEARINGS.get(finding["signal"])
    return write(finding["figures"]) if write else ""


def defection_of(signal: str) -> str:
    """Return the kind of defection that a signal announces, in words, "" for none."""
    kind = RULES[signal].defection if signal in RULES else None
    return str(kind.label) if kind else ""


def reason(code: str) -> str:
    """Return why the model gives no probability or is the parametric one alone, else ""."""
    return {
        "too_few_accounts": _("Too few accounts have bought yet to learn a rhythm from."),
        "no_repeat_buyers": _("Hardly any account has bought twice yet, so there is no rhythm."),
        "all_equal": _("All accounts have bought alike, so the model cannot tell them apart."),
        "no_convergence": _("The order history does not fit the model."),
        "few_accounts": _(
            "Fewer than 200 accounts have bought: the parametric model stands alone."
        ),
        "few_origins": _(
            "The history is too short to learn from: the parametric model stands alone."
        ),
        "few_cases": _(
            "It happened too rarely, or nearly always: the parametric model stands alone."
        ),
        "": "",
    }.get(code, code)


def _order_gap(figures) -> str:
    return _(
        "%(days)s days since the last order on %(last)s; usually one every %(rhythm)s days"
    ) % {**figures, "last": _day(figures["last"])}


def _value_falling(figures) -> str:
    money = figures["currency"]
    amounts = {
        "recent": compact(figures["recent"], money),
        "usual": compact(figures["usual"], money),
        "lacking": percent(min(figures["lacking"], 1)),
    }
    # Flags keep the findings of nights that did not look at the season yet.
    season = figures.get("season")
    if season is not None:
        amounts["season"] = compact(season, money)
    if figures["measure"] == "margin":
        said = (
            _(
                "Margin of the last 90 days %(recent)s, %(lacking)s lacking; an average quarter of "
                "the year before brought %(usual)s"
            )
            if season is None
            else _(
                "Margin of the last 90 days %(recent)s, %(lacking)s lacking; an average quarter of "
                "the year before brought %(usual)s, the same months a year ago %(season)s"
            )
        )
    else:
        said = (
            _(
                "Revenue of the last 90 days %(recent)s, %(lacking)s lacking; an average quarter "
                "of the year before brought %(usual)s"
            )
            if season is None
            else _(
                "Revenue of the last 90 days %(recent)s, %(lacking)s lacking; an average quarter "
                "of the year before brought %(usual)s, the same months a year ago %(season)s"
            )
        )
    return said % amounts


def _no_contact(figures) -> str:
    return _("%(days)s days since the last contact on %(last)s; planned every %(every)s days") % {
        **figures,
        "last": _day(figures["last"]),
    }


def _steps_overdue(figures) -> str:
    values = {"count": figures["count"], "oldest": _day(figures["oldest"])}
    return (
        ngettext(
            "%(count)s next step overdue, due on %(oldest)s",
            "%(count)s next steps overdue, the oldest due on %(oldest)s",
            figures["count"],
        )
        % values
    )


def _quality_complaint(figures) -> str:
    values = {
        "count": figures["count"],
        "severity": figures["severity"],
        "opened": _day(figures["opened"]),
    }
    return (
        ngettext(
            "%(count)s open quality complaint of severity %(severity)s, opened on %(opened)s",
            "%(count)s open quality complaints, the worst of severity %(severity)s, "
            "the oldest opened on %(opened)s",
            figures["count"],
        )
        % values
    )


def _interrupted(figures) -> str:
    return _("Interrupted since %(since)s, at the stage “%(stage)s”") % {
        "since": _day(figures["since"]),
        "stage": Stage(figures["stage"]).label,
    }


def _champion_left(figures) -> str:
    values = {"count": figures["count"], "last": _day(figures["last"])}
    return (
        ngettext(
            "%(count)s champion or decider of theirs left on %(last)s; no successor met since",
            "%(count)s champions or deciders of theirs left, the last on %(last)s; no successor "
            "met since",
            figures["count"],
        )
        % values
    )


def _categories_dropped(figures) -> str:
    values = {
        "categories": listed(figures["categories"]),
        "part": percent(figures["part"]),
        "last": _day(figures["last"]),
    }
    return (
        _("Not bought since %(last)s: %(categories)s; %(part)s of the revenue of the year before")
        % values
    )


def _wallet_falling(figures) -> str:
    return _("Wallet share of the last 12 months %(share)s, of the 12 months before %(before)s") % {
        name: percent(figures[name], 1) for name in ("share", "before")
    }


def _complaints_rising(figures) -> str:
    values = {"count": figures["count"], "usual": figures["usual"]}
    return (
        ngettext(
            "%(count)s complaint in 90 days; usually %(usual)s",
            "%(count)s complaints in 90 days; usually %(usual)s",
            figures["count"],
        )
        % values
    )


def _satisfaction_falling(figures) -> str:
    return _("Score %(score)s on %(last)s; on average %(before)s before") % {
        **figures,
        "last": _day(figures["last"]),
    }


def _payment_overdue(figures) -> str:
    said = []
    if figures["trouble"]:
        trouble = Receivable.Type(figures["trouble"]).label
        said.append(
            _("%(trouble)s since %(since)s") % {"trouble": trouble, "since": _day(figures["since"])}
        )
    if figures["count"]:
        values = {**figures, "oldest": _day(figures["oldest"])}
        said.append(
            ngettext(
                "%(count)s invoice %(days)s days past due, since %(oldest)s",
                "%(count)s invoices past due, the oldest for %(days)s days, since %(oldest)s",
                figures["count"],
            )
            % values
        )
    return _("; ").join(said)


def _competitor_rising(figures) -> str:
    return _(
        "%(competitor)s has about %(share)s%% as of %(last)s; on average %(before)s%% before"
    ) % {**figures, "last": _day(figures["last"])}


def _tone_turning(figures) -> str:
    return _(
        "Tone of the last three contacts %(now)s on average, %(before)s before; the last on "
        "%(last)s"
    ) % {
        "now": f"{figures['now']:+.1f}",
        "before": f"{figures['before']:+.1f}",
        "last": _day(figures["last"]),
    }


def _manager_changed(figures) -> str:
    return _(
        "Account manager changed on %(opened)s; %(open)s of %(points)s points of the handover to do"
    ) % {**figures, "opened": _day(figures["opened"])}


def _single_threaded(figures) -> str:
    values = {"entries": figures["entries"]}
    if figures["theirs"] and figures["ours"]:
        return _("One person on each side carried all %(entries)s contacts of a year") % values
    if figures["theirs"]:
        return _("All %(entries)s contacts of a year were with one person of theirs") % values
    return _("One person of ours had all %(entries)s contacts of a year") % values


def _day(text: str) -> str:
    return short_date(dt.date.fromisoformat(text))


_SENTENCES = {
    "interrupted": _interrupted,
    "value_falling": _value_falling,
    "order_gap": _order_gap,
    "quality_complaint": _quality_complaint,
    "champion_left": _champion_left,
    "categories_dropped": _categories_dropped,
    "wallet_falling": _wallet_falling,
    "complaints_rising": _complaints_rising,
    "satisfaction_falling": _satisfaction_falling,
    "payment_overdue": _payment_overdue,
    "competitor_rising": _competitor_rising,
    "steps_overdue": _steps_overdue,
    "no_contact": _no_contact,
    "tone_turning": _tone_turning,
    "manager_changed": _manager_changed,
    "single_threaded": _single_threaded,
}
