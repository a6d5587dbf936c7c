"""Playbooks over the API."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from rest_framework import serializers

from churn.models import Playbook
from churn.playbook_actions import change_playbook, make_playbook
from churn.queries import with_success
from customers import access
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer, Strict


class PlaybookActionSerializer(Strict):
    """One action: so many days after the recovery starts."""

    after_days = serializers.IntegerField(min_value=0, max_value=365)
    what = serializers.CharField(max_length=200)


class PlaybookSerializer(RowSerializer):
    """A list of dated actions against one type of defection, and how often it helped."""

    plan = PlaybookActionSerializer(many=True)
    recovered = serializers.IntegerField(
        read_only=True, help_text="Flags that followed it and were closed as recovered."
    )
    ended = serializers.IntegerField(
        read_only=True, help_text="Flags that followed it and were closed as recovered or lost."
    )

    class Meta:
        model = Playbook
        fields = ["id", "name", "against", "plan", "active", "recovered", "ended", "version"]


class Playbooks(Adding, Changing, Reading):
    """What is done about each type of defection. Directors make and change playbooks."""

    area = "results"
    queryset = Playbook.objects.all()
    serializer_class = PlaybookSerializer
    ordering = ("name",)
    ordering_fields = ("name",)
    filterset_fields = ()

    def get_queryset(self):
        return with_success(super().get_queryset())

    def check_change(self, row):
        """Raise PermissionDenied for anybody but a director."""
        if not access.may_direct(self.request.user):
            raise PermissionDenied(_("Playbooks are made by directors."))

    def add(self, values):
        self.check_change(None)
        values.pop("active", None)
        return make_playbook(by=self.request.user, **values)

    def alter(self, row, version, values):
        change_playbook(row, by=self.request.user, version=version, **values)
