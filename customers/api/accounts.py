"""Accounts."""

from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework import serializers

from customers import access, actions
from customers.models import Account, Region
from customers.rest.fields import RowRef
from customers.rest.filters import IdFilter
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer
from customers.tree import descendants


class AccountSerializer(RowSerializer):
    """An account's master data."""

    parent: Any = RowRef(Account, required=False, allow_null=True)
    region = RowRef(Region, required=False, allow_null=True)
    region_name = serializers.CharField(
        source="region.name", read_only=True, default=None, allow_null=True
    )
    owner = RowRef(get_user_model, read_only=True)
    owner_name = serializers.CharField(
        source="owner.name", read_only=True, default=None, allow_null=True
    )

    class Meta:
        model = Account
        fields = [
            "id",
            "code",
            "name",
            "other_name",
            "status",
            "tier",
            "stage",
            "parent",
            "region",
            "region_name",
            "industry",
            "channel",
            "position",
            "product_complexity",
            "involvement_complexity",
            "city",
            "website",
            "owner",
            "owner_name",
            "created_at",
            "version",
        ]
        read_only_fields = ["tier", "stage"]


class AccountFilter(django_filters.FilterSet):
    """Narrow a list of accounts."""

    search = django_filters.CharFilter(
        method="find", max_length=200, label="Part of a name or of the code."
    )
    code = django_filters.CharFilter(max_length=64)
    parent = IdFilter()
    owner = IdFilter()
    region = IdFilter(method="in_region", label="The region, with all below it.")

    class Meta:
        model = Account
        fields = ["status", "tier", "stage", "channel", "position", "industry"]
        fields += ["product_complexity", "involvement_complexity"]

    def find(self, accounts, name, text):
        return accounts.filter(
            Q(name__icontains=text) | Q(other_name__icontains=text) | Q(code__icontains=text)
        )

    def in_region(self, accounts, name, pk):
        return accounts.filter(region__in=descendants("customers.Region", [int(pk)]))


class Accounts(Adding, Changing, Reading):
    """The accounts that the caller may see."""

    area = "accounts"
    change = access.Change.FACTS
    queryset = Account.objects.select_related("region", "owner")
    serializer_class = AccountSerializer
    filterset_class = AccountFilter
    ordering = ("name",)
    ordering_fields: Any = ("name", "code", "created_at")

    def add(self, values):
        if not access.may_open_accounts(self.request.user):
            raise PermissionDenied(_("You may not add accounts."))
        return actions.open_account(by=self.request.user, **values)

    def alter(self, row, version, values):
        return actions.change_account(row, by=self.request.user, version=version, **values)
