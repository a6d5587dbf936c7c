"""The forms of an account team: a place in it, and who leads it."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.access import Role, TeamRole
from customers.calendar import business_today
from customers.contact_form import DAY
from customers.models import Account
from customers.versioned_forms import VersionedForm
from teams.models import TeamMember, User

LEADING = (Role.MANAGER, Role.DIRECTOR)


class MemberForm(VersionedForm):
    """A person's place in the team: function, layer, access, days, share of time."""

    share = forms.IntegerField(
        label=_("Share of time, %"), required=False, min_value=1, max_value=100
    )

    class Meta:
        model = TeamMember
        fields = ("user", "function", "layer", "role", "since", "until", "share")
        labels = {"user": _("Person")}
        help_texts = {
            "since": _("May lie ahead: the person joins on that day."),
            "until": _("The last day; leave it empty if there is none."),
        }
        error_messages = {
            "user": {
                "required": _("Say who joins the team."),
                "invalid_choice": _("Pick one of our people who is still here."),
            },
            "since": {"invalid": _("Give a day, such as 2026-09-18.")},
            "until": {"invalid": _("Give a day, such as 2026-09-18.")},
        }
        widgets = {"since": DAY, "until": DAY, "role": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in ("since", "until"):
            fields[name].input_formats = ["%Y-%m-%d"]
        fields["function"].choices = [
            ("", _("As in the company")),
            *list(fields["function"].choices)[1:],
        ]
        fields["role"].choices = [
            choice for choice in TeamRole.choices if choice[0] != TeamRole.LEAD
        ]
        if self.instance.pk is None:
            fields["user"].queryset = User.objects.filter(is_active=True).order_by("name", "pk")
            fields["user"].empty_label = _("Choose")
            self.initial.setdefault("since", business_today())
            return
        del fields["user"]
        if self.instance.role == TeamRole.LEAD:
            for name in ("layer", "role", "since", "until"):
                del fields[name]


class LeaderForm(VersionedForm):
    """Who leads the team from today on."""

    class Meta:
        model = Account
        fields = ("owner",)
        error_messages = {"owner": {"invalid_choice": _("Pick one of the account managers.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        leading = Q(is_active=True, groups__name__in=LEADING) | Q(pk=self.instance.owner_id)
        owner.queryset = User.objects.filter(leading).distinct().order_by("name", "pk")
        owner.empty_label = _("Nobody")
