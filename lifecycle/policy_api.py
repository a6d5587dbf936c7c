"""Policies of tiers and stages, supplier stances and open-book agreements over the API."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from rest_framework import serializers

from customers import access
from customers.models import Contact, Function
from customers.rest.fields import AccountRef, Day
from customers.rest.filters import IdFilter
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer, Strict
from lifecycle.gate_actions import change_gate
from lifecycle.models import OpenBook, StageGate, SupplierStance, TierPolicy
from lifecycle.open_book_actions import change_open_book, record_open_book
from lifecycle.stance_actions import record_stance
from lifecycle.stances import ITEMS, LEAST, MOST
from lifecycle.tier_actions import change_policy


class Policies(Changing, Reading):
    """Rows of a policy: read by whoever has to do with accounts, changed by directors."""

    area = "accounts"

    def get_queryset(self):
        rows = self.queryset.all()
        return rows if access.may_see_policies(self.request.user) else rows.none()

    def check_change(self, row):
        if not access.may_direct(self.request.user):
            raise PermissionDenied(_("Directors decide about policies."))


class StageGateSerializer(RowSerializer):
    """One thing that must be shown before a stage counts as supported; `least` 0: not asked for."""

    least = serializers.IntegerField(min_value=0, max_value=100)
    days = serializers.IntegerField(min_value=1, max_value=730, allow_null=True)

    class Meta:
        model = StageGate
        fields = ["id", "stage", "kind", "least", "days", "version"]
        read_only_fields = ["stage", "kind"]


class StageGateFilter(django_filters.FilterSet):
    """Narrow the list of gates."""

    class Meta:
        model = StageGate
        fields = ["stage", "kind"]


class StageGates(Policies):
    """What each stage must rest on. A lower stage cannot ask for more than a higher one."""

    queryset = StageGate.objects.all()
    serializer_class = StageGateSerializer
    filterset_class = StageGateFilter

    def alter(self, row, version, values):
        change_gate(row, by=self.request.user, version=version, **values)


class TierPolicySerializer(RowSerializer):
    """What a tier asks of us, and by which marks it is observed (`seen_…`, read-only)."""

    contact_every_days = serializers.IntegerField(min_value=1, max_value=366)
    functions = serializers.ListField(
        child=serializers.ChoiceField(choices=Function.choices), max_length=len(Function)
    )
    levels = serializers.ListField(
        child=serializers.ChoiceField(choices=Contact.Level.choices), max_length=len(Contact.Level)
    )

    class Meta:
        model = TierPolicy
        fields = [
            "id",
            "tier",
            "contact_every_days",
            "functions",
            "levels",
            "joint_groups",
            "complex_percent",
            "seen_functions",
            "seen_ours",
            "seen_levels",
            "seen_groups",
            "version",
        ]
        read_only_fields = ["tier", "seen_functions", "seen_ours", "seen_levels", "seen_groups"]


class TierPolicies(Policies):
    """What each tier asks of us."""

    queryset = TierPolicy.objects.all()
    serializer_class = TierPolicySerializer

    def alter(self, row, version, values):
        for name, known in (("functions", Function), ("levels", Contact.Level)):
            if name in values:
                values[name] = [str(code) for code in known if code in values[name]]
        change_policy(row, by=self.request.user, version=version, **values)


class SupplierStanceSerializer(Strict, serializers.ModelSerializer):
    """Eight items, 1 (traditional) to 5 (modern), null where unknown; readiness in hundredths."""

    account = AccountRef()
    date = Day()
    by = serializers.IntegerField(source="by_id", read_only=True, allow_null=True)

    class Meta:
        model = SupplierStance
        fields = ["id", "account", "date", *ITEMS, "readiness", "by"]
        read_only_fields = ["readiness"]
        extra_kwargs = {name: {"min_value": LEAST, "max_value": MOST} for name in ITEMS}


class AccountFilter(django_filters.FilterSet):
    """Narrow a list to an account."""

    account = IdFilter()


class SupplierStances(Adding, Reading):
    """How customers treat their suppliers, latest first; the latest of an account counts."""

    area = "accounts"
    queryset = SupplierStance.objects.all()
    serializer_class = SupplierStanceSerializer
    filterset_class = AccountFilter
    ordering = ("-date",)
    ordering_fields = ("date",)

    def add(self, values):
        account = self.account_for(values.pop("account"))
        return record_stance(account, by=self.request.user, **values)


class OpenBookSerializer(RowSerializer):
    """An agreement to open the costs to each other; without `until` it is in force until ended."""

    account: Any = AccountRef()
    by = serializers.IntegerField(source="by_id", read_only=True, allow_null=True)

    class Meta:
        model = OpenBook
        fields = ["id", "account", "since", "until", "note", "by", "version"]


class OpenBooks(Adding, Changing, Reading):
    """Open-book agreements of the accounts that the caller may see; one ends by its `until`."""

    area = "accounts"
    queryset = OpenBook.objects.select_related("account")
    serializer_class = OpenBookSerializer
    filterset_class = AccountFilter
    ordering = ("-since",)
    ordering_fields = ("since",)

    def add(self, values):
        account = self.account_for(values.pop("account"))
        return record_open_book(account, by=self.request.user, **values)

    def alter(self, row, version, values):
        change_open_book(row, by=self.request.user, version=version, **values)
