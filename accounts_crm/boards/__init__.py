"""The two boards: accounts by stage, and accounts by what may be lost."""

from accounts_crm.boards.breaks import stage_breaks
from accounts_crm.boards.queue import risk_queue
from accounts_crm.boards.stages import stage_board

__all__ = ["risk_queue", "stage_board", "stage_breaks"]
