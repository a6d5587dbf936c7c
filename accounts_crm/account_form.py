"""The form of an account's master data: shape only; what it means is checked by the actions."""

from typing import cast

from django import forms
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts_crm.pickers import AccountField, RegionField
from customers.access import Role
from customers.models import Account
from customers.versioned_forms import VersionedForm

OWNING = (Role.MANAGER, Role.DIRECTOR)


class OwnerField(forms.ModelChoiceField):
    """One of our people; who left cannot be picked any more, but may still be there."""

    default_error_messages = {"invalid_choice": _("Pick one of the account managers.")}

    def label_from_instance(self, person):
        if person.is_active:
            return str(person)
        return gettext("%(person)s (left the company)") % {"person": person}


def with_scheme(field: models.Field, **kwargs) -> forms.Field | None:
    """Return the form field of a model field; an address without a scheme is https."""
    if isinstance(field, models.URLField):
        kwargs["assume_scheme"] = "https"
    return field.formfield(**kwargs)


class AccountForm(VersionedForm):
    """Name, place in the group, status, region and the like.

    user       who edits: only accounts seen can become the parent
    may_relate whether the owner may be changed, which belongs to the relationship
    """

    parent = AccountField(
        label=_("Belongs to"),
        required=False,
        help_text=_("The parent in the group: its code or its name."),
        widget=forms.TextInput(attrs={"list": "parent-names", "autocomplete": "off"}),
    )
    region = RegionField(
        label=_("Region"),
        required=False,
        widget=forms.TextInput(attrs={"list": "region-names", "autocomplete": "off"}),
    )
    owner = OwnerField(queryset=None, label=_("Account manager"), required=False)

    class Meta:
        model = Account
        fields = (
            "name",
            "other_name",
            "code",
            "status",
            "parent",
            "owner",
            "region",
            "industry",
            "city",
            "channel",
            "position",
            "product_complexity",
            "involvement_complexity",
            "website",
        )
        help_texts = {
            "other_name": _("In the other script, or how people call it."),
            "code": _("As your other systems know the account, such as the customer number."),
        }
        error_messages = {
            "name": {"required": _("Give the account a name.")},
            "code": {"required": _("Give the code by which other systems know the account.")},
            "website": {"invalid": _("Give a full address, such as https://example.com.")},
        }
        formfield_callback = with_scheme
        widgets = {"industry": forms.TextInput(attrs={"list": "industry-names"})}

    def __init__(self, *args, user, may_relate: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.may_relate = may_relate
        self._parent.accounts = Account.objects.visible_to(user)
        for name, choices in (("channel", Account.Channel), ("position", Account.Position)):
            cast(forms.ChoiceField, self.fields[name]).choices = [
                ("", _("Unknown")),
                *choices.choices,
            ]
        if not may_relate:
            del self.fields["owner"]
        else:
            self._offer_owners()
        self._fill_pickers()

    @property
    def hides_parent(self) -> bool:
        """Say whether the account belongs to one that the editor does not see."""
        return bool(self.instance.parent_id) and self.initial.get("parent") is None

    def drawn_anew(self, stored):
        return AccountForm(instance=stored, user=self.user, may_relate=self.may_relate)

    def in_words(self, name, value):
        if name == "parent" and value is not None and value not in self._parent.accounts:
            return gettext("(an account you do not see)")
        return super().in_words(name, value)

    @property
    def _parent(self) -> AccountField:
        return cast(AccountField, self.fields["parent"])

    def _offer_owners(self) -> None:
        may_own = Q(groups__name__in=OWNING) | Q(pk=self.instance.owner_id)
        people = get_user_model().objects.filter(may_own).distinct()
        field = cast(OwnerField, self.fields["owner"])
        # Who has left is refused by the action, which says so; here he is only not offered.
        field.queryset = people
        offered = [
            (person.pk, field.label_from_instance(person))
            for person in people.order_by("name", "pk")
            if person.is_active or person.pk == self.instance.owner_id
        ]
        field.choices = [("", _("Nobody")), *offered]

    def _fill_pickers(self) -> None:
        """Give the pickers their rows; of a hidden parent nothing is shown."""
        if self.instance.parent_id:
            visible = self._parent.accounts
            self.initial["parent"] = visible.filter(pk=self.instance.parent_id).first()
        if self.instance.region_id:
            self.initial["region"] = self.instance.region
