"""Churn risk per nightly run, the flags it raises, and what is done about them."""

from churn.models.backtests import BackTest
from churn.models.defections import Defection
from churn.models.flags import Flag
from churn.models.goals import Goal, GoalReading
from churn.models.parts import RiskPart
from churn.models.playbooks import DefectionType, Playbook
from churn.models.policies import SignalPolicy
from churn.models.risks import Risk, RiskQuerySet

__all__ = [
    "BackTest",
    "Defection",
    "DefectionType",
    "Flag",
    "Goal",
    "GoalReading",
    "Playbook",
    "Risk",
    "RiskPart",
    "RiskQuerySet",
    "SignalPolicy",
]
