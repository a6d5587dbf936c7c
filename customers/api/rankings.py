"""The 80/20 ranking, as of any night that is kept."""

import django_filters
from django.db import connection
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError

from customers import access, ranking
from customers.exports import decimals
from customers.models import Ranking
from customers.money import to_major
from customers.rest.fields import Amount
from customers.rest.filters import IdFilter
from customers.rest.nights import AS_OF, NightPages, asked_run, run_facts
from customers.rest.resources import Resource


class RankingSerializer(serializers.Serializer):
    """An account's, or a group's, place in the ranking."""

    account = serializers.IntegerField(source="account_id")
    code = serializers.CharField(source="account.code")
    name = serializers.CharField(source="account.name")
    position = serializers.IntegerField(help_text="1, 2, 3 in list order; ranks may tie.")
    rank = serializers.IntegerField()
    value = Amount(source="amount", help_text="Major units of the list's currency.")
    share = serializers.CharField(
        allow_null=True, help_text="Of the positive values, as a fraction with six decimals."
    )
    cumulative_share = serializers.CharField(allow_null=True)
    rank_move = serializers.IntegerField(
        allow_null=True, help_text="Old minus new rank: positive, it climbed."
    )

    def get_fields(self):
        return super().get_fields() | {
            "class": serializers.ChoiceField(choices=Ranking.Class.choices, source="value_class")
        }


class RankingFilter(django_filters.FilterSet):
    """Narrow a ranking; shares and ranks stay those of the whole list."""

    account = IdFilter()
    code = django_filters.CharFilter(field_name="account__code", max_length=64)
    search = django_filters.CharFilter(
        method="find", max_length=200, label="Part of a name or of the code."
    )

    class Meta:
        model = Ranking
        fields: list[str] = []

    @classmethod
    def get_filters(cls):
        classes = django_filters.ChoiceFilter(
            field_name="value_class", choices=Ranking.Class.choices
        )
        return super().get_filters() | {"class": classes}

    def find(self, rankings, name, text):
        return rankings.filter(
            Q(account__name__icontains=text)
            | Q(account__other_name__icontains=text)
            | Q(account__code__icontains=text)
        )


class RankingPages(NightPages):
    """Pages that say of what the shares are taken."""

    facts = NightPages.facts | {
        "scope": {"type": "string", "enum": Ranking.Scope.values},
        "measure": {"type": "string", "enum": ["margin", "revenue"], "nullable": True},
        "window_months": {"type": "integer", "nullable": True},
        "shares_over": {
            "type": "string",
            "enum": ["company", "visible"],
            "description": "Shares and group values are over this; ranks are the company's.",
        },
    }


@extend_schema_view(
    list=extend_schema(
        parameters=[
            AS_OF,
            OpenApiParameter("scope", OpenApiTypes.STR, enum=Ranking.Scope.values),
        ]
    )
)
class Rankings(mixins.ListModelMixin, Resource):
    """The value ranking of a night, best first, as far as the caller may see the accounts."""

    area = "results"
    parameters = frozenset({"as_of", "scope"})
    queryset = Ranking.objects.none()
    serializer_class = RankingSerializer
    filterset_class = RankingFilter
    pagination_class = RankingPages
    ordering_fields = {
        "rank": "position",
        "value": "shown_value",
        "code": "account__code",
        "name": "account__name",
    }

    @cached_property
    def run(self):
        return asked_run(self.request)

    @cached_property
    def scope(self) -> str:
        scope = self.request.query_params.get("scope", Ranking.Scope.ACCOUNT)
        if scope not in Ranking.Scope.values:
            raise ValidationError({"scope": [_("Give account or group.")]})
        return scope

    @property
    def whole(self) -> bool:
        return access.sees_all(self.request.user)

    def own_order(self):
        """Return the list's own order: for groups seen in part, that of what is seen of them."""
        whole_values = self.whole or self.scope == Ranking.Scope.ACCOUNT
        return ("position",) if whole_values else ("-shown_value", "position")

    def get_queryset(self):
        if self.run is None:
            return super().get_queryset()
        rankings = ranking.shown_rankings(self.run, self.request.user, scope=self.scope)
        return rankings.select_related("account")

    def paginate_queryset(self, queryset):
        rows = super().paginate_queryset(queryset)
        if rows:
            self._add_figures(rows)
        return rows

    def night_facts(self) -> dict:
        """Return what the list states beside its rows."""
        return {
            **run_facts(self.run),
            "scope": self.scope,
            "measure": self.run and self.run.measure,
            "window_months": self.run and self.run.window_months,
            "shares_over": "company" if self.whole else "visible",
        }

    def _add_figures(self, rows: list) -> None:
        """Give the rows of one page their shares and moves."""
        base = ranking.shown_total(self.run, self.request.user, scope=self.scope).base
        cumulative = self._cumulative(rows)
        earlier = ranking.comparable(self.run)
        before = dict(
            Ranking.objects.filter(
                run=earlier, scope=self.scope, account__in=[row.account_id for row in rows]
            ).values_list("account", "rank")
            if earlier
            else ()
        )
        for row in rows:
            value = int(row.shown_value)  # PostgreSQL sums whole numbers to a Decimal
            positive = value > 0
            row.amount = to_major(value, self.run.currency)
            row.share = decimals(value, base) if positive else None
            row.cumulative_share = decimals(cumulative[row.pk], base) if positive else None
            rank_before = before.get(row.account_id)
            row.rank_move = rank_before and rank_before - row.rank

    def _cumulative(self, rows: list) -> dict[int, int]:
        """Return the cumulative values of the page's rows over all that the caller sees."""
        if self.whole:
            return {row.pk: row.cumulative for row in rows}
        shown = ranking.shown_rankings(self.run, self.request.user, scope=self.scope)
        shown = ranking.with_shown_cumulative(shown).order_by().values("id", "shown_cumulative")
        sql, params = shown.query.sql_with_params()
        marks = ", ".join(["%s"] * len(rows))
        with connection.cursor() as cursor:
            # Around the window: filtered inside, the sums would run over the page alone.
            cursor.execute(
                f"SELECT id, shown_cumulative FROM ({sql}) shown WHERE id IN ({marks})",
                [*params, *(row.pk for row in rows)],
            )
            return {pk: int(value) for pk, value in cursor.fetchall()}
