"""Playbooks: what is done, day by day, about an account that may be lost."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DefectionType(models.TextChoices):
    """Why a customer leaves."""

    PRICE = "price", _("Price")  # can often be bought back
    PRODUCT = "product", _("Product")  # went to better quality: practically never comes back
    SERVICE = "service", _("Service")  # left over bad service


class Playbook(models.Model):
    """A director's list of dated actions against one type of defection."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    against = models.CharField(_("against"), max_length=7, choices=DefectionType)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class PlaybookAction(models.Model):
    """One action of a playbook, so many days after the recovery starts."""

    playbook = models.ForeignKey(Playbook, models.CASCADE, related_name="actions")
    after_days = models.PositiveSmallIntegerField(_("after days"))
    what = models.CharField(_("what"), max_length=200)

    class Meta:
        ordering = ["after_days", "pk"]

    def __str__(self):
        return self.what
