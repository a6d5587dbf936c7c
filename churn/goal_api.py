"""Goals over the API, each with what the newest night read."""

from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery
from rest_framework import serializers

from churn.goal_actions import change_goal, check_covers, set_goal
from churn.models import Goal, GoalReading
from churn.models.goals import hundredths
from customers.models import Region
from customers.rest.fields import RowRef
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer


class Hundredths(serializers.DecimalField):
    """Percent, or points of NPS, with two decimals; stored in hundredths."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=5, decimal_places=2, **kwargs)

    def to_internal_value(self, data):
        return int(super().to_internal_value(data) * 100)

    def to_representation(self, value):
        return str(Decimal(value).scaleb(-2))


class GoalSerializer(RowSerializer):
    """What a figure is to come to by a day; empty class, tier and region mean all accounts."""

    region: Any = RowRef(Region, required=False, allow_null=True)
    baseline = Hundredths()
    target = Hundredths()
    actual = serializers.SerializerMethodField(help_text="As of the newest night.")

    class Meta:
        model = Goal
        fields = [
            "id",
            "metric",
            "value_class",
            "tier",
            "region",
            "baseline",
            "target",
            "actual",
            "since",
            "due",
            "ended_on",
            "version",
        ]

    def get_actual(self, goal) -> str | None:
        if goal.read_base is None:
            return None
        figure = hundredths(goal.read_part, goal.read_base)
        return None if figure is None else str(Decimal(figure).scaleb(-2))


class Goals(Adding, Changing, Reading):
    """Goals of churn and of recommendation. Directors set and change them."""

    area = "results"
    queryset = Goal.objects.all()
    serializer_class = GoalSerializer
    ordering = ("due",)
    ordering_fields = ("due",)

    def get_queryset(self):
        newest = GoalReading.objects.filter(goal=OuterRef("pk"), run__state="published")
        newest = newest.order_by("-run__as_of")
        return (
            super()
            .get_queryset()
            .annotate(
                read_part=Subquery(newest.values("part")[:1]),
                read_base=Subquery(newest.values("base")[:1]),
            )
        )

    def check_change(self, row):
        """Raise PermissionDenied for anybody but a director whose posts cover the region."""
        check_covers(self.request.user, row.region)

    def add(self, values):
        return set_goal(by=self.request.user, **values)

    def alter(self, row, version, values):
        change_goal(row, by=self.request.user, version=version, **values)
