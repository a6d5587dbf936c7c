"""Complaints and satisfaction."""

import django_filters
from rest_framework import serializers

from customers import access, actions
from customers.models import Complaint, SatisfactionScore
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
