"""Fields that refuse what no column can hold, and rows named by their id."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LARGEST_ID = 2**63 - 1
# Beyond these, adding a few years or a time zone leaves what a date can hold.
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_REFS = 200


def parse_id(value: Any) -> int | None:
    """Return a row id given as a whole number or its digits; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if type(value) is not int or not 0 < value <= LARGEST_ID:
        return None
    return value


class Day(serializers.DateField):
    """A date of our times."""

    default_error_messages = {"year": _("Give a year from 1900 to 2199.")}

    def to_internal_value(self, value):
        day = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail("year")
        return day


class Moment(serializers.DateTimeField):
    """A moment of our times; without an offset it is in the person's time zone. Shown in UTC."""

    default_error_messages = {"year": _("Give a year from 1900 to 2199.")}

    def enforce_timezone(self, value):
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            self.fail("year")
        return super().enforce_timezone(value)

    def to_representation(self, value):
        return value and value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


class _References(serializers.Field):
    """Finds rows by id among those the person may see."""

    default_error_messages = {
        "not_an_id": _("Give the id as a whole number."),
        "unknown": _("There is no such row: %(ids)s."),
    }

    def __init__(self, model: type[models.Model] | Callable[[], type[models.Model]], **kwargs):
        self.model = model
        super().__init__(**kwargs)

    def rows(self, ids: list[int]) -> dict[int, models.Model]:
        model: Any = self.model if isinstance(self.model, type) else self.model()
        found = model._default_manager.filter(pk__in=ids)
        if hasattr(found, "visible_to"):
            found = found.visible_to(self.context["request"].user)
        rows = {row.pk: row for row in found}
        if missing := [str(pk) for pk in ids if pk not in rows]:
            self.refuse("unknown", ids=", ".join(missing[:10]))
        return rows

    def refuse(self, key: str, **figures) -> None:
        raise serializers.ValidationError(self.error_messages[key] % figures, code=key)


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class RowRef(_References):
    """One row, by its id; empty may be null."""

    def get_attribute(self, instance):
        # The id is at hand; the row would cost a query.
        return getattr(instance, f"{self.source}_id")

    def to_internal_value(self, data):
        pk = parse_id(data)
        if pk is None:
            self.refuse("not_an_id")
        row = self.parent.instance
        if isinstance(row, models.Model) and self.get_attribute(row) == pk:
            return getattr(row, self.source)  # as it was, seen or not
        return self.rows([pk])[pk]

    def to_representation(self, value):
        return value


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class AccountRef(serializers.Field):
    """The account that a row belongs to, by its id; it stays the same for good.

    Its value on writing is the id: the resource fetches the account under the access rule.
    """

    default_error_messages = {
        "not_an_id": _("Give the id as a whole number."),
        "fixed": _("A row stays with its account. Add another one there."),
    }

    def get_attribute(self, instance):
        return instance.account_id

    def to_internal_value(self, data):
        pk = parse_id(data)
        if pk is None:
            self.fail("not_an_id")
        if self.parent.instance is not None:
            if pk != self.parent.instance.account_id:
                self.fail("fixed")
            raise serializers.SkipField
        return pk

    def to_representation(self, value):
        return value


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
        "maxItems": MOST_REFS,
    }
)
class RowRefs(_References):
    """Several rows, by their ids, in one query."""

    default_error_messages = {
        "not_a_list": _("Give a list of ids."),
        "too_many": _("Give at most %(most)s ids."),
    }

    def to_internal_value(self, data):
        if not isinstance(data, list):
            self.refuse("not_a_list")
        if len(data) > MOST_REFS:
            self.refuse("too_many", most=MOST_REFS)
        ids = [parse_id(item) for item in data]
        if None in ids:
            self.refuse("not_an_id")
        rows = self.rows(ids)
        return [rows[pk] for pk in dict.fromkeys(ids)]

    def to_representation(self, value):
        return sorted(row.pk for row in value.all())


@extend_schema_field({"type": "string", "format": "decimal"})
class Amount(serializers.Field):
    """Money in major units of its currency, as a decimal text; read only."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value):
        return str(value)
