"""The customer's people."""

import django_filters
from rest_framework import serializers

from customers import actions
from customers.models import Contact
from customers.rest.fields import AccountRef, RowRef
from customers.rest.filters import IdFilter, YesNo
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer


class ContactSerializer(RowSerializer):
    """A person at a customer."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    influence = serializers.IntegerField(
        min_value=1, max_value=5, required=False, allow_null=True, help_text="1 to 5."
    )
    reports_to = RowRef(Contact, source="parent", required=False, allow_null=True)

    class Meta:
        model = Contact
        fields = [
            "id",
            "account",
            "account_code",
            "name",
            "other_name",
            "job_title",
            "function",
            "level",
            "dmu_role",
            "attitude",
            "influence",
            "reports_to",
            "email",
            "phone",
            "left_on",
            "created_at",
            "version",
        ]


class ContactFilter(django_filters.FilterSet):
    """Narrow a list of contacts."""

    account = IdFilter()
    search = django_filters.CharFilter(
        field_name="name", lookup_expr="icontains", max_length=120, label="Part of the name."
    )
    present = YesNo(
        field_name="left_on", lookup_expr="isnull", label="Whether the person is still there."
    )

    class Meta:
        model = Contact
        fields = ["function", "level", "dmu_role", "attitude"]


class Contacts(Adding, Changing, Reading):
    """People at the accounts that the caller may see."""

    area = "contacts"
    api_names = {"parent": "reports_to"}
    queryset = Contact.objects.select_related("account")
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    ordering = ("name",)
    ordering_fields = ("name", "created_at")

    def add(self, values):
        account = self.account_for(values.pop("account"))
        return actions.add_contact(account, by=self.request.user, **values)

    def alter(self, row, version, values):
        actions.change_contact(row, by=self.request.user, version=version, **values)
