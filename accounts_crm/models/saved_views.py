"""Saved views of the accounts list, and which of them opens by itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.access import Role


class SavedViewQuerySet(models.QuerySet):
    """Views: one's own, and those shared with everybody."""

    def kept(self):
        return self.filter(deleted_at__isnull=True)

    def visible_to(self, user):
        return self.kept().filter(Q(owner=user) | Q(shared=True))


class SavedView(models.Model):
    """A list of accounts with a name: its filters, order and columns, not its rows."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", db_index=False
    )
    name = models.CharField(_("name"), max_length=60)
    # As accounts_crm.portfolio.address writes it; the same list is the same text.
    query = models.TextField(max_length=4000, blank=True)
    shared = models.BooleanField(_("shared with everybody"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # A deleted view stays for a day, so that deleting it can be undone.
    deleted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(deleted_at__isnull=True),
                name="view_name_once",
            )
        ]
        indexes = [
            models.Index(fields=["owner"], name="view_owner"),
            models.Index(fields=["name"], condition=Q(shared=True), name="view_shared"),
        ]

    def __str__(self):
        return self.name


class DefaultView(models.Model):
    """The view that opens by itself: for one person, or for a role where the person has none."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="defaults")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="default_view"
    )
    role = models.CharField(max_length=20, choices=Role, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, role="") | (Q(user__isnull=True) & ~Q(role="")),
                name="default_of_user_or_role",
            ),
            models.UniqueConstraint(
                fields=["role"], condition=~Q(role=""), name="default_of_role_once"
            ),
        ]

    def __str__(self):
        return f"{self.view} ({self.role or self.user})"
