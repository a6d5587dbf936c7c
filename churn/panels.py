"""Context of the risk panel: the score, what makes it, the flags and their answers."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from churn import findings
from churn.forms import RaiseForm
from churn.models import Defection, DefectionType, Flag, Risk
from customers.access import Change
from customers.calendar import business_today
from customers.models import Account, NextStep

MILLION = 10**6


@dataclass(frozen=True)
class Reason:
    """A finding as it is read; `link` leads to the rows behind it."""

    signal: str
    name: str
    text: str
    clears: str
    defection: str
    points: int
    link: str
    found: dict


@dataclass(frozen=True)
class Part:
    """A piece of the bar: where it begins, how wide it is, of 100."""

    css: str
    name: str
    start: float
    points: int


@dataclass
class RiskPanel:
    """What templates/churn/_risk.html draws."""

    account: Account
    run: Any
    risk: Risk | None
    may_change: bool
    flags: list[Flag]
    last_closed: Flag | None
    lost: Defection | None  # why, where the account is lost
    reasons: list[Reason] = field(default_factory=list)
    model_points: int = 0
    p: float | None = None
    median: float | None = None
    no_model: str = ""
    parts: list[Part] = field(default_factory=list)
    raise_form: RaiseForm | None = None
    refusal: str = ""
    high_from: int = settings.RISK_HIGH_FROM
    horizon: int = settings.RISK_HORIZON_DAYS
    active_days: int = settings.ACTIVE_DAYS

    @property
    def may_raise(self) -> bool:
        """Say whether a flag may be raised by hand now."""
        return self.may_change and not any(f.kind == Flag.Kind.MANUAL for f in self.flags)

    @property
    def defection_types(self) -> list:
        """Return why a customer may leave."""
        return DefectionType.choices

    @property
    def tomorrow(self) -> dt.date:
        """Return the first day until which a flag may rest."""
        return business_today() + dt.timedelta(days=1)

    @property
    def last_day(self) -> dt.date:
        """Return the last day until which a flag may rest."""
        return business_today() + dt.timedelta(days=settings.FLAG_SNOOZE_DAYS)

    @property
    def bar_text(self) -> str:
        """Return the bar in words."""
        return _("Signals %(signals)s points, model %(model)s points, of 100") % {
            "signals": sum(reason.points for reason in self.reasons),
            "model": self.model_points,
        }


def risk(
    account: Any, viewer, run, *, form: RaiseForm | None = None, refusal: str = ""
) -> RiskPanel:
    """Return the risk panel of an account as of a run; its flags are those of today.

    account  read by queries.for_risk_panel
    run      a published run, or None before the first
    form     a form that was refused, to be shown again
    refusal  why an answer to a flag was refused
    """
    row = account.risk if account.risk_scored is not None else None
    flags = _flags(account)
    panel = RiskPanel(
        account=account,
        run=run,
        risk=row,
        may_change=account.may_be_changed_by(viewer, Change.RELATIONSHIP),
        flags=[flag for flag in flags if flag.state != Flag.State.CLOSED],
        last_closed=next((flag for flag in flags if flag.state == Flag.State.CLOSED), None),
        lost=account.loss
        if account.status == Account.Status.LOST and account.lost_on is not None
        else None,
        raise_form=form or RaiseForm(auto_id="raise-%s"),
        refusal=refusal,
    )
    # Of an old night only the figures are kept.
    if row is not None and row.score is not None and run.evidence_kept:
        _explain(panel, row, run.facts.get("risk", {}))
    return panel


def _flags(account: Account) -> list[Flag]:
    """Return the standing flags and the last closed one, the latest first, in one query.

    Each has `planned`: the steps of its playbook.
    """
    closed = account.flags.filter(state=Flag.State.CLOSED).values("pk")[:1]
    rows: list[Any] = list(  # a row for each step
        account.flags.filter(~Q(state=Flag.State.CLOSED) | Q(pk__in=closed))
        .select_related("opened_by", "owner", "playbook")
        .annotate(
            step=F("steps"),
            step_what=F("steps__what"),
            step_state=F("steps__state"),
            step_due=F("steps__due"),
        )
        .order_by("-opened_at", "-pk", "step_due", "step")
    )
    flags: dict[int, Any] = {}
    for row in rows:
        flag = flags.setdefault(row.pk, row)
        flag.account = account
        step = NextStep(pk=row.step, what=row.step_what, state=row.step_state, due=row.step_due)
        flag.planned = [*getattr(flag, "planned", ()), *([step] if row.step else ())]
    return list(flags.values())


def points_of(score: int, shares: list[float]) -> list[int]:
    """Spread a score over shares in whole points that add up to it.

    What is left of the shares falls to the last entry, which is the model's.
    """
    exact = [score * share for share in [*shares, max(0.0, 1 - sum(shares))]]
    points = [int(part) for part in exact]
    by_rest = sorted(range(len(exact)), key=lambda n: (points[n] - exact[n], n))
    for n in by_rest[: score - sum(points)]:
        points[n] += 1
    return points


def _explain(panel: RiskPanel, row: Risk, facts: dict) -> None:
    *points, panel.model_points = points_of(
        row.score or 0, [found["share"] for found in row.findings]
    )
    panel.reasons = [
        Reason(
            found["signal"],
            findings.name(found["signal"]),
            findings.sentence(found),
            findings.clearing(found),
            findings.defection_of(found["signal"]),
            earned,
            _link(panel, found["signal"]),
            found,
        )
        for found, earned in zip(row.findings, points, strict=True)
    ]
    by_signals = sum(points)
    panel.parts = [
        Part("bar-w", _("Signals"), 0, by_signals),
        Part("bar-s", _("Model"), by_signals, panel.model_points),
    ]
    if row.p_micro is None:
        panel.no_model = findings.reason(facts.get("model", {}).get("reason", ""))
        return
    panel.p = row.p_micro / MILLION
    if (median := facts.get("median_micro")) is not None:
        panel.median = median / MILLION


def _link(panel: RiskPanel, signal: str) -> str:
    """Return where the rows behind a finding of the panel's night stand."""
    # By name: the account's pages stand at the roof.
    page = reverse("account-risk", args=[panel.account.pk])
    return f"{page}?{urlencode({'signal': signal, 'as_of': panel.run.as_of.isoformat()})}"
