"""The base of every resource."""

from typing import Any

from django.db import models, transaction
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, mixins, status
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from customers import access
from customers.errors import Refused
from customers.models import Account
from customers.rest.fields import parse_id
from customers.rest.filters import Ordering
from customers.rest.pages import Pages
from customers.rest.parsers import Json, JsonOnly
from customers.rest.throttles import PersonThrottle, StrangerThrottle


class Resource(GenericViewSet):
    """Rows of one kind, as far as the caller may see them.

    area       the token scope it belongs to, one of teams.tokens.AREAS
    change     the kind of change that writing here is
    api_names  {"model field": "API field"} where they differ, for what actions refuse
    parameters query parameters beside those of filters, order and pages
    """

    area: str
    change = access.Change.RELATIONSHIP
    serializer_class: Any
    api_names: dict[str, str] = {}
    parameters: frozenset[str] = frozenset()

    http_method_names = ["get", "head", "post", "patch"]
    lookup_value_regex = "[^/]+"
    content_negotiation_class = JsonOnly
    filter_backends = [DjangoFilterBackend, Ordering]
    metadata_class = None
    ordering: tuple[str, ...] = ("pk",)
    ordering_fields: Any = ()
    nulls_last: frozenset[str] = frozenset()
    pagination_class: type | None = Pages
    parser_classes = [Json]
    throttle_classes = [PersonThrottle]

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            timezone.deactivate()

    def initial(self, request, *args, **kwargs):
        # Read at once, so that a body beyond the limit is refused before anything happens.
        request._request.body  # noqa: B018
        super().initial(request, *args, **kwargs)
        # A session's person is served so by the middleware; a token is known only now.
        timezone.activate(request.user.time_zone)
        if request.auth is not None and request.user.language:
            translation.activate(request.user.language)
        if self.action == "list":
            self.check_parameters()

    def perform_authentication(self, request):
        try:
            super().perform_authentication(request)
        except exceptions.AuthenticationFailed:
            self._count_stranger(request)
            raise

    def check_permissions(self, request):
        if not request.user.is_authenticated:
            self._count_stranger(request)
        super().check_permissions(request)
        if request.method not in SAFE_METHODS and not access.may_write(request.user):
            self.permission_denied(request, message=_("You may read, but not change anything."))

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)

    def get_object(self):
        pk = parse_id(self.kwargs["pk"])
        row = self.get_queryset().filter(pk=pk).first() if pk else None
        if row is None:
            raise Http404
        return row

    def get_serializer_context(self):
        return {**super().get_serializer_context(), "if_match": self._if_match()}

    def own_order(self) -> tuple[str, ...]:
        """Return how the list is sorted where nobody asks for anything else."""
        return self.ordering

    def account_for(self, pk: int, change: access.Change | None = None) -> Account:
        """Return an account to write to; raise Http404 if unseen, PermissionDenied if read-only."""
        return Account.objects.get_for(self.request.user, pk, change=change or self.change)

    def answer(self, row: models.Model, code: int = status.HTTP_200_OK) -> Response:
        """Answer with a row, its version as ETag."""
        shown = self.serializer_class(row, context=self.get_serializer_context())
        response = Response(shown.data, status=code)
        if hasattr(row, "version"):
            response["ETag"] = f'"{row.version}"'
        return response

    def written(self, row: models.Model, code: int = status.HTTP_200_OK) -> Response:
        """Answer with a row as it stands after a change."""
        self.kwargs["pk"] = str(row.pk)
        response = self.answer(self.get_object(), code)
        if code == status.HTTP_201_CREATED:
            response["Location"] = f"{self.request.path}{row.pk}/"
        return response

    def _if_match(self) -> int | None:
        """Return the version that If-Match names, None without."""
        header = self.request.headers.get("If-Match")
        if header is None or self.request.method in SAFE_METHODS:
            return None
        version = parse_id(header.strip().removeprefix("W/").strip('"'))
        if version is None or version >= 2**31:
            raise exceptions.ValidationError(
                {"If-Match": [_('Give one version, as the ETag of what you read: "3".')]}
            )
        return version

    def _count_stranger(self, request) -> None:
        throttle = StrangerThrottle()
        if not throttle.allow_request(request, self):
            self.throttled(request, throttle.wait())

    def check_parameters(self, only: set[str] | None = None) -> None:
        """Raise ValidationError for a parameter that is empty or not known; `only` are those of
        a call that is no list.
        """
        self._refuse_others_than(self._list_parameters() if only is None else only)

    def _list_parameters(self) -> set[str]:
        known = {"page", "page_size", *self.parameters}
        if self.ordering_fields:
            known.add("ordering")
        if filterset := getattr(self, "filterset_class", None):
            known |= set(filterset.base_filters)
        return known

    def _refuse_others_than(self, known: set[str]) -> None:
        faults = {}
        for name, value in self.request.query_params.items():
            if name not in known:
                faults[name[:100]] = [
                    _("There is no such parameter. Choose from %(known)s.")
                    % {"known": ", ".join(sorted(known))}
                ]
            elif not value:
                # An empty filter is a client's mistake more often than a wish for everything.
                faults[name] = [_("Give a value, or leave the parameter out.")]
        if faults:
            raise exceptions.ValidationError(faults)


class Reading(mixins.ListModelMixin, Resource):
    """A list, and each row by its id."""

    def retrieve(self, request, *args, **kwargs):
        """Return one."""
        return self.answer(self.get_object())


class Adding(Resource):
    """Rows that callers add, by an action."""

    def create(self, request, *args, **kwargs):
        """Add one."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            row = self.add(dict(serializer.validated_data))
            return self.written(row, status.HTTP_201_CREATED)

    def add(self, values: dict) -> models.Model:
        """Call the action that adds a row, and return it."""
        raise NotImplementedError


class Changing(Resource):
    """Rows that callers change, by an action, under the version they read."""

    def partial_update(self, request, *args, **kwargs):
        """Change some of its fields. Say which version you read: in If-Match, or as `version`."""
        row = self.get_object()
        self.check_may_change(row)
        serializer = self.get_serializer(row, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        try:
            with transaction.atomic():
                self.alter(row, values.pop("version"), values)
                return self.written(row)
        except Refused as refusal:
            if refusal.conflict:
                refusal.conflict["fields"] = self._both_values(request.data)
            raise

    def check_may_change(self, row: Any) -> None:
        """Raise PermissionDenied where the caller may only read the row."""
        account = row if isinstance(row, Account) else row.account
        self.account_for(account.pk)

    def _both_values(self, sent: dict) -> dict[str, dict]:
        """Return what was sent beside what now holds, as the resource shows it."""
        now = self.serializer_class(self.get_object(), context=self.get_serializer_context()).data
        return {
            name: {"yours": value, "theirs": now[name]}
            for name, value in sent.items()
            if name in now and name != "version" and value != now[name]
        }

    def alter(self, row: Any, version: int, values: dict) -> None:
        """Call the action that changes the row."""
        raise NotImplementedError
