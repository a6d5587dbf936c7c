"""The log of stage moves over the API; POST one to move an account."""

import django_filters
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from rest_framework import serializers

from customers.models import NextStep, Stage
from customers.rest.fields import AccountRef, Day, Moment
from customers.rest.filters import IdFilter, MomentFilter
from customers.rest.resources import Adding, Reading
from customers.rest.serializers import Strict
from lifecycle import actions
from lifecycle.models import Interruption, StageMove
from lifecycle.remedies import Proposal
from lifecycle.stages import Cause


class RemedySerializer(Strict):
    """A next step against one cause of an interruption, for the account manager."""

    cause = serializers.ChoiceField(choices=Cause.choices)
    what = serializers.CharField(max_length=NextStep._meta.get_field("what").max_length)
    due = Day()


class StageMoveSerializer(Strict, serializers.ModelSerializer):
    """A change of an account's stage: one step, an interruption, or a resumption."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    was = serializers.ChoiceField(
        choices=Stage.choices,
        required=False,
        help_text="The stage you know it in: if it is in another by now, nothing is moved (409).",
    )
    to = serializers.ChoiceField(
        choices=Stage.choices,
        help_text="One step away; interrupted; or, to resume, the stage that its evidence supports "
        "(where it broke, if that is unknown).",
    )
    causes = serializers.ListField(
        child=serializers.ChoiceField(choices=Cause.choices),
        required=False,
        max_length=len(Cause),
        help_text="Of an interruption, at least one.",
    )
    remedies = RemedySerializer(  # type: ignore[call-arg]
        many=True,
        required=False,
        write_only=True,
        max_length=len(Cause),
        help_text="Next steps of an interruption, at most one for each of its causes.",
    )
    reason = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        help_text="Needed for a move against the evidence of the latest night; without it the "
        "answer (409) names the missing points.",
    )
    at = Moment(read_only=True)
    by = serializers.IntegerField(source="by_id", read_only=True, allow_null=True)

    class Meta:
        model = StageMove
        fields = [
            "id",
            "account",
            "account_code",
            "was",
            "to",
            "reason",
            "causes",
            "remedies",
            "at",
            "by",
        ]

    def validate(self, values):
        if values.get("causes") and values["to"] != Stage.INTERRUPTED:
            raise serializers.ValidationError(
                {"causes": [_("Causes belong to an interruption alone.")]}
            )
        against = [one["cause"] for one in values.get("remedies", ())]
        if len(set(against)) < len(against) or set(against) - set(values.get("causes", ())):
            raise serializers.ValidationError(
                {"remedies": [_("Give one step at most for each of the causes.")]}
            )
        return values

    def to_representation(self, move):
        broken = (
            one for one in move.account.interruptions.all() if one.started_at == move.at
        )  # written by one action, at one moment
        move.causes = (
            [cause.cause for one in broken for cause in one.causes.all()]
            if move.to == Stage.INTERRUPTED
            else []
        )
        return super().to_representation(move)


class StageMoveFilter(django_filters.FilterSet):
    """Narrow a list of moves."""

    account = IdFilter()
    at_from = MomentFilter(field_name="at", lookup_expr="gte")
    at_to = MomentFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = StageMove
        fields = ["was", "to"]


class StageMoves(Adding, Reading):
    """Moves of the accounts that the caller may see, newest first. POST one to move an account."""

    area = "accounts"
    queryset = StageMove.objects.select_related("account").prefetch_related(
        Prefetch("account__interruptions", Interruption.objects.prefetch_related("causes"))
    )
    serializer_class = StageMoveSerializer
    filterset_class = StageMoveFilter
    ordering = ("-at",)
    ordering_fields = ("at",)

    def add(self, values):
        account = self.account_for(values.pop("account"))
        values["remedies"] = [Proposal(**one) for one in values.get("remedies", ())]
        return actions.change_stage(account, by=self.request.user, **values)
