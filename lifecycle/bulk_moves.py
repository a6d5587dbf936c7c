"""Moving many accounts one step at once."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import ngettext

from customers import events
from customers.editing import CHUNK
from customers.errors import Refused
from customers.models import Account
from lifecycle import against
from lifecycle.models import StageMove
from lifecycle.stages import NEXT


@transaction.atomic
def move_many(
    new: dict[int, tuple[int, str]], *, by, reason: str = "", undoes: bool = False
) -> dict[int, dict]:
    """Move accounts each to a stage; return what was, as customers.editing.change_many.

    new     by id: the version that was read, and the stage, one step away
    undoes  the moves take back others, just made; they need no reason
    What changed since it was read, or is further away, stays as it is.
    Raises Refused if there is no reason though some of the moves are against the evidence.
    """
    before: dict[int, dict] = {}
    reason, now, ids = reason.strip(), timezone.now(), sorted(new)
    said = {"reason": (None, reason)} if reason else {}
    opposed = 0
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        supported = against.supported_of(part)
        moves = []
        # Locked where the database locks rows; on SQLite the transaction is the only writer.
        rows = Account.objects.select_for_update().filter(pk__in=part).order_by("pk")
        for row in rows.only("stage", "version"):
            version, to = new[row.pk]
            if row.version != version or to not in NEXT.get(row.stage, ()):
                continue
            opposed += against.is_against(supported.get(row.pk, ""), row.stage, to)
            before[row.pk] = {"stage": row.stage, "version": version + 1}
            moves.append(StageMove(account=row, was=row.stage, to=to, reason=reason, at=now, by=by))
        for to in {move.to for move in moves}:
            there = [move.account_id for move in moves if move.to == to]
            Account.objects.filter(pk__in=there).update(stage=to, version=F("version") + 1)
        StageMove.objects.bulk_create(moves)
        events.record_all(
            events.build(
                "stage.moved", move.account_id, by=by, about=move, stage=(move.was, move.to), **said
            )
            for move in moves
        )
    if opposed and not reason and not undoes:
        raise needs_reason(opposed)
    return before


def needs_reason(count: int) -> Refused:
    """Return the refusal of moves against the evidence that nobody gives a reason for."""
    words = ngettext(
        "%(count)s account would be moved against the evidence. Say why.",
        "%(count)s accounts would be moved against the evidence. Say why.",
        count,
    )
    return Refused(words % {"count": f"{count:,}"}, field="reason")
