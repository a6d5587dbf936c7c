"""The rules of the signals as directors made them: read for a night, changed with a reason."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from churn.models import SignalPolicy
from churn.rules import RULES, Rule
from customers.editing import change
from customers.errors import Refused

WEIGHTS = range(1, 91)
MOST = 1000  # of a threshold


def current() -> dict[str, Rule]:
    """Return the rules in force, by signal."""
    rows = SignalPolicy.objects.in_bulk(field_name="signal")
    return {
        signal: in_force(rule, rows[signal]) if signal in rows else rule
        for signal, rule in RULES.items()
    }


def in_force(rule: Rule, row: SignalPolicy) -> Rule:
    """Return a rule with the weight and the thresholds of a policy."""
    return replace(
        rule, on=row.on, weight=row.weight, starts=float(row.starts), full=float(row.full)
    )


def stated(rules: dict[str, dict[str, Any]]) -> dict[str, Rule]:
    """Return the rules that a run states, see `plain`."""
    return {signal: replace(RULES[signal], **values) for signal, values in rules.items()}


def plain(rules: dict[str, Rule]) -> dict[str, dict[str, Any]]:
    """Return what of the rules a score depends on, as a run states it."""
    kept = ("on", "weight", "starts", "full")
    return {signal: {name: getattr(rule, name) for name in kept} for signal, rule in rules.items()}


def of(signal: str) -> SignalPolicy:
    """Return the policy of a signal; one that nobody changed yet is not stored."""
    return SignalPolicy.objects.filter(signal=signal).first() or SignalPolicy(
        signal=signal, **_first(signal)
    )


def proposed(signal: str, *, on: bool, weight: int, starts: Decimal, full: Decimal) -> Rule:
    """Return a rule that is only thought of.

    Raises Refused at its field for a value that means nothing.
    """
    _check({"weight": weight, "starts": starts, "full": full})
    return replace(RULES[signal], on=on, weight=weight, starts=float(starts), full=float(full))


@transaction.atomic
def change_rule(signal: str, *, by, version: int, reason: str, **values: Any) -> list[str]:
    """Change weight, thresholds or the switch of a signal; return the changed fields.

    It holds from the next night on. Raises Refused without a reason, at its field for a value that
    means nothing, and with both values of what somebody else changed meanwhile.
    """
    row, _made = SignalPolicy.objects.get_or_create(signal=signal, defaults=_first(signal))
    _check({**_values(row), **values})
    if not reason.strip():
        raise Refused(_("Say why the rule changes."), field="reason")
    if all(getattr(row, name) == new for name, new in values.items()) and version == row.version:
        return []
    return change(
        row, "signal_policy.changed", by=by, version=version, **values, reason=reason.strip()
    )


def _first(signal: str) -> dict[str, Any]:
    """Return the fields of a policy as the code has them."""
    rule = RULES[signal]
    return {
        "on": rule.on,
        "weight": rule.weight,
        "starts": Decimal(str(rule.starts)),
        "full": Decimal(str(rule.full)),
    }


def _values(row: SignalPolicy) -> dict[str, Any]:
    return {"weight": row.weight, "starts": row.starts, "full": row.full}


def _check(values: dict[str, Any]) -> None:
    if values["weight"] not in WEIGHTS:
        raise Refused(_("Give a weight from 1 to 90."), field="weight")
    for name in ("starts", "full"):
        if not 0 <= values[name] <= MOST:
            raise Refused(_("Give a number from 0 to %(most)s.") % {"most": MOST}, field=name)
    if values["full"] <= values["starts"]:
        raise Refused(
            _("Full strength comes later than the first warning: give a number above %(starts)s.")
            % {"starts": values["starts"]},
            field="full",
        )
