"""Churn risk per nightly run, the flags it raises, and what is done about them."""

from churn.models.flags import Flag
from churn.models.playbooks import DefectionType, Playbook, PlaybookAction
from churn.models.policies import SignalPolicy
from churn.models.risks import Risk, RiskQuerySet

__all__ = [
    "DefectionType",
    "Flag",
    "Playbook",
    "PlaybookAction",
    "Risk",
    "RiskQuerySet",
    "SignalPolicy",
]
