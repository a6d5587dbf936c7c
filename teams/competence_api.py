"""Competence over the API: seen by the rated, the rater and the directors above alone."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action

from customers.rest.fields import Day, RowRef
from customers.rest.filters import IdFilter
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer, Strict
from teams import competence as actions
from teams.models import Competence, User

Item = Competence.Item


class AnswerSerializer(Strict, serializers.Serializer):
    """A score of one item, 1 to 5, and what shows it; a low one has a training goal."""

    item = serializers.ChoiceField(choices=Item.choices)
    score = serializers.IntegerField(min_value=1, max_value=5)
    evidence = serializers.CharField(max_length=2000)
    training_due = Day(source="goal.due", read_only=True, allow_null=True, default=None)
    trained_on = Day(source="goal.done_on", read_only=True, allow_null=True, default=None)


class Answers(serializers.ListField):
    """The answered items, each once, in the order of the items."""

    child: Any = AnswerSerializer()

    def __init__(self, **kwargs):
        super().__init__(max_length=len(Item), **kwargs)

    def to_internal_value(self, data):
        rows = super().to_internal_value(data)
        answers = {row["item"]: (row["score"], row["evidence"]) for row in rows}
        if len(answers) < len(rows):
            raise serializers.ValidationError(_("Answer each item once."))
        return answers

    def to_representation(self, data):
        rows = sorted(data.all(), key=lambda row: Item.values.index(row.item))
        return super().to_representation(rows)


class CompetenceSerializer(RowSerializer):
    """An assessment of a person for a year. `answers` sent anew take the place of all."""

    user = RowRef(lambda: User)
    user_name = serializers.CharField(source="user.name", read_only=True)
    rater = serializers.IntegerField(source="rater_id", read_only=True)
    rater_name = serializers.CharField(source="rater.name", read_only=True)
    year = serializers.IntegerField(help_text="This year or the last.")
    answers = Answers()

    class Meta:
        model = Competence
        fields = ["id", "user", "user_name", "rater", "rater_name", "year", "answers", "version"]

    def validate_user(self, user):
        if self.instance is not None and user != self.instance.user:
            raise serializers.ValidationError(_("An assessment stays with its person and year."))
        return user

    def validate_year(self, year):
        if self.instance is not None:
            if year != self.instance.year:
                raise serializers.ValidationError(
                    _("An assessment stays with its person and year.")
                )
        elif year not in actions.years():
            raise serializers.ValidationError(_("Assess this year or the last."))
        return year


class TrainedSerializer(Strict, serializers.Serializer):
    """An item whose training goal is reached; done=false opens the goal again."""

    item = serializers.ChoiceField(choices=Item.choices)
    done = serializers.BooleanField(default=True)


class CompetenceFilter(django_filters.FilterSet):
    """Narrow a list of assessments."""

    user = IdFilter()
    rater = IdFilter()
    year = IdFilter()

    class Meta:
        model = Competence
        fields: list[str] = []


class Competences(Adding, Changing, Reading):
    """Yearly assessments of competence. POST one to assess; the rater alone corrects it."""

    area = "accounts"
    queryset = Competence.objects.select_related("user", "rater")
    serializer_class = CompetenceSerializer
    filterset_class = CompetenceFilter
    ordering = ("-year",)
    ordering_fields = ("year",)
    api_names = {f"{item}_evidence": "answers" for item in Item.values}

    def get_queryset(self):
        rows = self.queryset.filter(pk__in=actions.seen_by(self.request.user).values("pk"))
        return rows.prefetch_related("answers__goal")

    def check_change(self, row):
        if row.rater_id != self.request.user.pk:
            raise PermissionDenied(_("An assessment is corrected by who made it."))

    def add(self, values):
        person, by = values["user"], self.request.user
        if person != by and not actions.rated_by(by).filter(pk=person.pk).exists():
            raise PermissionDenied(_("People are assessed by the directors above them."))
        return actions.assess(by=by, **values)

    def alter(self, row, version, values):
        if "answers" in values:
            actions.correct(row, by=self.request.user, version=version, answers=values["answers"])

    @extend_schema(request=TrainedSerializer, responses=CompetenceSerializer)
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def trained(self, request, pk=None):
        """Mark the training goal of an item as reached, or as open again."""
        row = self.get_object()
        if row.user == request.user:
            raise PermissionDenied(_("Your training goals are marked by your director."))
        sent = TrainedSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        goals = actions.goals_under(request.user).filter(answer__competence=row)
        goal = goals.filter(answer__item=sent.validated_data["item"]).first()
        if goal is None:
            raise serializers.ValidationError({"item": [_("There is no training goal for it.")]})
        with transaction.atomic():
            actions.reach_goal(goal, by=request.user, done=sent.validated_data["done"])
            return self.written(row)
