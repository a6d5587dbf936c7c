"""Churn risk per nightly run, and the flags it raises."""

from churn.models.flags import Flag
from churn.models.risks import Risk, RiskQuerySet

__all__ = ["Flag", "Risk", "RiskQuerySet"]
