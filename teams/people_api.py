"""Linkage groups, deputies and handovers over the API."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from customers import access
from customers.models import Account
from customers.rest.fields import AccountRef, Day, Moment, RowRef, RowRefs
from customers.rest.filters import IdFilter, YesNo
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer, Strict
from teams import handover as handovers
from teams import linkage
from teams.models import Deputy, Handover, HandoverTick, LinkageGroup, LinkageMember, User


class MemberRefs(RowRefs):
    """Who is in a group today, by the ids of the people."""

    def get_attribute(self, instance):
        return instance

    def to_representation(self, value):
        return sorted(member.user_id for member in value.members.all())


class LinkageGroupSerializer(RowSerializer):
    """Managers of similar accounts who cover for one another. `members` sent anew replaces all."""

    members: Any = MemberRefs(lambda: User)

    class Meta:
        model = LinkageGroup
        fields = ["id", "name", "members", "version"]


class LinkageGroups(Adding, Changing, Reading):
    """The linkage groups, each with who is in it today. Directors who hold a post form them."""

    area = "accounts"
    queryset = LinkageGroup.objects.prefetch_related(
        Prefetch("members", LinkageMember.objects.filter(until__isnull=True))
    )
    serializer_class = LinkageGroupSerializer
    ordering = ("name",)
    ordering_fields = ("name",)
    api_names = {"user": "members"}

    def get_queryset(self):
        # No account is told of, so who reaches no account is told of no group either.
        groups = self.queryset.all()
        return groups if access.roles_of(self.request.user) - {access.Role.ADMIN} else groups.none()

    def check_change(self, row):
        if not access.may_lead_people(self.request.user):
            raise PermissionDenied(_("Linkage groups are formed by directors."))

    def add(self, values):
        self.check_change(None)
        return linkage.form_group(by=self.request.user, **values)

    def alter(self, row, version, values):
        linkage.change_group(row, by=self.request.user, version=version, **values)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], pagination_class=None, ordering_fields=())
    def end(self, request, pk=None):
        """End a group: everybody leaves it, and what hung on it ends."""
        row = self.get_object()
        self.check_change(row)
        linkage.end_group(row, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeputySerializer(RowSerializer):
    """Who covers an account: for good, or until a day."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    user = RowRef(lambda: User)
    user_name = serializers.CharField(source="user.name", read_only=True)
    group = serializers.IntegerField(source="group_id", read_only=True)
    since = Day(required=False, help_text="Without one: today.")
    version = None  # type: ignore[assignment]  # a deputy is ended, never changed

    class Meta:
        model = Deputy
        fields = ["id", "account", "account_code", "user", "user_name", "group", "since", "until"]


class DeputyFilter(django_filters.FilterSet):
    """Narrow a list of deputies."""

    account = IdFilter()
    user = IdFilter()

    class Meta:
        model = Deputy
        fields: list[str] = []


class Deputies(Adding, Reading):
    """Deputies of the accounts that the caller may see. POST one to name a deputy."""

    area = "accounts"
    queryset = Deputy.objects.select_related("account", "user")
    serializer_class = DeputySerializer
    filterset_class = DeputyFilter
    ordering = ("-since",)
    ordering_fields = ("since",)

    def add(self, values):
        account = self.account_for(values.pop("account"))
        self._check_appoints(account)
        return linkage.name_deputy(account, by=self.request.user, **values)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def end(self, request, pk=None):
        """End a deputyship as of today; one that was to begin later never does."""
        row = self.get_object()
        self._check_appoints(row.account)
        linkage.end_deputy(row, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _check_appoints(self, account: Account) -> None:
        appointed = Account.objects.filter(access.appointed_by(self.request.user))
        if not appointed.filter(pk=account.pk).exists():
            raise PermissionDenied(
                _("Deputies are named by the account manager and the directors above.")
            )


class TickSerializer(Strict, serializers.Serializer):
    """A point of the checklist; done=false takes the tick back."""

    item = serializers.ChoiceField(choices=HandoverTick.Item.choices)
    done = serializers.BooleanField(default=True)


class HandoverSerializer(serializers.ModelSerializer):
    """An account on its way from one manager to another."""

    account = serializers.IntegerField(source="account_id")
    account_code = serializers.CharField(source="account.code")
    was = serializers.IntegerField(source="was_id")
    to = serializers.IntegerField(source="to_id")
    ticked = serializers.SerializerMethodField()
    closed_at = Moment(read_only=True, allow_null=True)

    class Meta:
        model = Handover
        fields = ["id", "account", "account_code", "was", "to", "opened_on", "closed_at", "ticked"]

    def get_ticked(self, handover) -> list[str]:
        return sorted(tick.item for tick in handover.ticks.all())


class HandoverFilter(django_filters.FilterSet):
    """Narrow a list of handovers."""

    account = IdFilter()
    to = IdFilter()
    open = YesNo(field_name="closed_at", lookup_expr="isnull")

    class Meta:
        model = Handover
        fields: list[str] = []


class Handovers(Reading):
    """Handovers of the accounts that the caller may see, newest first."""

    area = "accounts"
    queryset = Handover.objects.select_related("account").prefetch_related("ticks")
    serializer_class = HandoverSerializer
    filterset_class = HandoverFilter
    ordering = ("-opened_on",)
    ordering_fields = ("opened_on",)

    @extend_schema(request=TickSerializer, responses=HandoverSerializer)
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def ticks(self, request, pk=None):
        """Tick a point of the checklist, or take the tick back."""
        row = self.get_object()
        self.account_for(row.account_id)
        sent = TickSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        act = handovers.tick if sent.validated_data["done"] else handovers.untick
        with transaction.atomic():
            act(row, sent.validated_data["item"], by=request.user)
            return self.written(row)
