"""Breaks of relationships over the API, and how long they last by cause."""

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from customers.models import Stage
from customers.rest.fields import Moment
from customers.rest.filters import IdFilter, YesNo
from customers.rest.resources import Reading
from lifecycle.models import Interruption
from lifecycle.recovery import by_cause
from lifecycle.stages import Cause


class BreakRemedySerializer(serializers.Serializer):
    """The next step against a cause; /next-steps/ has the step itself."""

    cause = serializers.ChoiceField(choices=Cause.choices)
    step = serializers.IntegerField(source="step_id")


class BreakSerializer(serializers.Serializer):
    """A break of a relationship: where it broke, why, and until when."""

    id = serializers.IntegerField()
    account = serializers.IntegerField(source="account_id")
    account_code = serializers.CharField(source="account.code")
    stage = serializers.ChoiceField(choices=Stage.choices, help_text="Where it broke.")
    causes = serializers.SerializerMethodField()
    note = serializers.CharField()
    remedies = BreakRemedySerializer(many=True)
    started_at = Moment()
    started_by = serializers.IntegerField(source="started_by_id", allow_null=True)
    ended_at = Moment(allow_null=True)
    ended_by = serializers.IntegerField(source="ended_by_id", allow_null=True)
    resumed_to = serializers.CharField(help_text="A stage, empty as long as it is open.")
    undone = serializers.BooleanField(help_text="Taken back at once; no figure counts it.")

    def get_causes(self, row) -> list[str]:
        return [one.cause for one in row.causes.all()]


class RecoverySerializer(serializers.Serializer):
    """How long breaks of one cause last; a break of two causes counts in both."""

    cause = serializers.ChoiceField(choices=Cause.choices)
    open = serializers.IntegerField()
    resumed = serializers.IntegerField()
    median_days = serializers.IntegerField(
        allow_null=True, help_text="From break to resumption, of those resumed."
    )


class BreakFilter(django_filters.FilterSet):
    """Narrow a list of breaks."""

    account = IdFilter()
    # Once per break, so that no row is listed twice.
    cause = django_filters.ChoiceFilter(field_name="causes__cause", choices=Cause.choices)
    open = YesNo(field_name="ended_at", lookup_expr="isnull", label="Whether it lasts still.")
    undone = YesNo()

    class Meta:
        model = Interruption
        fields = ["stage"]


class Breaks(Reading):
    """Breaks at the accounts that the caller may see, newest first. POST /stage-moves/ to add."""

    area = "accounts"
    queryset = Interruption.objects.select_related("account").prefetch_related("causes", "remedies")
    serializer_class = BreakSerializer
    filterset_class = BreakFilter
    ordering = ("-started_at",)
    ordering_fields = ("started_at", "ended_at")
    nulls_last = frozenset({"ended_at"})

    @extend_schema(responses=RecoverySerializer(many=True))
    @action(detail=False, filterset_class=None, pagination_class=None, ordering_fields=())
    def recovery(self, request):
        """Return, for each cause, how many breaks are open and how long the others lasted."""
        self.check_parameters(only=set())
        return Response(RecoverySerializer(by_cause(self.get_queryset()), many=True).data)
