"""The forms of joint groups, their meetings, and joint offices."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.calendar import business_today
from customers.contact_form import DAY
from customers.figures import listed
from customers.models import Account
from customers.rest.fields import parse_id
from customers.versioned_forms import VersionedForm
from teams.models import JointGroup, JointMeeting, JointOffice, User

SIDES = ("ours", "theirs")
NO_DAY = {"invalid": _("Give a day, such as 2026-09-18.")}


def _take_days(fields: dict[str, Any], *names: str) -> None:
    for name in names:
        fields[name].input_formats = ["%Y-%m-%d"]


class PeopleField(forms.ModelMultipleChoiceField):
    """Several rows; an id that no column can hold is one that is not there."""

    def _check_values(self, value):
        if any(parse_id(pk) is None for pk in value or ()):
            raise forms.ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": _("(no such person)")},
            )
        return super()._check_values(value)


def _by_name(people) -> list:
    return sorted(people, key=lambda person: (person.name, person.pk))


class JointGroupForm(VersionedForm):
    """Subject, name, members of both sides, days."""

    ours = PeopleField(
        queryset=None,
        label=_("Ours"),
        required=False,
        help_text=_("From the account team."),
        widget=forms.CheckboxSelectMultiple,
    )
    theirs = PeopleField(
        queryset=None, label=_("Theirs"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = JointGroup
        fields = ("name", "subject", "ours", "theirs", "since", "until")
        error_messages = {
            "name": {"required": _("Give the group a name.")},
            "subject": {"required": _("Say what the group works on.")},
            "since": NO_DAY,
            "until": NO_DAY,
        }
        widgets = {"since": DAY, "until": DAY}

    def __init__(self, *args, account: Account, **kwargs):
        super().__init__(*args, **kwargs)
        self.account = account
        fields: dict[str, Any] = self.fields
        _take_days(fields, "since", "until")
        fields["subject"].choices = [("", _("Choose")), *JointGroup.Subject.choices]
        today = business_today()
        team = account.team.filter(since__lte=today).exclude(until__lt=today).values("user")
        ours = Q(pk__in=team, is_active=True) | Q(pk=account.owner_id)
        theirs = Q(left_on=None) | Q(left_on__gt=today)
        if self.instance.pk:
            # Who is in it stays in the list, whatever became of the person.
            ours |= Q(pk__in=self.instance.ours.values("pk"))
            theirs |= Q(pk__in=self.instance.theirs.values("pk"))
        fields["ours"].queryset = User.objects.filter(ours).order_by("name", "pk")
        fields["theirs"].queryset = account.contacts.filter(theirs).order_by("name", "pk")
        for name in SIDES:
            fields[name].show_hidden_initial = self.instance.pk is not None
        self.initial.setdefault("since", today)

    def drawn_anew(self, stored):
        return JointGroupForm(instance=stored, account=self.account)

    def values(self):
        values = super().values()
        return {**values, **{side: _by_name(values[side]) for side in SIDES if side in values}}

    def held(self, name):
        held = super().held(name)
        return _by_name(held.all()) if name in SIDES else held

    def in_words(self, name, value):
        return listed(value) if name in SIDES else super().in_words(name, value)


class JointMeetingForm(forms.ModelForm):
    """When a joint group met, and what came of it."""

    class Meta:
        model = JointMeeting
        fields = ("date", "note")
        error_messages = {"date": {"required": _("Say when they met."), **NO_DAY}}
        widgets = {"date": DAY, "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _take_days(self.fields, "date")
        self.initial.setdefault("date", business_today())


class JointOfficeForm(VersionedForm):
    """Where both sides sit together, and from when until when."""

    class Meta:
        model = JointOffice
        fields = ("place", "since", "until")
        error_messages = {
            "place": {"required": _("Say where the office is.")},
            "since": NO_DAY,
            "until": NO_DAY,
        }
        widgets = {"since": DAY, "until": DAY}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _take_days(self.fields, "since", "until")
        self.initial.setdefault("since", business_today())
