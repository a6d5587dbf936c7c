"""Findings and reasons as sentences, in the reader's language.

A finding is stored as a code and figures (see churn.models.Risk); what a person reads is made
here, when it is read.
"""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from churn.rules import RULES
from customers.figures import compact, percent, short_date


def name(signal: str) -> str:
    """Return what a signal is called."""
    return str(RULES[signal].name) if signal in RULES else signal


def sentence(finding: dict) -> str:
    """Return a finding with its figures as a sentence."""
    write = _SENTENCES.get(finding["signal"])
    return write(finding["figures"]) if write else name(finding["signal"])


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
    amounts = {
        "recent": compact(figures["recent"], figures["currency"]),
        "usual": compact(figures["usual"], figures["currency"]),
        "lacking": percent(min(figures["lacking"], 1)),
    }
    if figures["measure"] == "margin":
        return (
            _(
                "Margin of the last 90 days %(recent)s, %(lacking)s below an average quarter of "
                "the year before, %(usual)s"
            )
            % amounts
        )
    return (
        _(
            "Revenue of the last 90 days %(recent)s, %(lacking)s below an average quarter of "
            "the year before, %(usual)s"
        )
        % amounts
    )


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


def _day(text: str) -> str:
    return short_date(dt.date.fromisoformat(text))


_SENTENCES = {
    "order_gap": _order_gap,
    "value_falling": _value_falling,
    "no_contact": _no_contact,
    "steps_overdue": _steps_overdue,
    "quality_complaint": _quality_complaint,
}
