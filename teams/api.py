"""Our people over the API: account teams, joint groups and their meetings, posts."""

import datetime as dt

import django_filters
from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.access import TeamRole
from customers.models import Contact
from customers.rest.fields import AccountRef, Day, RowRef, RowRefs
from customers.rest.filters import IdFilter, YesNo
from customers.rest.resources import Adding, Changing, Reading
from customers.rest.serializers import RowSerializer, Strict
from teams import actions
from teams.models import JointGroup, JointMeeting, Post, TeamMember, User


class TeamMemberSerializer(RowSerializer):
    """A person's place in the team of an account, from a day until a day."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    user = RowRef(User)
    role = serializers.ChoiceField(
        choices=TeamRole.choices,
        required=False,
        help_text="Access. `lead` is read only: who leads is the `owner` of the account.",
    )
    share = serializers.IntegerField(
        min_value=1,
        max_value=100,
        required=False,
        allow_null=True,
        help_text="Of the person's time, in percent; null is unknown.",
    )

    class Meta:
        model = TeamMember
        fields = [
            "id",
            "account",
            "account_code",
            "user",
            "role",
            "layer",
            "function",
            "since",
            "until",
            "share",
            "version",
        ]

    def validate_user(self, user):
        if self.instance is not None and user != self.instance.user:
            raise serializers.ValidationError(_("A place stays with its person. Add another one."))
        return user


class TeamMemberFilter(django_filters.FilterSet):
    """Narrow a list of places in teams."""

    account = IdFilter()
    user = IdFilter()
    open = YesNo(field_name="until", lookup_expr="isnull", label="Whether it has no last day.")

    class Meta:
        model = TeamMember
        fields = ["role", "layer", "function"]


class TeamMembers(Adding, Changing, Reading):
    """Places in the teams of the accounts that the caller may see; one ends by its `until`."""

    area = "accounts"
    queryset = TeamMember.objects.select_related("account", "user")
    serializer_class = TeamMemberSerializer
    filterset_class = TeamMemberFilter
    ordering = ("since",)
    ordering_fields = ("since", "until")
    nulls_last = frozenset({"until"})

    def add(self, values):
        account = self.account_for(values.pop("account"))
        values.setdefault("role", TeamRole.EDITOR)
        values.setdefault("layer", TeamMember.Layer.CORE)
        return actions.join(account, by=self.request.user, **values)

    def alter(self, row, version, values):
        values.pop("user", None)
        actions.change_member(row, by=self.request.user, version=version, **values)


class JointGroupSerializer(RowSerializer):
    """People of both sides who work on one subject."""

    account = AccountRef()
    account_code = serializers.CharField(source="account.code", read_only=True)
    ours = RowRefs(User, required=False)
    theirs = RowRefs(Contact, required=False)
    last_met = Day(read_only=True, allow_null=True)

    class Meta:
        model = JointGroup
        fields = [
            "id",
            "account",
            "account_code",
            "subject",
            "name",
            "ours",
            "theirs",
            "since",
            "until",
            "last_met",
            "version",
        ]


class JointGroupFilter(django_filters.FilterSet):
    """Narrow a list of joint groups."""

    account = IdFilter()
    open = YesNo(field_name="until", lookup_expr="isnull", label="Whether it has no last day.")

    class Meta:
        model = JointGroup
        fields = ["subject"]


class JointGroups(Adding, Changing, Reading):
    """Joint groups of the accounts that the caller may see; one ends by its `until`."""

    area = "accounts"
    queryset = (
        JointGroup.objects.select_related("account")
        .prefetch_related("ours", "theirs")
        .annotate(
            last_met=Subquery(
                JointMeeting.objects.filter(group=OuterRef("pk"))
                .order_by("-date")
                .values("date")[:1]
            )
        )
    )
    serializer_class = JointGroupSerializer
    filterset_class = JointGroupFilter
    ordering = ("name",)
    ordering_fields = ("name", "since", "last_met")
    nulls_last = frozenset({"last_met"})

    def add(self, values):
        account = self.account_for(values.pop("account"))
        return actions.open_joint_group(account, by=self.request.user, **values)

    def alter(self, row, version, values):
        actions.change_joint_group(row, by=self.request.user, version=version, **values)


class JointMeetingSerializer(Strict, serializers.ModelSerializer):
    """A meeting of a joint group."""

    account = AccountRef()
    group = RowRef(JointGroup)
    date = Day()
    by = serializers.IntegerField(source="by_id", read_only=True, allow_null=True)

    class Meta:
        model = JointMeeting
        fields = ["id", "account", "group", "date", "note", "by"]
        validators: list = []  # a day noted twice is for the action to refuse

    def validate(self, values):
        if values["group"].account_id != values["account"]:
            raise serializers.ValidationError({"group": [_("The group is of another account.")]})
        return values


class JointMeetingFilter(django_filters.FilterSet):
    """Narrow a list of meetings."""

    account = IdFilter()
    group = IdFilter()
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")


class JointMeetings(Adding, Reading):
    """Meetings of joint groups, newest first. POST one to note that a group met."""

    area = "accounts"
    queryset = JointMeeting.objects.all()
    serializer_class = JointMeetingSerializer
    filterset_class = JointMeetingFilter
    ordering = ("-date",)
    ordering_fields = ("date",)

    def add(self, values):
        self.account_for(values.pop("account"))
        return actions.hold_joint_meeting(values.pop("group"), by=self.request.user, **values)


class PostSerializer(RowSerializer):
    """A place in our organisation, held by a person or vacant."""

    reports_to = serializers.IntegerField(source="parent_id", read_only=True, allow_null=True)
    region = serializers.IntegerField(source="region_id", read_only=True, allow_null=True)
    holder = serializers.IntegerField(source="holder_id", read_only=True, allow_null=True)
    vacant_since = serializers.SerializerMethodField()

    class Meta:
        model = Post
        fields = [
            "id",
            "title",
            "level",
            "reports_to",
            "region",
            "holder",
            "vacant_since",
            "since",
            "until",
            "version",
        ]

    @extend_schema_field({"type": "string", "format": "date", "nullable": True})
    def get_vacant_since(self, post) -> str | None:
        if post.holder_id is not None:
            return None
        last = post.last_held
        return (last + dt.timedelta(days=1) if last else post.since).isoformat()


class PostFilter(django_filters.FilterSet):
    """Narrow the list of posts."""

    reports_to = IdFilter(field_name="parent")
    region = IdFilter()
    vacant = YesNo(field_name="holder", lookup_expr="isnull", label="Whether nobody holds it.")
    standing = YesNo(field_name="until", lookup_expr="isnull", label="Whether it still stands.")

    class Meta:
        model = Post
        fields = ["level"]


class Posts(Reading):
    """The posts of our organisation, abolished ones too. Everybody reads all of it."""

    area = "accounts"
    queryset = Post.objects.annotate(last_held=Max("holdings__until"))
    serializer_class = PostSerializer
    filterset_class = PostFilter
    ordering = ("title",)
    ordering_fields = ("title", "since")

    def get_queryset(self):
        return self.queryset.all()
