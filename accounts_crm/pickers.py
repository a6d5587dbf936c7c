"""Fields in which an account or a region is named in writing; a list of names helps typing."""

import re

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.figures import listed
from customers.models import Account, Region

SHOWN = 5  # of several with one name


class AccountField(forms.CharField):
    """An account by its code or name; `accounts` are those that may be picked."""

    accounts: QuerySet = Account.objects.none()

    def prepare_value(self, value):
        return f"{value.name} ({value.code})" if isinstance(value, Account) else value

    def clean(self, value):
        text = super().clean(value)
        return _account(self.accounts, text) if text else None

    def has_changed(self, initial, data):
        return (initial or "").strip() != (data or "").strip()

    def to_python(self, value):
        return super().to_python(self.prepare_value(value))


class RegionField(forms.CharField):
    """A region by its name; where several are called so, with the region above it."""

    default_error_messages = {"unknown": _("There is no region “%(name)s”. Pick one of the list.")}

    def prepare_value(self, value):
        if not isinstance(value, Region):
            return value
        namesakes = Region.objects.filter(name=value.name).exclude(pk=value.pk)
        return _path(value) if namesakes.exists() else value.name

    def clean(self, value):
        text = super().clean(value)
        return self._region(text) if text else None

    def has_changed(self, initial, data):
        return (initial or "").strip() != (data or "").strip()

    def to_python(self, value):
        return super().to_python(self.prepare_value(value))

    def _region(self, text: str) -> Region:
        regions = Region.objects.select_related("parent")
        found = list(regions.filter(name=text) or regions.filter(name__iexact=text))
        if not found:
            found = [region for region in regions.exclude(parent=None) if _path(region) == text]
        if not found:
            raise forms.ValidationError(self.error_messages["unknown"] % {"name": text})
        if len(found) > 1:
            raise forms.ValidationError(
                gettext("Several regions are called “%(name)s”: %(regions)s. Pick one.")
                % {"name": text, "regions": listed(map(_path, found[:SHOWN]))}
            )
        return found[0]


def region_names() -> list[str]:
    """Return what may be typed for each region, by name."""
    regions = list(Region.objects.select_related("parent").order_by("name"))
    names = [region.name for region in regions]
    return [_path(r) if names.count(r.name) > 1 else r.name for r in regions]


def _path(region: Region) -> str:
    return f"{region.name} ({region.parent.name})" if region.parent else region.name


def _account(accounts: QuerySet, text: str) -> Account:
    # The code first: it is the only name that is nobody else's.
    with_code = re.fullmatch(r".*\((?P<code>.+?)\)", text)
    for code in (text, with_code and with_code["code"]):
        if code and (account := accounts.filter(code=code).first()):
            return account
    found = list(accounts.filter(name__iexact=text).order_by("code")[: SHOWN + 1])
    if not found:
        raise forms.ValidationError(
            gettext("You see no account with the code or name “%(text)s”. Pick one of the list.")
            % {"text": text}
        )
    if len(found) > 1:
        raise forms.ValidationError(
            gettext("Several accounts are called “%(text)s”. Give the code: %(codes)s.")
            % {"text": text, "codes": listed(account.code for account in found[:SHOWN])}
        )
    return found[0]
