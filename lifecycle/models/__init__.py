"""The rows of the lifecycle floor."""

from lifecycle.models.assessments import Assessment, OpenBook
from lifecycle.models.policies import StageGate, TierPolicy
from lifecycle.models.stages import Interruption, InterruptionCause, Remedy, StageMove
from lifecycle.models.stances import SupplierStance
from lifecycle.models.tier_requests import TierRequest

__all__ = [
    "Assessment",
    "Interruption",
    "InterruptionCause",
    "OpenBook",
    "Remedy",
    "StageGate",
    "StageMove",
    "SupplierStance",
    "TierPolicy",
    "TierRequest",
]
