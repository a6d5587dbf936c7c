"""What the roof stores: nightly runs, calls of the API that may come twice."""

from accounts_crm.models.bulk_edits import BulkEdit
from accounts_crm.models.calendars import CalendarAddress
from accounts_crm.models.idempotent_calls import IdempotentCall
from accounts_crm.models.nightly_runs import NightlyRun, NightlyRunQuerySet
from accounts_crm.models.notices import Notice
from accounts_crm.models.saved_views import DefaultView, SavedView
from accounts_crm.models.visits import Visit

__all__ = [
    "BulkEdit",
    "CalendarAddress",
    "DefaultView",
    "SavedView",
    "IdempotentCall",
    "NightlyRun",
    "NightlyRunQuerySet",
    "Notice",
    "Visit",
]
