"""The back-test of a night over the API, for those who may see its page."""

import django_filters
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from churn.models import BackTest
from customers import access
from customers.rest.nights import AS_OF, NightPages, asked_run, run_facts
from customers.rest.resources import Resource


class MeasuresSerializer(serializers.Serializer):
    """How well a model ranked, and how far off it was; null where it has no meaning."""

    auc = serializers.FloatField(allow_null=True, help_text="ROC-AUC.")
    ap = serializers.FloatField(allow_null=True, help_text="Average precision.")
    lift = serializers.FloatField(allow_null=True, help_text="In the tenth ranked highest.")
    brier = serializers.FloatField(allow_null=True)


class GroupSerializer(serializers.Serializer):
    """A group of accounts, and how each model did on it."""

    accounts = serializers.IntegerField()
    cases = serializers.IntegerField(help_text="Accounts to which it happened.")
    models = serializers.DictField(
        child=MeasuresSerializer(), help_text="model, parametric, recency, rhythm and rfm."
    )


class TenthSerializer(serializers.Serializer):
    """A tenth of the accounts, the least likely first."""

    accounts = serializers.IntegerField()
    foretold = serializers.FloatField()
    came = serializers.FloatField()


class WarnedSerializer(serializers.Serializer):
    """Of whom the model would have warned first among the accounts still buying."""

    accounts = serializers.IntegerField()
    cases = serializers.IntegerField()
    warned = serializers.IntegerField()
    model = serializers.IntegerField(help_text="Right warnings of the model.")
    recency = serializers.IntegerField(help_text="Right warnings by the longest pause alone.")


class BackTestSerializer(serializers.ModelSerializer):
    """What the model foretold from an earlier day, and what came."""

    method = serializers.CharField(source="figures.told.method", help_text="combined, parametric.")
    why = serializers.CharField(
        source="figures.told.why", help_text="Code of the reason why it is parametric alone."
    )
    groups = serializers.DictField(
        source="figures.groups", child=GroupSerializer(), help_text="all, live and top."
    )
    calibration = TenthSerializer(source="figures.calibration", many=True)
    warned = WarnedSerializer(source="figures.warned")

    class Meta:
        model = BackTest
        fields = ["id", "outcome", "origin", "method", "why", "groups", "calibration", "warned"]


class BackTestFilter(django_filters.FilterSet):
    """Narrow a list of back-tests."""

    class Meta:
        model = BackTest
        fields = ["outcome"]


class BackTestPages(NightPages):
    """Pages that state how far the model lies above each baseline, over all origins."""

    facts = NightPages.facts | {
        "horizon_days": {"type": "integer", "nullable": True},
        "differences": {
            "type": "object",
            "additionalProperties": {},
            "description": "By outcome, group and baseline: the model's auc and brier less the "
            "baseline's, each with the ends of its 95 % interval over customers.",
        },
    }


@extend_schema_view(list=extend_schema(parameters=[AS_OF]))
class BackTests(mixins.ListModelMixin, Resource):
    """How good the warnings of a night's model would have been, the newest origin first."""

    area = "results"
    parameters = frozenset({"as_of"})
    queryset = BackTest.objects.none()
    serializer_class = BackTestSerializer
    filterset_class = BackTestFilter
    pagination_class = BackTestPages
    ordering = ("-origin",)
    ordering_fields = ("origin",)

    @cached_property
    def run(self):
        return asked_run(self.request)

    def get_queryset(self):
        if self.run is None:
            return super().get_queryset()
        return BackTest.objects.filter(run=self.run.pk).visible_to(self.request.user)

    def night_facts(self) -> dict:
        """Return what the list states beside its rows."""
        seen = self.run and access.may_see_back_tests(self.request.user)
        facts = self.run.facts if seen else {}
        return {
            **run_facts(self.run),
            "horizon_days": facts.get("risk", {}).get("horizon_days"),
            "differences": facts.get("back_test", {}),
        }
