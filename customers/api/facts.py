"""Complaints, satisfaction, receivables, competitors seen."""

from decimal import Decimal

import django_filters
from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from customers import access, actions, receivable_actions, sighting_actions
from customers.fact_forms import AMOUNT_FAULTS
from customers.models import CompetitorSighting, Complaint, Receivable, SatisfactionScore
from customers.money import CODES, AmountError, to_major, to_minor
from customers.rest.fields import AccountRef
from customers.rest.filters import IdFilter, YesNo
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer


class ComplaintSerializer(RowSerializer):
    """What a customer complained of; open until resolved."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)

    class Meta:
        model = Complaint
        fields = [
            "id",
            "account",
            "account_code",
            "category",
            "severity",
            "opened_on",
            "resolved_on",
            "text",
            "source",
            "version",
        ]


class ComplaintFilter(django_filters.FilterSet):
    """Narrow a list of complaints."""

    account = IdFilter()
    open = YesNo(
        field_name="resolved_on", lookup_expr="isnull", label="Whether it is not resolved."
    )
    opened_from = django_filters.DateFilter(field_name="opened_on", lookup_expr="gte")
    opened_to = django_filters.DateFilter(field_name="opened_on", lookup_expr="lte")

    class Meta:
        model = Complaint
        fields = ["category", "severity"]


class Complaints(Adding, Changing, Reading):
    """Complaints of the accounts that the caller may see, newest first."""

    area = "facts"
    change = access.Change.FACTS
    queryset = Complaint.objects.select_related("account")
    serializer_class = ComplaintSerializer
    filterset_class = ComplaintFilter
    ordering = ("-opened_on",)
    ordering_fields = ("opened_on", "severity")

    def add(self, values):
        account = self.account_for(values.pop("account"))
        return actions.record_complaint(account, by=self.request.user, **values)

    def alter(self, row, version, values):
        actions.change_complaint(row, by=self.request.user, version=version, **values)


class SatisfactionSerializer(RowSerializer):
    """How likely a customer is to recommend us, 0 to 10, on a date."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    score = serializers.IntegerField(min_value=0, max_value=10)

    class Meta:
        model = SatisfactionScore
        fields = ["id", "account", "account_code", "score", "date", "source", "version"]


class SatisfactionFilter(django_filters.FilterSet):
    """Narrow a list of satisfaction scores."""

    account = IdFilter()
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")

    class Meta:
        model = SatisfactionScore
        fields: list[str] = []


class Satisfaction(Adding, Reading):
    """Satisfaction scores of the accounts that the caller may see, newest first."""

    area = "facts"
    change = access.Change.FACTS
    queryset = SatisfactionScore.objects.select_related("account")
    serializer_class = SatisfactionSerializer
    filterset_class = SatisfactionFilter
    ordering = ("-date",)
    ordering_fields = ("date", "score")

    def add(self, values):
        account = self.account_for(values.pop("account"))
        return actions.record_satisfaction(account, by=self.request.user, **values)


class ReceivableSerializer(RowSerializer):
    """An invoice that a customer owes, or trouble with its credit; open until settled."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    amount = serializers.DecimalField(
        source="amount_minor",
        max_digits=17,
        decimal_places=4,
        min_value=Decimal("0.0001"),
        required=False,
        allow_null=True,
        help_text="Major units of the currency, such as 1250.00; every invoice has one.",
    )
    currency = serializers.CharField(
        max_length=3, required=False, help_text="ISO 4217; if not given, the reporting currency."
    )

    class Meta:
        model = Receivable
        fields = [
            "id",
            "account",
            "account_code",
            "type",
            "reference",
            "issued_on",
            "due_on",
            "amount",
            "currency",
            "settled_on",
            "note",
            "source",
            "version",
        ]

    def to_representation(self, row):
        shown = super().to_representation(row)
        if row.amount_minor is not None:
            shown["amount"] = str(to_major(row.amount_minor, row.currency))
        return shown

    def validate_currency(self, code):
        if code not in CODES:
            raise serializers.ValidationError(
                _("“%(code)s” is no currency. Give its code, such as CNY, EUR or USD.")
                % {"code": code}
            )
        return code

    def validate(self, values):
        values, row = super().validate(values), self.instance
        was = row.currency if row else settings.REPORTING_CURRENCY
        currency = values.setdefault("currency", was)
        amount = values.get("amount_minor")
        if "amount_minor" not in values and row and row.amount_minor is not None:
            amount = to_major(row.amount_minor, was)  # the same figure in another currency
        if amount is not None:
            try:
                values["amount_minor"] = to_minor(amount, currency)
            except AmountError as fault:
                raise serializers.ValidationError({"amount": AMOUNT_FAULTS[fault.code]}) from None
        return values


class ReceivableFilter(django_filters.FilterSet):
    """Narrow a list of receivables."""

    account = IdFilter()
    open = YesNo(field_name="settled_on", lookup_expr="isnull", label="Whether it is not settled.")
    due_from = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Receivable
        fields = ["type", "reference"]


class Receivables(Adding, Changing, Reading):
    """Invoices and credit trouble of the accounts that the caller may see, newest first."""

    area = "facts"
    change = access.Change.FACTS
    queryset = Receivable.objects.select_related("account")
    serializer_class = ReceivableSerializer
    filterset_class = ReceivableFilter
    ordering = ("-issued_on",)
    ordering_fields = ("issued_on", "due_on")
    nulls_last = frozenset({"due_on"})
    api_names = {"amount_minor": "amount"}

    def add(self, values):
        account = self.account_for(values.pop("account"))
        return receivable_actions.record_receivable(account, by=self.request.user, **values)

    def alter(self, row, version, values):
        receivable_actions.change_receivable(row, by=self.request.user, version=version, **values)


class SightingSerializer(RowSerializer):
    """A competitor seen at a customer; a share of null is unknown."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    share = serializers.IntegerField(
        min_value=0,
        max_value=100,
        required=False,
        allow_null=True,
        help_text="Per cent of what the customer buys, as estimated.",
    )

    class Meta:
        model = CompetitorSighting
        fields = [
            "id",
            "account",
            "account_code",
            "competitor",
            "seen_on",
            "share",
            "note",
            "source",
            "version",
        ]


class SightingFilter(django_filters.FilterSet):
    """Narrow a list of competitors seen."""

    account = IdFilter()
    seen_from = django_filters.DateFilter(field_name="seen_on", lookup_expr="gte")
    seen_to = django_filters.DateFilter(field_name="seen_on", lookup_expr="lte")

    class Meta:
        model = CompetitorSighting
        fields = ["competitor"]


class Sightings(Adding, Changing, Reading):
    """Competitors seen at the accounts that the caller may see, newest first."""

    area = "facts"
    change = access.Change.FACTS
    queryset = CompetitorSighting.objects.select_related("account")
    serializer_class = SightingSerializer
    filterset_class = SightingFilter
    ordering = ("-seen_on",)
    ordering_fields = ("seen_on", "share")
    nulls_last = frozenset({"share"})

    def add(self, values):
        account = self.account_for(values.pop("account"))
        return sighting_actions.record_sighting(account, by=self.request.user, **values)

    def alter(self, row, version, values):
        sighting_actions.change_sighting(row, by=self.request.user, version=version, **values)
