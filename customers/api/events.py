"""What happened, for systems that follow along."""

import django_filters
from django.db import connection
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from customers.models import Event
from customers.rest.fields import Moment
from customers.rest.filters import IdFilter
from customers.rest.pages import page_size, whole_number
from customers.rest.resources import Resource

# A transaction does not live so long; older events are final by their age alone.
SETTLED_AFTER = "1 hour"
# The oldest transaction under way, of those not known to work in another database of the server,
# where a long one would hold our events back for nothing; null if there is none.
OLDEST_WRITER = """(
    SELECT (writer::text::bigint & 4294967295)::text::xid
    FROM pg_snapshot_xip(pg_current_snapshot()) AS writer
    WHERE NOT EXISTS (
        SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'transactionid' AND granted AND datname <> current_database()
            AND transactionid = (writer::text::bigint & 4294967295)::text::xid
    )
    ORDER BY writer LIMIT 1
)"""


class EventSerializer(serializers.ModelSerializer):
    """One change: who did what to which account, with old and new values."""

    at = Moment()
    subject = serializers.DictField(help_text="The row by kind and id.")
    changes = serializers.DictField(help_text="Old and new value by field.")

    class Meta:
        model = Event
        fields = ["id", "kind", "account", "actor", "at", "subject", "changes"]
        read_only_fields = fields


class EventFilter(django_filters.FilterSet):
    """Narrow the events."""

    account = IdFilter()
    kind = django_filters.CharFilter(max_length=40)

    class Meta:
        model = Event
        fields: list[str] = []


class Following(BasePagination):
    """The events after an id, oldest first; `next` leads on, and is there even at the end.

    A reader keeps `next` and asks again later: it never misses an event and never sees one twice.
    """

    page_size = 100

    def paginate_queryset(self, queryset, request, view=None):
        size = page_size(request, self.page_size)
        self.after = whole_number(request, "after", least=0) or 0
        rows = list(settled(queryset).filter(pk__gt=self.after).order_by("pk")[: size + 1])
        self.more, rows = len(rows) > size, rows[:size]
        last = rows[-1].pk if rows else self.after
        self.next = replace_query_param(request.build_absolute_uri(), "after", last)
        return rows

    def get_paginated_response(self, data):
        return Response({"next": self.next, "more": self.more, "results": data})

    def get_paginated_response_schema(self, schema):
        return {
            "type": "object",
            "required": ["next", "more", "results"],
            "properties": {
                "next": {"type": "string", "format": "uri"},
                "more": {"type": "boolean", "description": "Whether next has events now."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view):
        return []


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter("after", OpenApiTypes.INT, description="The last id you have."),
            OpenApiParameter("page_size", OpenApiTypes.INT, description="At most 500."),
        ]
    )
)
class Events(mixins.ListModelMixin, Resource):
    """Everything that happened to the accounts that the caller may see, oldest first."""

    area = "events"
    parameters = frozenset({"after"})
    queryset = Event.objects.all()
    serializer_class = EventSerializer
    filterset_class = EventFilter
    pagination_class = Following


def settled(events: QuerySet) -> QuerySet:
    """Leave out events that a slower transaction may still be followed by one with a lower id.

    Ids are given out before the commit, so a reader who has seen id 7 would never look for the 6
    that is committed later. SQLite has one writer, and so no such order.
    """
    if connection.vendor != "postgresql":
        return events
    return events.extra(
        where=[
            f"(customers_event.at < now() - interval '{SETTLED_AFTER}' OR "
            f"coalesce(age(customers_event.xmin) > age({OLDEST_WRITER}), true))"
        ]
    )
