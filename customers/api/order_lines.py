"""Order lines, one at a time or by the thousand."""

from typing import Any

import django_filters
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from customers import access
from customers.imports.reasons import sentence
from customers.models import Account, OrderLine
from customers.money import to_major
from customers.order_lines import store_lines
from customers.rest.errors import TooLarge
from customers.rest.fields import Day
from customers.rest.filters import IdFilter
from customers.rest.resources import Reading

MOST_LINES = 10_000
IDENTITY = ("customer_id", "order_id", "line_id")
FIELDS = (
    "customer_id order_id line_id order_date product_id category quantity revenue cost currency"
).split()


class Amounted(serializers.ModelSerializer):
    """Amounts in major units of the row's own currency."""

    def amount(self, row, minor: int) -> str:
        return str(to_major(minor, row.currency))


class OrderLineSerializer(Amounted):
    """A line of an order, known by (source, order_id, line_id); amounts in its own currency."""

    customer_id = serializers.CharField(source="account.code", help_text="The account's code.")
    order_date = Day(source="date")
    product_id = serializers.CharField(source="product")
    revenue = serializers.SerializerMethodField()
    cost = serializers.SerializerMethodField()

    class Meta:
        model = OrderLine
        fields = ["id", "source", "account", *FIELDS]
        read_only_fields = fields

    def get_revenue(self, row) -> str:
        return self.amount(row, row.revenue_minor)

    def get_cost(self, row) -> str | None:
        return None if row.cost_minor is None else self.amount(row, row.cost_minor)


class SentLineSerializer(serializers.Serializer):
    """A line as it is sent; amounts exact, hence best as text."""

    customer_id = serializers.CharField(max_length=64, help_text="The account's code.")
    order_id = serializers.CharField(max_length=64)
    line_id = serializers.CharField(max_length=64)
    order_date = Day()
    revenue = serializers.CharField(help_text="Major units of the currency, such as 1250.00.")
    cost = serializers.CharField(required=False, allow_blank=True, help_text="Empty: unknown.")
    currency = serializers.CharField(
        required=False, allow_blank=True, help_text="ISO 4217; empty: the reporting currency."
    )
    product_id = serializers.CharField(required=False, allow_blank=True, max_length=120)
    category = serializers.CharField(required=False, allow_blank=True, max_length=120)
    quantity = serializers.CharField(required=False, allow_blank=True)


class LineResultSerializer(serializers.Serializer):
    """What became of one line."""

    index = serializers.IntegerField(help_text="Its place in the list that was sent, from 0.")
    status = serializers.ChoiceField(choices=["stored", "unchanged", "refused"])
    errors: Any = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class BulkResultSerializer(serializers.Serializer):
    """What became of each line, in the order sent."""

    stored = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = LineResultSerializer(many=True)


class OrderLineFilter(django_filters.FilterSet):
    """Narrow a list of order lines."""

    account = IdFilter()
    order_id = django_filters.CharFilter(max_length=64)
    source = django_filters.CharFilter(max_length=64)
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")

    class Meta:
        model = OrderLine
        fields: list[str] = []


class OrderLines(Reading):
    """Order lines of the accounts that the caller may see."""

    area = "facts"
    change = access.Change.FACTS
    queryset = OrderLine.objects.select_related("account")
    serializer_class = OrderLineSerializer
    filterset_class = OrderLineFilter
    ordering_fields = {"order_date": "date"}

    @extend_schema(
        request=SentLineSerializer,
        responses={
            201: OrderLineSerializer,
            200: OpenApiResponse(OrderLineSerializer, description="It was there, and is so now."),
        },
    )
    def create(self, request, *args, **kwargs):
        """Store one line: add it, or replace the one of the same order and line id."""
        if not isinstance(request.data, dict):
            raise ValidationError({"non_field_errors": [_("Send one line as a JSON object.")]})
        source = self.source()
        with transaction.atomic():
            same = OrderLine.objects.filter(source=source)
            newest = OrderLine.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            (result,) = self.store([request.data], source, atomic=True)
            if result["errors"]:
                raise ValidationError(result["errors"])
            line = same.get(
                order_id=str(request.data["order_id"]).strip(),
                line_id=str(request.data["line_id"]).strip(),
            )
            added = line.pk > newest
            return self.written(line, status.HTTP_201_CREATED if added else status.HTTP_200_OK)

    @extend_schema(
        request=SentLineSerializer(many=True),
        parameters=[
            OpenApiParameter(
                "atomic", OpenApiTypes.STR, enum=["0", "1"], description="1: all lines or none."
            )
        ],
        responses=BulkResultSerializer,
    )
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def bulk(self, request):
        """Store up to 10,000 lines, each whole or not at all; one result per line."""
        self.check_parameters(only={"atomic"})  # a misspelt one would store half unawares
        lines, atomic = request.data, request.query_params.get("atomic", "0")
        if atomic not in ("0", "1"):
            raise ValidationError({"atomic": [_("Give 0 or 1.")]})
        if not isinstance(lines, list):
            raise ValidationError({"non_field_errors": [_("Send the lines as a JSON list.")]})
        if len(lines) > MOST_LINES:
            raise TooLarge(_("Send at most %(most)s lines at a time.") % {"most": MOST_LINES})
        results = self.store(lines, self.source(), atomic=atomic == "1")
        counts = dict.fromkeys(("stored", "unchanged", "refused"), 0)
        for result in results:
            counts[result["status"]] += 1
        return Response({**counts, "results": results})

    def source(self) -> str:
        """Return which system the lines come from: the token's name."""
        token: Any = self.request.auth
        return token.name if token else "api"

    def store(self, lines: list, source: str, *, atomic: bool) -> list[dict]:
        """Store what the caller may write, and return a result per line."""
        strays = {index: fault for index, line in enumerate(lines) if (fault := _strays(line))}
        beyond = self._out_of_reach(lines, source)
        barred = sorted({*strays, *beyond})
        good = sorted(set(range(len(lines))) - set(barred))
        stored = self._store(lines, good, source, atomic, keep=not (atomic and barred))
        results = dict(zip(good, stored, strict=True))
        if atomic and barred:
            for result in results.values():
                if result["status"] != "refused":
                    result["errors"] = {"non_field_errors": [sentence("", "call_refused")]}
                    result["status"] = "refused"
        # What else is wrong with the others is found by storing them, and undone.
        tried = self._store(lines, barred, source, False, keep=False)
        for index, result in zip(barred, tried, strict=True):
            faults = result["errors"]
            if index in beyond:
                faults = {name: why for name, why in faults.items() if name not in IDENTITY}
            faults |= beyond.get(index, {}) | strays.get(index, {})
            results[index] = {"status": "refused", "errors": faults}
        return [{**results[index], "index": index} for index in range(len(lines))]

    def _store(self, lines, indexes, source, atomic, *, keep: bool) -> list[dict]:
        chosen = [lines[index] for index in indexes]
        if not chosen:
            return []
        if keep:
            return store_lines(chosen, source=source, by=self.request.user, atomic=atomic)
        with transaction.atomic():
            results = store_lines(chosen, source=source, by=self.request.user, atomic=atomic)
            transaction.set_rollback(True)
        return results

    def _out_of_reach(self, lines: list, source: str) -> dict[int, dict]:
        """Return the faults of lines for accounts, or on orders, that the caller may not write.

        An account that is not seen and one that is not there are told apart by nothing.
        """
        person = self.request.user
        if not access.changed_by(person, self.change):
            return {}
        writable = Account.objects.editable_by(person, self.change)
        whole = [(index, line) for index, line in enumerate(lines) if isinstance(line, dict)]
        codes = {_text(line, "customer_id") for _index, line in whole}
        reached = set(writable.filter(code__in=codes).values_list("code", flat=True))
        orders = {_text(line, "order_id") for _index, line in whole}
        foreign = set(
            OrderLine.objects.filter(source=source, order_id__in=orders)
            .exclude(account__in=writable.values("pk"))
            .values_list("order_id", flat=True)
        )
        found: dict[int, dict[str, list[Any]]] = {}
        for index, line in whole:
            if _text(line, "customer_id") not in reached:
                message = _("You have no account with this code that you may change.")
                found[index] = {"customer_id": [message]}
            elif _text(line, "order_id") in foreign:
                found[index] = {"order_id": [_("This order belongs to another account.")]}
        return found


def _strays(line: Any) -> dict[str, list[str]]:
    names = [name for name in line if name not in FIELDS] if isinstance(line, dict) else []
    return {name[:100]: [_("There is no such field.")] for name in names}


def _text(line: dict, name: str) -> str:
    """Return a line's text as it will be stored; what cannot be stored is nobody's code."""
    return str(line.get(name, "")).strip().replace("\0", "")
