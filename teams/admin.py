"""The administrator's view of our people: users, roles, API tokens."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm as DjangoAdminPasswordChangeForm
from django.utils.translation import gettext_lazy as _

from teams.linkage import leave_company
from teams.models import ApiToken, User


class AdminPasswordChangeForm(DjangoAdminPasswordChangeForm):
    """Set a password; as everywhere, that ends the tokens the old one stood for."""

    def save(self, commit=True):
        user = super().save(commit)
        ApiToken.objects.filter(user=user).delete()
        return user


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Users; who leaves is made inactive, not deleted, so that history keeps its names."""

    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "name", "email", "function", "is_active", "last_login"]
    list_filter = ["is_active", "groups", "function"]
    search_fields = ["username", "name", "email"]
    filter_horizontal = ["groups"]
    ordering = ["username"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["name", "email", "phone", "function", "level"]}),
        (_("Reads"), {"fields": ["language", "time_zone", "theme", "shortcuts"]}),
        (_("Access"), {"fields": ["is_active", "groups", "is_staff", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "name", "email", "usable_password", "password1"]
                + ["password2", "groups"],
            },
        )
    ]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        # Nobody lifts himself, or another, above what he is.
        return fields if request.user.is_superuser else [*fields, "is_superuser", "is_staff"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not obj.is_active and "is_active" in form.changed_data:
            leave_company(obj, by=request.user)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Tokens may be looked at and withdrawn; they are made by their owner or by a command."""

    list_display = ["name", "user", "scopes", "created", "expiry", "last_used_on"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    fields = ["name", "user", "scopes", "created", "expiry", "last_used_on"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
