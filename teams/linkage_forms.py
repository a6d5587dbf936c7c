"""Forms of linkage groups: shape only; what it means is checked by the actions."""

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from customers.access import Role
from customers.refusable_forms import PairedForm, RefusableForm
from teams import cover
from teams.linkage import MOST
from teams.models import LinkageMember, User


def unlinked_managers():
    """Return the account managers who are in no linkage group."""
    linked = LinkageMember.objects.filter(until__isnull=True).values("user")
    people = User.objects.filter(is_active=True, groups__name=Role.MANAGER)
    return people.exclude(pk__in=linked).order_by("name", "pk")


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name"), max_length=120, validators=[ProhibitNullCharactersValidator()]
    )


class NameForm(PairedForm):
    """Another name for a linkage group."""

    name = _name_field()


class GroupForm(RefusableForm):
    """A new linkage group."""

    name = _name_field()
    members = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Account managers"),
        help_text=_("Three or four who manage similar accounts. More can join later."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = unlinked_managers()

    def clean_members(self):
        people = self.cleaned_data["members"]
        if len(people) > MOST:
            raise forms.ValidationError(_("A group has four managers at most."))
        return people


class MemberForm(RefusableForm):
    """A manager who joins a group."""

    user = forms.ModelChoiceField(
        User.objects.none(), label=_("Account manager"), empty_label=_("Choose")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = unlinked_managers()


class DeputyForm(RefusableForm):
    """Who covers an account, from when, and until when if it is for a period."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Deputy"), empty_label=_("Choose"))
    since = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=_("Empty for a standing deputy; with a day it is a substitution until then."),
    )

    def __init__(self, *args, owner, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = cover.colleagues(owner)
