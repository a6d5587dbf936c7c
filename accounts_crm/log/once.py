"""One entry of many attempts: what a browser sends again under the same key is not stored again."""

import hashlib
import json
from collections.abc import Callable
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts_crm.api.idempotency import KEY
from accounts_crm.models import IdempotentCall
from customers.errors import Refused
from customers.models import Interaction

# No part of the entry; the search fields among them, which a script leaves out.
ASIDE = {"csrfmiddlewaretoken", "key", "save", "another", "typed_at", "q", "line"}
PREFIX = "log:"  # beside the keys of API calls
LONGEST = 100


def store_once(typed: QueryDict, user, store: Callable[[], Interaction]) -> Interaction | None:
    """Store an entry, or return the one that was stored under its key; None if that was deleted.

    Without a key it is stored. Raises Refused for the key of another entry.
    """
    key = typed.get("key", "")
    if not key:
        return store()
    if not KEY.fullmatch(key) or len(key) > LONGEST:
        raise Refused(_("Reload the page and try again."))
    digest = _digest(typed)
    try:
        with transaction.atomic():
            # One insert alone in its savepoint, so that only the key can violate anything.
            with transaction.atomic():
                row = IdempotentCall.objects.create(
                    user=user, key=PREFIX + key, request_hash=digest
                )
            entry = store()
            row.answer = json.dumps({"entry": entry.pk})
            row.save(update_fields=["answer"])
            return entry
    except IntegrityError:
        known = IdempotentCall.objects.filter(user=user, key=PREFIX + key).first()
        if known is None:  # the fault was the entry's own
            raise
    if known.request_hash != digest:
        raise Refused(_("An entry was saved from here already. Save again to log this one too."))
    return Interaction.objects.filter(pk=json.loads(known.answer)["entry"]).first()


def _digest(typed: QueryDict) -> str:
    said = sorted((name, value) for name, values in typed.lists() for value in values)
    text = urlencode([pair for pair in said if pair[0] not in ASIDE and pair[1]])
    return hashlib.sha256(text.encode()).hexdigest()
