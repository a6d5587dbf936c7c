"""Risk of a night, and the flags."""

import django_filters
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from churn import actions, findings
from churn.models import Flag, Risk
from customers.exports import decimals
from customers.money import to_major
from customers.rest.fields import AccountRef, Moment
from customers.rest.filters import IdFilter, YesNo
from customers.rest.nights import NightPages, asked_run, run_facts
from customers.rest.resources import Adding, Changing, Reading, Resource
from customers.rest.serializers import RowSerializer

# Figures of findings that are money, in minor units where they are stored.
MONEY = ("recent", "usual")
# The states that people bring a flag to.
ANSWERS = [choice for choice in Flag.State.choices if choice[0] != Flag.State.OPEN]


class FindingSerializer(serializers.Serializer):
    """A signal that fired: its strength, weight and share of the score, with its evidence."""

    signal = serializers.CharField()
    text = serializers.CharField(help_text="The evidence as a sentence, in your language.")
    strength = serializers.FloatField()
    weight = serializers.FloatField()
    share = serializers.FloatField(help_text="Part of the score that this signal makes.")
    figures = serializers.DictField(help_text="Amounts in major units of their currency.")

    def to_representation(self, finding):
        figures = dict(finding["figures"])
        for name in MONEY:
            if name in figures and "currency" in figures:
                figures[name] = str(to_major(figures[name], figures["currency"]))
        return {**finding, "text": findings.sentence(finding), "figures": figures}


class RiskSerializer(serializers.Serializer):
    """An account's risk; probability, score and level are empty unless it is scored."""

    account = serializers.IntegerField(source="account_id")
    code = serializers.CharField(source="account.code")
    name = serializers.CharField(source="account.name")
    scored = serializers.ChoiceField(choices=Risk.Scored.choices)
    risk = serializers.IntegerField(source="score", allow_null=True, help_text="0 to 100.")
    level = serializers.SerializerMethodField()
    p_inactive_90d = serializers.SerializerMethodField()
    p_decline_90d = serializers.SerializerMethodField()
    value_at_stake = serializers.SerializerMethodField()
    fatal = serializers.BooleanField(help_text="Whether one signal alone makes the risk high.")
    signals = serializers.SerializerMethodField()
    findings = FindingSerializer(many=True, help_text="Strongest first.")

    def get_level(self, row) -> str | None:
        return row.level or None

    def get_p_inactive_90d(self, row) -> str | None:
        return None if row.p_micro is None else decimals(row.p_micro, 10**6)

    def get_p_decline_90d(self, row) -> str | None:
        return None if row.p_decline_micro is None else decimals(row.p_decline_micro, 10**6)

    def get_value_at_stake(self, row) -> str | None:
        if row.value_at_stake is None:
            return None
        return str(to_major(row.value_at_stake, self.context["view"].run.currency))

    def get_signals(self, row) -> list[str]:
        return [finding["signal"] for finding in row.findings]


class RiskFilter(django_filters.FilterSet):
    """Narrow a list of risks."""

    account = IdFilter()
    code = django_filters.CharFilter(field_name="account__code", max_length=64)
    level = django_filters.ChoiceFilter(choices=Risk.Level.choices)
    fatal = YesNo()

    class Meta:
        model = Risk
        fields = ["scored"]


class RiskPages(NightPages):
    """Pages that state the median probability, which no rhythm of business is blamed for."""

    facts = NightPages.facts | {
        "median_p": {"type": "string", "format": "decimal", "nullable": True}
    }


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter("as_of", OpenApiTypes.DATE, description="The latest if not given.")
        ]
    )
)
class Risks(mixins.ListModelMixin, Resource):
    """The risks of a night, the greatest value at stake first."""

    area = "results"
    parameters = frozenset({"as_of"})
    queryset = Risk.objects.none()
    serializer_class = RiskSerializer
    filterset_class = RiskFilter
    pagination_class = RiskPages
    ordering = ("-value_at_stake",)
    ordering_fields = {
        "value_at_stake": "value_at_stake",
        "risk": "score",
        "p_inactive_90d": "p_micro",
        "p_decline_90d": "p_decline_micro",
        "code": "account__code",
    }
    nulls_last = frozenset({"value_at_stake", "score", "p_micro", "p_decline_micro"})

    @cached_property
    def run(self):
        return asked_run(self.request)

    def get_queryset(self):
        if self.run is None:
            return super().get_queryset()
        risks = Risk.objects.of_run(self.run.pk).visible_to(self.request.user)
        return risks.select_related("account")

    def night_facts(self) -> dict:
        """Return what the list states beside its rows."""
        facts = self.run.facts.get("risk", {}) if self.run else {}
        median = facts.get("median_micro")
        return {
            **run_facts(self.run),
            "median_p": None if median is None else decimals(median, 10**6),
        }


class FlagSerializer(RowSerializer):
    """A warning that somebody has to answer, with the findings as they were."""

    account: serializers.Field = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    findings = FindingSerializer(many=True, read_only=True)
    opened_at = Moment(read_only=True)
    closed_at = Moment(read_only=True, allow_null=True)
    opened_by = serializers.IntegerField(source="opened_by_id", read_only=True, allow_null=True)

    class Meta:
        model = Flag
        fields = [
            "id",
            "account",
            "account_code",
            "kind",
            "state",
            "outcome",
            "reason",
            "score",
            "as_of",
            "findings",
            "opened_at",
            "opened_by",
            "closed_at",
            "version",
        ]
        read_only_fields = ["kind", "score", "as_of"]


class FlagRaisingSerializer(FlagSerializer):
    """A flag raised by hand."""

    reason = serializers.CharField(max_length=2000)

    class Meta(FlagSerializer.Meta):
        read_only_fields = [*FlagSerializer.Meta.read_only_fields, "state", "outcome"]


class FlagAnswerSerializer(FlagSerializer):
    """An answer to a flag: the state it comes to and, when it is closed, how it ended."""

    account = serializers.IntegerField(source="account_id", read_only=True)
    state = serializers.ChoiceField(choices=ANSWERS, required=True)
    outcome = serializers.ChoiceField(choices=Flag.Outcome.choices, required=False)
    note = serializers.CharField(
        max_length=2000, required=False, write_only=True, help_text="Kept in the history."
    )

    class Meta(FlagSerializer.Meta):
        fields = [*FlagSerializer.Meta.fields, "note"]
        read_only_fields = [*FlagSerializer.Meta.read_only_fields, "reason"]

    def validate(self, values):
        values = super().validate(values)
        closing = values.get("state") == Flag.State.CLOSED
        faults = {}
        if "state" not in values:
            faults["state"] = [_("Say which state the flag comes to.")]
        elif closing and "outcome" not in values:
            faults["outcome"] = [_("Say how it ended: recovered, false alarm or lost.")]
        elif not closing:
            faults = {
                name: [_("This belongs to closing the flag.")]
                for name in ("outcome", "note")
                if name in values
            }
        if faults:
            raise serializers.ValidationError(faults)
        return values


class FlagFilter(django_filters.FilterSet):
    """Narrow a list of flags."""

    account = IdFilter()
    open = YesNo(method="not_closed", label="Whether it is not closed.")

    class Meta:
        model = Flag
        fields = ["kind", "state", "outcome"]

    def not_closed(self, flags, name, wanted):
        closed = Q(state=Flag.State.CLOSED)
        return flags.exclude(closed) if wanted else flags.filter(closed)


@extend_schema_view(
    create=extend_schema(request=FlagRaisingSerializer, responses=FlagSerializer),
    partial_update=extend_schema(request=FlagAnswerSerializer, responses=FlagSerializer),
)
class Flags(Adding, Changing, Reading):
    """Flags at the accounts that the caller may see, newest first. POST one to raise it by hand."""

    area = "results"
    queryset = Flag.objects.select_related("account")
    serializer_class = FlagSerializer
    filterset_class = FlagFilter
    ordering = ("-opened_at",)
    ordering_fields = ("opened_at", "score")
    nulls_last = frozenset({"score"})

    def get_serializer_class(self):
        sent = {"create": FlagRaisingSerializer, "partial_update": FlagAnswerSerializer}
        return sent.get(self.action, FlagSerializer)

    def add(self, values):
        account = self.account_for(values["account"])
        return actions.raise_flag(account, by=self.request.user, reason=values["reason"])

    def alter(self, row, version, values):
        person, state = self.request.user, values["state"]
        if state == Flag.State.CLOSED:
            actions.close_flag(
                row,
                by=person,
                version=version,
                outcome=values["outcome"],
                reason=values.get("note", ""),
            )
        elif state == Flag.State.RECOVERY:
            actions.start_recovery(row, by=person, version=version)
        else:
            actions.acknowledge_flag(row, by=person, version=version)
