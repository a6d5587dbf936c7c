"""What the evidence supports over the API: the assessments of a night."""

import django_filters
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from customers.models import Stage, Tier
from customers.rest.filters import IdFilter
from customers.rest.nights import AS_OF, NightPages, asked_run, run_facts
from customers.rest.resources import Resource
from lifecycle import evidence, gate_words
from lifecycle.evidence import Finding, Point, Policy
from lifecycle.facts import Facts
from lifecycle.models import Assessment
from lifecycle.queries import Evidence, evidence_is


class AssessmentSerializer(serializers.Serializer):
    """An account's assessment; the points are told in your language, as far as they are kept."""

    account = serializers.IntegerField(source="account_id")
    code = serializers.CharField(source="account.code")
    name = serializers.CharField(source="account.name")
    recorded = serializers.ChoiceField(
        choices=Stage.choices, help_text="The stage on record when the night was run."
    )
    supported = serializers.ChoiceField(choices=Stage.choices)
    observed_tier = serializers.ChoiceField(choices=Tier.choices)
    missing = serializers.IntegerField(help_text="Points that lack for the next stage.")
    lost = serializers.IntegerField(help_text="Points of the recorded stage that do not hold.")
    missing_points = serializers.SerializerMethodField()
    lost_points = serializers.SerializerMethodField()
    figures = serializers.DictField(help_text="What was found; empty in nights thinned out.")

    def get_missing_points(self, row) -> list[str]:
        return _told(row.finding.missing) if row.finding else []

    def get_lost_points(self, row) -> list[str]:
        return _told(row.finding.lost) if row.finding else []


class AssessmentFilter(django_filters.FilterSet):
    """Narrow a list of assessments."""

    account = IdFilter()
    code = django_filters.CharFilter(field_name="account__code", max_length=64)
    evidence = django_filters.ChoiceFilter(choices=Evidence.choices, method="by_evidence")

    class Meta:
        model = Assessment
        fields = ["recorded", "supported", "observed_tier"]

    def by_evidence(self, assessments, name, wanted):
        return assessments.filter(evidence_is(wanted, "recorded"))


@extend_schema_view(list=extend_schema(parameters=[AS_OF]))
class Assessments(mixins.ListModelMixin, Resource):
    """The stage that the evidence of each account supports, in a night; by code."""

    area = "results"
    parameters = frozenset({"as_of"})
    queryset = Assessment.objects.none()
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter
    pagination_class = NightPages
    ordering = ("account__code",)
    ordering_fields = {
        "code": "account__code",
        "name": "account__name",
        "missing": "missing",
        "lost": "lost",
    }

    @cached_property
    def run(self):
        return asked_run(self.request)

    def get_queryset(self):
        if self.run is None:
            return super().get_queryset()
        shown = Assessment.objects.of_run(self.run.pk).visible_to(self.request.user)
        return shown.select_related("account")

    def paginate_queryset(self, queryset):
        rows = super().paginate_queryset(queryset)
        if rows:
            rules = Policy(evidence.gates(), {})
            for row in rows:
                row.finding = self._finding(row, rules)
        return rows

    def night_facts(self) -> dict:
        """Return what the list states beside its rows."""
        return run_facts(self.run)

    def _finding(self, row: Assessment, rules: Policy) -> Finding | None:
        if not row.figures:
            return None
        return evidence.judge(Facts.of_figures(row.figures), row.recorded, self.run.as_of, rules)


def _told(points: list[Point]) -> list[str]:
    return [f"{gate_words.asked(one.gate)} ({gate_words.there(one)})" for one in points]
