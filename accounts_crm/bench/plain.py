"""What a page is measured against: Django's own admin and a plain REST view of the same rows.

A URL map of its own, used by the benchmark alone; it stands beside the product's addresses, so
that both pass the same middleware.
"""

from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.urls import path
from rest_framework.generics import ListAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.serializers import ModelSerializer

from accounts_crm import urls
from customers.models import Account, Contact, Interaction


class Contacts(TabularInline):
    model = Contact
    fields = ["name", "job_title", "function", "level", "dmu_role", "attitude"]
    extra = 0


class Interactions(TabularInline):
    model = Interaction
    fields = ["at", "kind", "subject", "note", "tone"]
    extra = 0


class Accounts(ModelAdmin):
    """The accounts as a developer has them in an hour."""

    list_display = ["code", "name", "region", "owner", "tier", "stage", "status"]
    list_select_related = ["region", "owner"]
    list_filter = ["tier", "stage", "status"]
    list_per_page = 50
    search_fields = ["code", "name", "other_name"]
    raw_id_fields = ["parent", "owner", "region"]
    exclude = ["website"]  # Django 5 warns of its form field
    inlines = [Contacts, Interactions]


class AccountSerializer(ModelSerializer):
    """The columns of an account."""

    class Meta:
        model = Account
        fields = [
            "id", "code", "name", "other_name", "parent", "status", "tier", "stage", "region",
            "industry", "channel", "city", "owner", "version",
        ]  # fmt: skip


class Fifty(LimitOffsetPagination):
    """Pages of fifty."""

    default_limit = 50


class AccountList(ListAPIView):
    """All accounts, without any rule of access."""

    queryset = Account.objects.order_by("name")
    serializer_class = AccountSerializer
    pagination_class = Fifty


site = AdminSite(name="plain")
site.register(Account, Accounts)

urlpatterns = [
    *urls.urlpatterns,
    path("plain/admin/", site.urls),
    path("plain/api/accounts/", AccountList.as_view()),
]
