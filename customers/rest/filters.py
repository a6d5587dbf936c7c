"""What narrows and sorts a list; what is not known is refused, never ignored."""

import datetime as dt

import django_filters
from django import forms
from django.core.exceptions import ValidationError as FormError
from django.db.models import F
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter

from customers.rest.fields import FIRST_YEAR, LARGEST_ID, LAST_YEAR


class IdFilter(django_filters.NumberFilter):
    """Rows that belong to the row of this id."""

    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, min_value=1, max_value=LARGEST_ID, **kwargs)

    def get_max_validator(self):
        return None


class _MomentField(django_filters.fields.IsoDateTimeField):
    def to_python(self, value):
        moment = super().to_python(value)
        if moment is None:
            return None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise FormError(_("Give a year from 1900 to 2199."))
        return moment.astimezone(dt.UTC)  # PostgreSQL takes no offset of 16 hours


class MomentFilter(django_filters.IsoDateTimeFilter):
    """Rows before or after a moment of our times."""

    field_class = _MomentField


@extend_schema_field(OpenApiTypes.BOOL)
class YesNo(django_filters.TypedChoiceFilter):
    """`true` or `false`; the library's own takes any other text for no filter at all."""

    def __init__(self, *args, **kwargs):
        choices = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=choices, coerce=lambda text: text == "true", **kwargs)


class Ordering(OrderingFilter):
    """Sorts by a field of `ordering_fields`; the id breaks ties, so that pages do not overlap.

    A view may write `ordering_fields` as {"name in the API": "column"}.
    """

    def get_ordering(self, request, queryset, view):
        columns = self._columns(view)
        asked = request.query_params.get(self.ordering_param, "")
        terms = [term.strip() for term in asked.split(",") if term.strip()]
        if unknown := [term for term in terms if term.removeprefix("-") not in columns]:
            message = _("%(unknown)s: cannot be sorted by. Choose from %(known)s.") % {
                "unknown": ", ".join(unknown)[:100],
                "known": ", ".join(columns),
            }
            raise ValidationError({self.ordering_param: [message]})
        ordering = [self._column(term, columns) for term in terms] or view.own_order()
        nullable = view.nulls_last
        return [*(_nulls_last(term) if term.lstrip("-") in nullable else term
                  for term in ordering), "pk"]  # fmt: skip

    def get_schema_operation_parameters(self, view):
        if not (names := list(self._columns(view))):
            return []
        return [
            {
                "name": self.ordering_param,
                "required": False,
                "in": "query",
                "description": "Sort by these, comma-separated; a minus turns the order round.",
                "schema": {
                    "type": "array",
                    "items": {"type": "string", "enum": [*names, *(f"-{n}" for n in names)]},
                },
                "explode": False,
                "style": "form",
            }
        ]

    def _columns(self, view) -> dict[str, str]:
        fields = view.ordering_fields
        return fields if isinstance(fields, dict) else {name: name for name in fields}

    def _column(self, term: str, columns: dict[str, str]) -> str:
        name = term.removeprefix("-")
        return columns[name] if name == term else f"-{columns[name]}"


def _nulls_last(term: str):
    """Return an ordering that puts the unknown last either way, on both databases."""
    column = F(term.removeprefix("-"))
    return column.desc(nulls_last=True) if term[0] == "-" else column.asc(nulls_last=True)
