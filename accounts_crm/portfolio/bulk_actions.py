"""Changing many accounts at once, and taking that back."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts_crm.models import BulkEdit
from customers.editing import change_many
from customers.errors import Refused
from customers.models import Account, Region
from lifecycle.bulk_moves import move_many
from lifecycle.tier_actions import ask_tiers, withdraw_tiers
from teams.actions import set_owners
from teams.models import User

MOST = 5_000  # accounts in one go


@transaction.atomic
def change_accounts(versions: dict[int, int], *, by, reason: str = "", **values: Any) -> BulkEdit:
    """Write the same values into many accounts; what changed meanwhile stays as it is.

    versions  by account, as the preview read them
    reason    of asking for the tier, and of moving the stage
    values    of Account's fields; `owner` is a person or None, and `tier` is asked for
    Raises Refused if there is nothing to change, or far too much, and for moves against the
    evidence without a reason.
    """
    if len(versions) > MOST:
        raise too_many(len(versions))
    was: dict[str, dict[int, dict[str, Any]]] = {"facts": {}, "owner": {}, "stage": {}}
    facts = {name: value for name, value in values.items() if name not in (*was, "tier")}
    if facts:
        wanted = {pk: {"version": version, **facts} for pk, version in versions.items()}
        was["facts"] = change_many(Account, "account.changed", by=by, new=wanted)
    if "owner" in values:
        # One version on, where the facts changed just now.
        now = {pk: row["version"] for pk, row in was["facts"].items()}
        people = {pk: (now.get(pk, version), values["owner"]) for pk, version in versions.items()}
        was["owner"] = set_owners(people, by=by)
    if "stage" in values:
        now = {pk: row["version"] for part in was.values() for pk, row in part.items()}
        moves = {pk: (now.get(pk, version), values["stage"]) for pk, version in versions.items()}
        was["stage"] = move_many(moves, by=by, reason=reason)
    asked = ask_tiers(versions, to=values["tier"], by=by, reason=reason) if "tier" in values else {}
    if not asked and not any(was.values()):
        raise Refused(_("Nothing was changed: the accounts are so already, or changed meanwhile."))
    stored = {
        part: {str(pk): _plain(row) for pk, row in rows.items()} for part, rows in was.items()
    }
    kept = stored | {"asked": {str(pk): request for pk, request in asked.items()}}
    return BulkEdit.objects.create(by=by, was=kept)


def too_many(count: int) -> Refused:
    """Return the refusal of more accounts than one change takes."""
    # Counted no further than one more.
    said = f"{MOST:,}+" if count > MOST else f"{count:,}"
    return Refused(
        _("%(count)s accounts are too many at once. Choose at most %(most)s.")
        % {"count": said, "most": f"{MOST:,}"}
    )


@transaction.atomic
def undo(edit: BulkEdit, *, by) -> int:
    """Put back what an edit changed; return how many accounts.

    Raises Refused if it is somebody else's, too late, done already, or an account changed since.
    """
    if edit.by_id != by.pk:
        raise Refused(_("Only who made this change can undo it."))
    if edit.is_over:
        raise Refused(
            _("The time for the undo is over: it is %(seconds)s seconds.")
            % {"seconds": BulkEdit.SECONDS}
        )
    if not BulkEdit.objects.filter(pk=edit.pk, undone_at=None).update(undone_at=timezone.now()):
        raise Refused(_("This change was undone already."))
    facts, owners, stages = edit.was["facts"], edit.was["owner"], edit.was.get("stage", {})
    asked = edit.was.get("asked", {})
    # In the order turned round: what is put back moves the version that comes before it.
    moved = move_many(
        {int(pk): (row["version"], row["stage"]) for pk, row in stages.items()}, by=by, undoes=True
    )
    people = User.objects.in_bulk({row["owner"] for row in owners.values() if row["owner"]})
    back = set_owners(
        {
            int(pk): (moved.get(int(pk), row)["version"], people.get(row["owner"]))
            for pk, row in owners.items()
        },
        by=by,
    )
    regions = Region.objects.in_bulk({row.get("region") for row in facts.values()} - {None})
    wanted = {}
    for pk, row in facts.items():
        later = back.get(int(pk)) or moved.get(int(pk), row)
        wanted[int(pk)] = {**row, "version": later["version"]}
        if "region" in row:
            wanted[int(pk)]["region"] = regions.get(row["region"])
    done = set(moved) | set(back) | set(change_many(Account, "account.changed", by=by, new=wanted))
    expected = {int(pk) for pk in {**facts, **owners, **stages}}
    decided = len(asked) - withdraw_tiers(asked.values(), by=by)
    if missed := len(expected - done) + decided:
        raise Refused(
            ngettext(
                "Nothing was undone: %(count)s account was changed again meanwhile.",
                "Nothing was undone: %(count)s accounts were changed again meanwhile.",
                missed,
            )
            % {"count": missed}
        )
    return len(done | {int(pk) for pk in asked})


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.pk if isinstance(value, User | Region) else value for name, value in row.items()
    }
