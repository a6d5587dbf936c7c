"""The administrator's view of the ground: regions to change, the rest to look at.

Accounts and what hangs on them are changed by actions, which check the rules, lock versions and
write events; the admin would pass them by, so here they are for reading, and only as far as the
administrator may see them by another role.
"""

from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.models import Account, Event, Region
from customers.tree import ancestors, place_under


class TreeForm(forms.ModelForm):
    """A node of a tree; it cannot stand below itself."""

    def clean_parent(self):
        parent, node = self.cleaned_data["parent"], self.instance
        if parent and node.pk in ancestors(node._meta.label, parent.pk):
            raise forms.ValidationError(_("It cannot belong to itself or to what stands below it."))
        return parent


class TreeAdmin(admin.ModelAdmin):
    """Nodes of a tree; a move goes the one way that two at once cannot turn into a circle."""

    form = TreeForm

    def save_model(self, request, obj, form, change):
        parent = obj.parent
        if change:
            obj.parent_id = form.initial["parent"]
        super().save_model(request, obj, form, change)
        if change and "parent" in form.changed_data:
            try:
                place_under(obj, parent)
            except Refused as refusal:  # another move came between
                messages.error(request, str(refusal))


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that may be looked at by who may see their account, and nothing else."""

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Region)
class RegionAdmin(TreeAdmin):
    """Regions; what a director sees hangs on them."""

    fields = ["name", "parent"]
    list_display = ["name", "parent"]
    list_select_related = ["parent"]
    search_fields = ["name"]


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Accounts, to look up."""

    list_display = ["code", "name", "owner", "tier", "stage", "status", "region"]
    list_select_related = ["owner", "region"]
    list_filter = ["tier", "stage", "status"]
    search_fields = ["code", "name", "other_name"]
    show_full_result_count = False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened, by whom."""

    list_display = ["at", "kind", "account", "actor"]
    list_select_related = ["account", "actor"]
    list_filter = ["kind"]
    show_full_result_count = False
