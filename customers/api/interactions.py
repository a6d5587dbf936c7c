"""The contact log."""

import django_filters
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from rest_framework import serializers

from customers import actions
from customers.models import Contact, Interaction, NextStep
from customers.rest.fields import AccountRef, Day, Moment, RowRef, RowRefs
from customers.rest.filters import IdFilter
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer, Strict


class PlannedStepSerializer(Strict):
    """The next step agreed on; without `who` it is the author's own."""

    id = serializers.IntegerField(read_only=True)
    what = serializers.CharField(max_length=200)
    due = Day()
    who = RowRef(get_user_model, required=False)
    state = serializers.ChoiceField(choices=NextStep.State.choices, read_only=True)


class InteractionSerializer(RowSerializer):
    """A contact log entry. Without `ours` the author alone was there."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    at = Moment(required=False, help_text="When it happened; now if not given.")
    author = RowRef(get_user_model, read_only=True)
    author_name = serializers.CharField(source="author.name", read_only=True)
    ours = RowRefs(get_user_model, required=False)
    theirs = RowRefs(Contact, required=False)
    next_step = PlannedStepSerializer(required=False, allow_null=True)

    class Meta:
        model = Interaction
        fields = [
            "id",
            "account",
            "account_code",
            "kind",
            "at",
            "date",
            "author",
            "author_name",
            "ours",
            "theirs",
            "subject",
            "note",
            "tone",
            "next_step",
            "created_at",
            "version",
        ]
        read_only_fields = ["date"]

    def to_representation(self, instance):
        # The reverse side of a one-to-one raises where there is none.
        if not hasattr(instance, "next_step"):
            instance._state.fields_cache["next_step"] = None
        return super().to_representation(instance)

    def validate(self, values):
        values = super().validate(values)
        if self.instance is not None and "next_step" in values:
            raise serializers.ValidationError(
                {"next_step": [_("Change the step itself, or add one, at /next-steps/.")]}
            )
        return values


class InteractionFilter(django_filters.FilterSet):
    """Narrow the contact log."""

    account = IdFilter()
    author = IdFilter()
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")

    class Meta:
        model = Interaction
        fields = ["kind", "tone"]


class Interactions(Adding, Changing, Reading):
    """The contact log of the accounts that the caller may see, newest first."""

    area = "contacts"
    queryset = Interaction.objects.select_related(
        "account", "author", "next_step"
    ).prefetch_related("ours", "theirs")
    serializer_class = InteractionSerializer
    filterset_class = InteractionFilter
    ordering = ("-at",)
    ordering_fields = ("at", "created_at")

    def add(self, values):
        account = self.account_for(values.pop("account"))
        step = values.pop("next_step", None)
        return actions.log_contact(account, by=self.request.user, step=step, **values)

    def alter(self, row, version, values):
        actions.change_interaction(row, by=self.request.user, version=version, **values)
