"""Playbooks: what is done, day by day, about an account that may be lost."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DefectionType(models.TextChoices):
    """Why a customer leaves."""

    PRICE = "price", _("Price")  # can often be bought back
    PRODUCT = "product", _("Product")  # went to better quality: practically never comes back
    SERVICE = "service", _("Service")  # left over bad service


class PlaybookQuerySet(models.QuerySet):
    """Playbooks, asked through the access rule as everything is."""

    def visible_to(self, user):
        """Return all: they speak of no account."""
        return self


class Playbook(models.Model):
    """A director's list of dated actions against one type of defection."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    against = models.CharField(_("against"), max_length=7, choices=DefectionType)
    # [{"after_days": 2, "what": "Ring the buyer"}, ...], days from the start of the recovery.
    plan = models.JSONField(_("actions"), default=list)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1)

    objects = PlaybookQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name
