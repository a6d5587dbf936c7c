"""Accounts, their groups and regions."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers import access


class Tier(models.TextChoices):
    """How close the relationship is meant to be; written by lifecycle alone."""

    ORDINARY = "ordinary", _("Ordinary")
    PARTNER = "partner", _("Partner")
    STRATEGIC = "strategic", _("Strategic")


class Stage(models.TextChoices):
    """How far the relationship has developed; written by lifecycle alone."""

    PRE = "pre", _("Pre")
    EARLY = "early", _("Early")
    MID = "mid", _("Mid")
    PARTNERSHIP = "partnership", _("Partnership")
    SYNERGISTIC = "synergistic", _("Synergistic")
    INTERRUPTED = "interrupted", _("Interrupted")


class Region(models.Model):
    """A sales region; regions form a tree."""

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="region_name"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(parent__isnull=True), name="region_root_name"
            ),
        ]

    def __str__(self):
        return self.name


class AccountQuerySet(models.QuerySet):
    """Accounts, always asked through the access rule."""

    def visible_to(self, user):
        return self.filter(access.seen_by(user))

    def editable_by(self, user, change=access.Change.RELATIONSHIP):
        return self.visible_to(user).filter(access.changed_by(user, change))

    def with_permissions(self, user):
        """Annotate what a user may change; see Account.may_be_changed_by."""
        own = Account.objects.filter(pk=models.OuterRef("pk"))
        return self.annotate(
            **{
                f"may_{kind}": models.Exists(own.filter(access.changed_by(user, kind)))
                for kind in access.Change
            }
        )

    def get_for(self, user, pk, *, change: access.Change | None = None):
        """Return the account; raise Http404 if unseen, PermissionDenied if read-only."""
        account = get_object_or_404(self.visible_to(user), pk=pk)
        if change and not self.editable_by(user, change).filter(pk=pk).exists():
            raise PermissionDenied(
                gettext("You may read %(account)s, but not change it.") % {"account": account}
            )
        return account


class AccountScopedQuerySet(models.QuerySet):
    """Rows with an `account` are as visible as that account."""

    def visible_to(self, user):
        if access.sees_all(user):
            return self
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def editable_by(self, user, change=access.Change.RELATIONSHIP):
        return self.filter(account__in=Account.objects.editable_by(user, change).values("pk"))

    def get_for(self, user, pk, *, change: access.Change | None = None):
        """Return the row; raise Http404 if unseen, PermissionDenied if read-only."""
        row = get_object_or_404(self.visible_to(user).select_related("account"), pk=pk)
        if change:
            Account.objects.get_for(user, row.account_id, change=change)
        return row


class Account(models.Model):
    """A company we look after as a key account."""

    class Status(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        ACTIVE = "active", _("Active")
        LOST = "lost", _("Lost")

    class Channel(models.TextChoices):
        DIRECT = "direct", _("Direct")
        DEALER = "dealer", _("Dealer")

    class Position(models.TextChoices):
        RAW_MATERIAL = "raw_material", _("Raw material")
        COMPONENT = "component", _("Component")
        PRODUCT = "product", _("Product")
        INTERMEDIARY = "intermediary", _("Intermediary")
        END_USER = "end_user", _("End user")

    class Complexity(models.TextChoices):
        SIMPLE = "simple", _("Simple")
        COMPLEX = "complex", _("Complex")

    code = models.CharField(_("code"), max_length=64, unique=True)  # other systems know it by this
    name = models.CharField(_("name"), max_length=200, db_index=True)
    # A second name, usually in the other script, shown beside the first and found by search.
    other_name = models.CharField(_("other name"), max_length=200, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.ACTIVE, db_index=True
    )
    tier = models.CharField(
        _("tier"), max_length=10, choices=Tier, default=Tier.ORDINARY, db_index=True
    )
    stage = models.CharField(
        _("stage"), max_length=12, choices=Stage, default=Stage.PRE, db_index=True
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("region")
    )
    industry = models.CharField(_("industry"), max_length=120, blank=True, db_index=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, blank=True)
    position = models.CharField(
        _("position in the value chain"), max_length=12, choices=Position, blank=True
    )
    # Together they are the quadrant of participation; see customers.participation.
    product_complexity = models.CharField(
        _("product complexity"), max_length=7, choices=Complexity, blank=True
    )
    involvement_complexity = models.CharField(
        _("involvement complexity"), max_length=7, choices=Complexity, blank=True
    )
    city = models.CharField(_("city"), max_length=120, blank=True)
    website = models.URLField(_("website"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_accounts",
        verbose_name=_("account manager"),
    )
    # By name: teams stands one floor above.
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="teams.TeamMember", related_name="accounts"
    )
    # The latest day of its contact log; written by customers.last_contact alone.
    last_contact_on = models.DateField(
        _("last contact"), null=True, blank=True, editable=False, db_index=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="account_not_own_parent",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("account", args=[self.pk])

    def may_be_changed_by(self, user, change: access.Change) -> bool:
        """Say whether a user may make this kind of change; read with_permissions, no query."""
        known = getattr(self, f"may_{change}", None)
        if known is not None:
            return known
        return Account.objects.editable_by(user, change).filter(pk=self.pk).exists()
