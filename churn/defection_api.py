"""Customers that left, over the API."""

from typing import Any

import django_filters
from django.conf import settings
from rest_framework import serializers

from churn.defection_actions import change_defection, record_defection
from churn.models import Defection
from customers.fact_forms import AMOUNT_FAULTS
from customers.money import AmountError, to_major, to_minor
from customers.rest.fields import AccountRef, Day, Moment
from customers.rest.filters import IdFilter
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer


class Major(serializers.DecimalField):
    """Money of the reporting currency in major units, zero or more; stored in minor units."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=15, decimal_places=4, min_value=0, **kwargs)

    def to_internal_value(self, data):
        try:
            return to_minor(super().to_internal_value(data), settings.REPORTING_CURRENCY)
        except AmountError as fault:
            raise serializers.ValidationError(AMOUNT_FAULTS[fault.code]) from None

    def run_validators(self, value):
        """Leave the minor units alone: what was sent is bounded before it is converted."""
        if value is not None and value < 0:
            raise serializers.ValidationError(AMOUNT_FAULTS["not_a_number"])
        return value

    def to_representation(self, value):
        return str(to_major(value, settings.REPORTING_CURRENCY))


class DefectionSerializer(RowSerializer):
    """A customer that left: why, to whom, what it costs, whether it came back."""

    account: Any = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    value_lost = Major(
        required=False,
        allow_null=True,
        help_text="Per year; if not given, what it bought in the 12 months before.",
    )
    keeping_cost = Major(required=False, allow_null=True, help_text="Per year.")
    replacing_cost = Major(
        read_only=True, allow_null=True, help_text="What winning a new customer instead costs."
    )
    recorded_at = Moment(read_only=True)
    flag = serializers.IntegerField(source="flag_id", read_only=True, allow_null=True)

    class Meta:
        model = Defection
        fields = [
            "id",
            "account",
            "account_code",
            "flag",
            "type",
            "date",
            "competitor",
            "value_lost",
            "keeping_cost",
            "replacing_cost",
            "currency",
            "note",
            "winback",
            "winback_on",
            "winback_note",
            "recorded_at",
            "version",
        ]
        read_only_fields = ["currency"]


class DefectionRecordingSerializer(DefectionSerializer):
    """A loss to be recorded; what comes of it is said later."""

    date = Day(required=False, help_text="Today if not given.")

    class Meta(DefectionSerializer.Meta):
        read_only_fields = ["currency", "winback", "winback_on", "winback_note"]


class DefectionFilter(django_filters.FilterSet):
    """Narrow a list of losses."""

    account = IdFilter()

    class Meta:
        model = Defection
        fields = ["type", "winback"]


class Defections(Adding, Changing, Reading):
    """Customers that left, newest first. POST one to record it, PATCH it to say it came back."""

    area = "results"
    queryset = Defection.objects.select_related("account")
    serializer_class = DefectionSerializer
    filterset_class = DefectionFilter
    ordering = ("-date",)
    ordering_fields = ("date",)

    def get_serializer_class(self):
        return DefectionRecordingSerializer if self.action == "create" else DefectionSerializer

    def add(self, values):
        account = self.account_for(values.pop("account"))
        return record_defection(account, by=self.request.user, **values)

    def alter(self, row, version, values):
        change_defection(row, by=self.request.user, version=version, **values)
