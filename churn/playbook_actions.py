"""Writes about playbooks, by directors; each with its event."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from churn.models import Playbook
from customers import events
from customers.editing import change
from customers.errors import Refused

MOST_ACTIONS = 12
LONGEST_DAYS = 365
LONGEST_WHAT = 200


def make_playbook(*, by, name: str, against: str, plan: list[dict]) -> Playbook:
    """Make a playbook.

    plan  [{"after_days": 2, "what": "Ring the buyer"}, ...]
    Raises Refused at its field for a name that is taken, or a plan that is none.
    """
    plan = _checked(plan)
    with _own_name(name), transaction.atomic():
        playbook = Playbook.objects.create(name=name.strip(), against=against, plan=plan)
        events.record("playbook.made", by=by, about=playbook, name=(None, name), plan=(None, plan))
    return playbook


def change_playbook(playbook: Playbook, *, by, version: int | None, **values: Any) -> list[str]:
    """Change a playbook; what it has planned already stays as it is.

    Raises Refused as making one does, and with both values if it changed meanwhile.
    """
    if "plan" in values:
        values["plan"] = _checked(values["plan"])
    if "name" in values:
        values["name"] = values["name"].strip()
    with _own_name(values.get("name", playbook.name)):
        return change(playbook, "playbook.changed", by=by, version=version, **values)


class _own_name:
    """Tell the clash of two names from other faults."""

    def __init__(self, name: str):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, IntegrityError):
            raise Refused(
                _("There is a playbook “%(name)s” already. Choose another name.")
                % {"name": self.name},
                field="name",
            ) from None


def _checked(plan: list[dict]) -> list[dict]:
    if not 1 <= len(plan) <= MOST_ACTIONS:
        raise Refused(_("Give from 1 to %(most)s actions.") % {"most": MOST_ACTIONS}, field="plan")
    for action in plan:
        days, what = action["after_days"], action["what"].strip()
        if not 0 <= days <= LONGEST_DAYS or not 1 <= len(what) <= LONGEST_WHAT:
            raise Refused(
                _("“%(what)s”: give 0 to %(days)s days, and at most %(length)s characters.")
                % {"what": what[:40], "days": LONGEST_DAYS, "length": LONGEST_WHAT},
                field="plan",
            )
    tidy = [{"after_days": row["after_days"], "what": row["what"].strip()} for row in plan]
    return sorted(tidy, key=lambda row: row["after_days"])
