"""How long breaks last, by cause: from the break to the resumption, in the database."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from lifecycle.models import Interruption, InterruptionCause
from lifecycle.stages import INTERNAL, Cause


@dataclass(frozen=True)
class Recovery:
    """What became of the breaks of one cause; a break of two causes counts in both.

    median_days  from break to resumption, over those resumed; None without any
    """

    cause: Cause
    open: int
    resumed: int
    median_days: int | None

    @property
    def internal(self) -> bool:
        """Say whether the cause is of our own making."""
        return self.cause in INTERNAL


def by_cause(breaks: QuerySet[Interruption]) -> list[Recovery]:
    """Return the recovery by cause, quality first; breaks taken back at once do not count."""
    known = InterruptionCause.objects.filter(
        interruption__in=breaks.filter(undone=False).order_by().values("pk")
    ).order_by()
    over = Q(interruption__ended_at__isnull=False)
    counts = {
        cause: (open_, resumed)
        for cause, open_, resumed in known.values_list("cause").annotate(
            open=Count("pk", filter=~over), resumed=Count("pk", filter=over)
        )
    }
    medians = _medians(known.filter(over))
    return [Recovery(cause, *counts.get(cause, (0, 0)), medians.get(cause)) for cause in Cause]


def _medians(ended: QuerySet[InterruptionCause]) -> dict[str, int]:
    """Return the median days by cause: the mean of the one or two in the middle."""
    took = ExpressionWrapper(
        F("interruption__ended_at") - F("interruption__started_at"), output_field=DurationField()
    )
    placed = ended.annotate(took=took).annotate(
        place=Window(RowNumber(), partition_by="cause", order_by=["took", "pk"]),
        of=Window(Count("pk"), partition_by="cause"),
    )
    middle = placed.annotate(beyond=F("place") * 2 - F("of")).filter(beyond__gte=0, beyond__lte=2)
    spans: dict[str, list[Any]] = {}
    for cause, span in middle.values_list("cause", "took"):
        spans.setdefault(cause, []).append(span)
    return {
        cause: round(sum(span.total_seconds() for span in found) / len(found) / 86_400)
        for cause, found in spans.items()
    }
