"""Next steps."""

import django_filters
from django.contrib.auth import get_user_model
from rest_framework import serializers

from customers import actions
from customers.models import Interaction, NextStep
from customers.rest.fields import AccountRef, RowRef
from customers.rest.filters import IdFilter
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer


class NextStepSerializer(RowSerializer):
    """What is to be done next. Without `who` it is the planner's own."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    interaction = RowRef(Interaction, read_only=True, allow_null=True)
    who = RowRef(get_user_model, required=False)
    who_name = serializers.CharField(source="who.name", read_only=True)

    class Meta:
        model = NextStep
        fields = [
            "id",
            "account",
            "account_code",
            "interaction",
            "what",
            "due",
            "who",
            "who_name",
            "state",
            "closed_at",
            "created_at",
            "version",
        ]
        read_only_fields = ["closed_at"]


class NextStepFilter(django_filters.FilterSet):
    """Narrow a list of next steps."""

    account = IdFilter()
    who = IdFilter()
    due_from = django_filters.DateFilter(field_name="due", lookup_expr="gte")
    due_to = django_filters.DateFilter(field_name="due", lookup_expr="lte")

    class Meta:
        model = NextStep
        fields = ["state"]


class NextSteps(Adding, Changing, Reading):
    """Next steps at the accounts that the caller may see, the earliest due first."""

    area = "contacts"
    queryset = NextStep.objects.select_related("account", "who")
    serializer_class = NextStepSerializer
    filterset_class = NextStepFilter
    ordering = ("due",)
    ordering_fields = ("due", "created_at")

    def add(self, values):
        account = self.account_for(values.pop("account"))
        state = values.pop("state", NextStep.State.OPEN)
        step = actions.plan_step(account, by=self.request.user, **values)
        if state != NextStep.State.OPEN:
            actions.close_step(step, by=self.request.user, state=state)
        return step

    def alter(self, row, version, values):
        person, state = self.request.user, values.pop("state", row.state)
        changed = actions.change_step(row, by=person, version=version, **values)
        version += bool(changed)
        if state == row.state:
            return
        if state == NextStep.State.OPEN:
            actions.reopen_step(row, by=person, version=version)
        else:
            actions.close_step(row, by=person, version=version, state=state)
