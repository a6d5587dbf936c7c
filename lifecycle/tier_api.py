"""Requests for another tier over the API: asked by one, decided by another."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from customers import access
from customers.models import Tier
from customers.rest.fields import AccountRef, Moment
from customers.rest.filters import IdFilter
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer
from lifecycle.models import TierRequest
from lifecycle.tier_actions import ask_tier, decide_tier, withdraw_tier

State = TierRequest.State
ANSWERS = State.choices[1:]


class TierRequestSerializer(RowSerializer):
    """A request for another tier of an account, and what became of it."""

    account: Any = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    to = serializers.ChoiceField(choices=Tier.choices)
    reason = serializers.CharField(max_length=2000)
    asked_at = Moment(read_only=True)
    asked_by = serializers.IntegerField(source="asked_by_id", read_only=True, allow_null=True)
    decided_at = Moment(read_only=True, allow_null=True)
    decided_by = serializers.IntegerField(source="decided_by_id", read_only=True, allow_null=True)

    class Meta:
        model = TierRequest
        fields = [
            "id",
            "account",
            "account_code",
            "was",
            "to",
            "reason",
            "state",
            "asked_at",
            "asked_by",
            "decided_at",
            "decided_by",
            "answer",
            "version",
        ]
        read_only_fields = ["was", "state", "answer"]


class TierDecisionSerializer(TierRequestSerializer):
    """A decision, with its reason; or `withdrawn`, by the asker alone."""

    account = serializers.IntegerField(source="account_id", read_only=True)
    to = serializers.ChoiceField(choices=Tier.choices, read_only=True)
    reason = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(choices=ANSWERS)
    answer = serializers.CharField(
        max_length=2000, required=False, help_text="The reason of the decision."
    )

    class Meta(TierRequestSerializer.Meta):
        read_only_fields = ["was"]

    def validate(self, values):
        values = super().validate(values)
        if "state" not in values:
            raise serializers.ValidationError({"state": [_("Approve the request or decline it.")]})
        if values["state"] != State.WITHDRAWN and "answer" not in values:
            raise serializers.ValidationError({"answer": [_("Give the reason of your decision.")]})
        return values


class TierRequestFilter(django_filters.FilterSet):
    """Narrow a list of requests."""

    account = IdFilter()

    class Meta:
        model = TierRequest
        fields = ["state", "was", "to"]


@extend_schema_view(
    partial_update=extend_schema(request=TierDecisionSerializer, responses=TierRequestSerializer),
)
class TierRequests(Adding, Changing, Reading):
    """Requests for another tier, newest first. POST one to ask; PATCH its state to decide it."""

    area = "accounts"
    queryset = TierRequest.objects.select_related("account")
    serializer_class = TierRequestSerializer
    filterset_class = TierRequestFilter
    ordering = ("-asked_at",)
    ordering_fields = ("asked_at",)

    def get_serializer_class(self):
        return TierDecisionSerializer if self.action == "partial_update" else TierRequestSerializer

    def add(self, values):
        account = self.account_for(values["account"])
        return ask_tier(account, by=self.request.user, to=values["to"], reason=values["reason"])

    def alter(self, row, version, values):
        person = self.request.user
        if values["state"] == State.WITHDRAWN:
            withdraw_tier(row, by=person, version=version)
            return
        if not access.may_direct(person):
            raise PermissionDenied(_("Directors decide about tiers."))
        decide_tier(row, by=person, to=values["state"], reason=values["answer"], version=version)
