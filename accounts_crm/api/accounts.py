"""Accounts with their owner, and with rank and risk of the latest published night."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from churn.models import Risk
from churn.queries import with_risk
from customers import access
from customers.api import accounts
from customers.models import Account, Ranking
from customers.money import to_major
from customers.ranking import with_rank
from customers.rest.fields import RowRef
from customers.rest.nights import published_run
from teams.actions import set_owner
from teams.models import User
from teams.tokens import allows


class AccountRankSerializer(serializers.Serializer):
    """An account's place in the ranking of the latest night."""

    as_of = serializers.DateField()
    rank = serializers.IntegerField()
    value = serializers.DecimalField(max_digits=20, decimal_places=4)
    currency = serializers.CharField()

    def get_fields(self):
        return super().get_fields() | {"class": serializers.ChoiceField(Ranking.Class.choices)}


class AccountRiskSerializer(serializers.Serializer):
    """An account's risk of the latest night; /risk/ has the reasons."""

    as_of = serializers.DateField()
    scored = serializers.ChoiceField(Risk.Scored.choices)
    risk = serializers.IntegerField(allow_null=True)
    level = serializers.ChoiceField(Risk.Level.choices, allow_null=True)
    value_at_stake = serializers.CharField(allow_null=True)
    currency = serializers.CharField()


class AccountSerializer(accounts.AccountSerializer):
    """An account. Ranking and risk are empty where there is none, or for a token without scope."""

    owner = RowRef(User, required=False, allow_null=True)
    ranking = serializers.SerializerMethodField()
    risk = serializers.SerializerMethodField()

    class Meta(accounts.AccountSerializer.Meta):
        fields = [*accounts.AccountSerializer.Meta.fields, "ranking", "risk"]

    @extend_schema_field(AccountRankSerializer(allow_null=True))
    def get_ranking(self, row) -> dict | None:
        run = self.context["view"].run
        if row.rank is None:
            return None
        return {
            "as_of": run.as_of.isoformat(),
            "rank": row.rank,
            "class": row.value_class,
            "value": str(to_major(row.value, run.currency)),
            "currency": run.currency,
        }

    @extend_schema_field(AccountRiskSerializer(allow_null=True))
    def get_risk(self, row) -> dict | None:
        run, stake = self.context["view"].run, row.risk_at_stake
        if row.risk_scored is None:
            return None
        return {
            "as_of": run.as_of.isoformat(),
            "scored": row.risk_scored,
            "risk": row.risk_score,
            "level": row.risk_level or None,
            "value_at_stake": None if stake is None else str(to_major(stake, run.currency)),
            "currency": run.currency,
        }


class AccountFilter(accounts.AccountFilter):
    """Narrow a list of accounts by their results too."""

    level = django_filters.ChoiceFilter(field_name="risk_level", choices=Risk.Level.choices)

    @classmethod
    def get_filters(cls):
        classes = django_filters.ChoiceFilter(
            field_name="value_class", choices=Ranking.Class.choices
        )
        return super().get_filters() | {"class": classes}


class Accounts(accounts.Accounts):
    """The accounts that the caller may see, with rank and risk of the latest published night."""

    serializer_class = AccountSerializer
    filterset_class = AccountFilter
    ordering_fields = {
        **{name: name for name in accounts.Accounts.ordering_fields},
        "rank": "place",
        "risk": "risk_score",
        "value_at_stake": "risk_at_stake",
    }
    nulls_last = frozenset({"place", "risk_score", "risk_at_stake"})

    @cached_property
    def run(self):
        """Return the latest published run, None for a token that may not read results."""
        token = self.request.auth
        if token is not None and not allows(token, "results", write=False):
            return None
        return published_run()

    def get_queryset(self):
        return with_risk(with_rank(super().get_queryset(), self.run), self.run)

    def add(self, values):
        person = self.request.user
        owner = values.pop("owner", None)
        if owner is None and access.Role.MANAGER in access.roles_of(person):
            owner = person
        account = super().add(values)
        if owner is not None:
            set_owner(account, to=owner, by=person)
        if not Account.objects.editable_by(person, self.change).filter(pk=account.pk).exists():
            raise PermissionDenied(
                _("You could not change this account afterwards. Own it, or choose your region.")
            )
        return account

    def alter(self, row, version, values):
        owner = values.pop("owner", row.owner)
        if owner != row.owner:
            self.account_for(row.pk, access.Change.RELATIONSHIP)
        changed = super().alter(row, version, values)
        if owner != row.owner:
            set_owner(row, to=owner, by=self.request.user, version=version + bool(changed))
