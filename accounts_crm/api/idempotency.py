"""Calls that may be sent again: an Idempotency-Key makes one change of many attempts."""

import hashlib
import json
import re
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from accounts_crm.models import IdempotentCall
from customers.rest.errors import KeyReused

KEY = re.compile(r"[\x21-\x7e]{1,200}")
REPLAYED = "Idempotent-Replayed"
KEPT_HEADERS = ("ETag", "Location")


class Once:
    """Answers an unsafe call under a known key as it was answered before.

    The key's row goes in first, in the transaction of the change: a parallel call with the same
    key waits for it and then finds the answer; a call that fails takes its key away with it.
    """

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        method = request.method.lower()
        key = request.headers.get("Idempotency-Key")
        handler = getattr(self, method, None)
        if key is None or request.method in SAFE_METHODS or handler is None:
            return
        if not KEY.fullmatch(key):
            raise ValidationError(
                {"Idempotency-Key": [_("Give 1 to 200 printable characters without spaces.")]}
            )

        def once(request, *args, **kwargs):
            return answer_once(request, key, lambda: handler(request, *args, **kwargs))

        setattr(self, method, once)


def answer_once(request, key: str, call: Callable[[], Response]) -> Response:
    """Make the call, or repeat its answer. Raises KeyReused for a key of another request."""
    digest = _digest(request)
    try:
        with transaction.atomic():
            # One insert alone in its savepoint, so that only the key can violate anything.
            with transaction.atomic():
                row = IdempotentCall.objects.create(user=request.user, key=key, request_hash=digest)
            response = call()
            row.status = response.status_code
            row.answer = json.dumps(
                {
                    "body": json.loads(JSONRenderer().render(response.data)),
                    "headers": {name: response[name] for name in KEPT_HEADERS if name in response},
                }
            )
            row.save(update_fields=["status", "answer"])
            return response
    except IntegrityError:
        known = IdempotentCall.objects.filter(user=request.user, key=key).first()
        if known is None:  # the fault was the call's own
            raise
    if known.request_hash != digest:
        raise KeyReused(
            _("This Idempotency-Key was used for another request. Use a new key for a new one.")
        )
    answer = json.loads(known.answer)
    headers = {**answer["headers"], REPLAYED: "true"}
    return Response(answer["body"], status=known.status, headers=headers)


def _digest(request) -> str:
    """Return the fingerprint of method, path, query, version asked for, and body."""
    parts = (
        request.method,
        request.get_full_path(),
        request.headers.get("If-Match", ""),
    )
    head = json.dumps(parts).encode()
    return hashlib.sha256(head + b"\0" + request._request.body).hexdigest()
