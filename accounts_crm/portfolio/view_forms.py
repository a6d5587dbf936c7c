"""The forms of a saved view: shape only; what it means is checked by the actions."""

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from accounts_crm.portfolio.address import LONGEST
from customers import access
from customers.access import Role

# Roles that work with the list.
LOOKING = (Role.MANAGER, Role.DIRECTOR, Role.READER, Role.STEWARD)


class ViewForm(forms.Form):
    """Name a view, share it, let it open by itself."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the view a name.")},
    )
    shared = forms.BooleanField(
        label=_("Share with everybody"),
        required=False,
        help_text=_("Each person sees in it only the accounts that they see anyway."),
    )
    own_default = forms.BooleanField(label=_("Opens by itself for me"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Opens by itself for"),
        choices=[(role.value, role.label) for role in LOOKING],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever chose a view of their own keeps that one."),
    )
    query = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=forms.HiddenInput,
        validators=[ProhibitNullCharactersValidator()],
    )
    version = forms.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if Role.DIRECTOR not in access.roles_of(user):
            del self.fields["roles"]

    def refuse(self, refusal) -> None:
        """Say an action's refusal at the field it names."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class QueryForm(forms.Form):
    """Keep the list as it stands under a view that exists."""

    query = forms.CharField(
        required=False, max_length=LONGEST, validators=[ProhibitNullCharactersValidator()]
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class KeptForm(forms.Form):
    """Delete a view, or take that back."""

    state = forms.ChoiceField(choices=[("deleted", ""), ("kept", "")])


class DefaultForm(forms.Form):
    """Let a view open by itself, or no longer."""

    default = forms.ChoiceField(choices=[("on", ""), ("off", "")])
