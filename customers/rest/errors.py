"""The API's error answers: one shape for all of them.

detail    what is wrong, for a person
errors    {"field": ["..."]}, every field at fault; nested ones as "next_step.due"
conflict  {"version": n, "fields": {"field": {"yours": ..., "theirs": ...}}}, if somebody
          else was quicker
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from customers.errors import Refused


class TooLarge(exceptions.APIException):
    """More than one call may carry."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class KeyReused(exceptions.APIException):
    """An Idempotency-Key that came before with another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"


def answer_error(exc: Exception, context: dict) -> Response | None:
    """Turn an exception into the API's error answer; None for a fault of our own."""
    if isinstance(exc, Refused):
        set_rollback()
        return Response(_refusal(exc, context), status=status.HTTP_409_CONFLICT)
    if isinstance(exc, RequestDataTooBig):
        exc = TooLarge(_("The body is too large. Send it in smaller parts."))
    elif isinstance(exc, SuspiciousOperation | MultiPartParserError):
        exc = exceptions.ParseError(_("This request cannot be read."))
    response = exception_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, exceptions.ValidationError):
        errors = flatten(exc.detail)
        response.data = {
            "detail": _("Some fields are wrong: %(fields)s.") % {"fields": ", ".join(errors)},
            "errors": errors,
        }
    else:
        response.data = {"detail": str(response.data.get("detail", "")), "errors": {}}
    return response


def flatten(detail: Any) -> dict[str, list[str]]:
    """Return the messages of a ValidationError by the dotted path of their field."""
    errors: dict[str, list[str]] = {}
    for path, message in _messages(detail, ""):
        errors.setdefault(path or "non_field_errors", []).append(str(message))
    return errors


def _messages(detail: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from _messages(inner, own)
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            own = f"{path}.{index}" if isinstance(inner, Mapping) else path
            yield from _messages(inner, own)
    else:
        yield path, detail


def _refusal(refusal: Refused, context: dict) -> dict:
    """Return a refusal's answer; actions name model fields, which a resource may call otherwise."""
    names = getattr(context.get("view"), "api_names", {})
    answer: dict[str, Any] = {"detail": str(refusal), "errors": {}}
    if refusal.field:
        answer["errors"] = {names.get(refusal.field, refusal.field): [str(refusal)]}
    if refusal.conflict:
        answer["conflict"] = refusal.conflict
    return answer
