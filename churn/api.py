"""Risk of a night, and the flags."""

from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import mixins, serializers

from churn import actions, findings, terms
from churn.models import DefectionType, Flag, Playbook, Risk
from churn.rules import RULES
from customers.exports import decimals
from customers.models import NextStep
from customers.money import to_major
from customers.rest.fields import AccountRef, Day, Moment, RowRef, RowRefs
from customers.rest.filters import IdFilter, YesNo
from customers.rest.nights import AS_OF, NightPages, asked_run, run_facts
from customers.rest.resources import Adding, Changing, Reading, Resource
from customers.rest.serializers import RowSerializer, Strict

# Figures of findings that are money, in minor units where they are stored.
MONEY = ("recent", "usual", "season", "enough", "lost")
LIFE = frozenset({"snoozed_until", "owner", "due"})  # what may change beside the state
# The states that people bring a flag to.
ANSWERS = [choice for choice in Flag.State.choices if choice[0] != Flag.State.OPEN]


class FindingSerializer(serializers.Serializer):
    """A signal that fired: its strength, weight and share of the score, with its evidence."""

    signal = serializers.CharField()
    text = serializers.CharField(help_text="The evidence as a sentence, in your language.")
    clears = serializers.CharField(help_text="What would clear it, in your language.")
    defection = serializers.CharField(
        help_text="The defection it announces: price, product, service or empty."
    )
    strength = serializers.FloatField()
    weight = serializers.FloatField()
    share = serializers.FloatField(help_text="Part of the score that this signal makes.")
    figures = serializers.DictField(help_text="Amounts in major units of their currency.")

    def to_representation(self, finding):
        figures, rule = dict(finding["figures"]), RULES.get(finding["signal"])
        for name in MONEY:
            if figures.get(name) is not None and "currency" in figures:
                figures[name] = str(to_major(figures[name], figures["currency"]))
        return {
            **finding,
            "text": findings.sentence(finding),
            "clears": findings.clearing(finding),
            "defection": (rule and rule.defection) or "",
            "figures": figures,
        }


class TermSerializer(serializers.Serializer):
    """A factor of the formula: score = 100 × (1 − Π(1 − x)), half up."""

    name = serializers.CharField(help_text="A signal, or “model”.")
    x = serializers.FloatField(help_text="Weight × strength; of the model its excess silence.")
    share = serializers.FloatField()


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
    terms = serializers.SerializerMethodField()

    @extend_schema_field(TermSerializer(many=True))
    def get_terms(self, row):
        run = self.context["view"].run
        if row.score is None or not run.evidence_kept:
            return []
        told = terms.of(row, run.facts.get("risk", {}))
        return TermSerializer(told.terms, many=True).data

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


@extend_schema_view(list=extend_schema(parameters=[AS_OF]))
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


class DefectionPartSerializer(Strict):
    """Why the customer left that a flag was about."""

    type = serializers.ChoiceField(choices=DefectionType.choices)
    date = Day(required=False)
    competitor = serializers.CharField(max_length=200, required=False)


class FlagSerializer(RowSerializer):
    """A warning that somebody has to answer, with the findings as they were."""

    account: serializers.Field = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    findings = FindingSerializer(many=True, read_only=True)
    opened_at = Moment(read_only=True)
    closed_at = Moment(read_only=True, allow_null=True)
    opened_by = serializers.IntegerField(source="opened_by_id", read_only=True, allow_null=True)
    owner: Any = RowRef(
        get_user_model(),
        required=False,
        allow_null=True,
        help_text="Who answers; null: the account manager.",
    )
    playbook: Any = RowRef(Playbook, required=False, allow_null=True)
    steps: Any = RowRefs(
        NextStep, read_only=True, help_text="The next steps that the playbook planned."
    )

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
            "owner",
            "told_on",
            "due",
            "snoozed_until",
            "escalated_on",
            "playbook",
            "steps",
            "closed_at",
            "version",
        ]
        read_only_fields = ["kind", "score", "as_of", "told_on", "escalated_on"]


class FlagRaisingSerializer(FlagSerializer):
    """A flag raised by hand."""

    reason = serializers.CharField(max_length=2000)
    owner = serializers.IntegerField(source="owner_id", read_only=True)
    playbook = serializers.IntegerField(source="playbook_id", read_only=True)

    class Meta(FlagSerializer.Meta):
        read_only_fields = [
            *FlagSerializer.Meta.read_only_fields,
            "state",
            "outcome",
            "due",
            "snoozed_until",
        ]


class FlagAnswerSerializer(FlagSerializer):
    """An answer to a flag: the state it comes to and, when it is closed, how it ended.

    Or without a state: until when it rests, who answers it, by when.
    """

    account = serializers.IntegerField(source="account_id", read_only=True)
    state = serializers.ChoiceField(choices=ANSWERS, required=False)
    playbook: Any = RowRef(Playbook, required=False, help_text="With the state recovery.")
    defection = DefectionPartSerializer(
        required=False, write_only=True, help_text="Why the customer left, if it is lost."
    )
    outcome = serializers.ChoiceField(choices=Flag.Outcome.choices, required=False)
    note = serializers.CharField(
        max_length=2000, required=False, write_only=True, help_text="Kept in the history."
    )

    class Meta(FlagSerializer.Meta):
        fields = [*FlagSerializer.Meta.fields, "note", "defection"]
        read_only_fields = [*FlagSerializer.Meta.read_only_fields, "reason"]

    def validate(self, values):
        values = super().validate(values)
        state = values.get("state")
        if not state and not values.keys() & LIFE:
            raise serializers.ValidationError({"state": [_("Say which state the flag comes to.")]})
        if state == Flag.State.CLOSED and "outcome" not in values:
            said = _("Say how it ended: recovered, false alarm or lost.")
            raise serializers.ValidationError({"outcome": [said]})
        faults = {
            name: [_("This belongs to closing the flag.")]
            for name in ("outcome", "note", "defection")
            if name in values and state != Flag.State.CLOSED
        }
        if "playbook" in values and state != Flag.State.RECOVERY:
            faults["playbook"] = [_("This belongs to the state “recovery”.")]
        alone = [name for name in sorted(LIFE) if name in values]
        if state and alone or {"snoozed_until"} < set(alone):
            faults |= {name: [_("Send this in a call of its own.")] for name in alone}
        if values.get("due", True) is None or values.get("snoozed_until", True) is None:
            name = "due" if values.get("due", True) is None else "snoozed_until"
            faults[name] = [_("Give a day.")]
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
    queryset = Flag.objects.select_related("account").prefetch_related("steps")
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
        person, state = self.request.user, values.get("state")
        if "snoozed_until" in values:
            actions.snooze_flag(row, by=person, version=version, until=values["snoozed_until"])
        elif state is None:
            actions.assign_flag(row, by=person, version=version, **values)
        elif state == Flag.State.CLOSED:
            actions.close_flag(
                row,
                by=person,
                version=version,
                outcome=values["outcome"],
                reason=values.get("note", ""),
                defection=values.get("defection"),
            )
        elif state == Flag.State.RECOVERY:
            actions.start_recovery(row, by=person, version=version, playbook=values.get("playbook"))
        else:
            actions.acknowledge_flag(row, by=person, version=version)
