"""Forms of the people floor: one's own settings and API tokens."""

from collections import defaultdict
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from teams.models import User
from teams.tokens import AREAS


class SettingsForm(forms.ModelForm):
    """What a person may change of themselves."""

    class Meta:
        model = User
        fields = ["name", "phone", "language", "time_zone", "theme", "shortcuts", "mail"]
        widgets = {
            "theme": forms.RadioSelect,
            "mail": forms.RadioSelect,
            "phone": forms.TextInput({"autocomplete": "tel"}),
        }
        labels = {"shortcuts": _("Single-key shortcuts")}
        help_texts = {
            "time_zone": _("Times are shown in it, and next steps fall due by it."),
            "mail": _("Only what you have not read yet; nothing new, no mail."),
            "shortcuts": _("L logs a contact, / searches, ? lists the keys."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["time_zone"] = forms.ChoiceField(
            choices=_zones,
            label=self.fields["time_zone"].label,
            help_text=self.fields["time_zone"].help_text,
        )
        language = self.fields["language"]
        language.choices = [("", gettext("As the browser asks")), *User.language.field.choices]
        language.says_so = True  # the empty choice has words, so "optional" need not stand there


class TokenForm(forms.Form):
    """A new API token: its name, what it may do, how long it lives."""

    name = forms.CharField(
        label=_("Name"), max_length=64, help_text=_("The program that will use it, for example.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=lambda: scope_choices(), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        coerce=int,
        initial=90,
        widget=forms.RadioSelect,
    )


def scope_choices() -> list[tuple[str, str]]:
    """Return every scope with its words."""
    areas = {
        "*": gettext("everything"),
        "accounts": gettext("accounts"),
        "contacts": gettext("contacts and the contact log"),
        "facts": gettext("orders, complaints, satisfaction, receivables, competitors"),
        "results": gettext("ranking, risk and flags"),
        "events": gettext("events"),
    }
    sentences = {"read": gettext("read %(area)s"), "write": gettext("write %(area)s")}
    return [
        (f"{area}:{verb}", sentence % {"area": areas[area]})
        for area in ("*", *AREAS)
        for verb, sentence in sentences.items()
    ]


def _zones() -> list:
    groups = defaultdict(list)
    for name in sorted(available_timezones()):
        head, _slash, tail = name.partition("/")
        if tail and head not in ("Etc", "SystemV", "US"):
            groups[head].append((name, name.replace("_", " ")))
    return [("UTC", "UTC"), *groups.items()]
