"""The form of a playbook: its actions are written line by line."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from churn.models import Playbook
from customers.versioned_forms import VersionedForm

LINE = re.compile(r"\s*([0-9]{1,3})\s+(\S.*)")


class PlanField(forms.CharField):
    """Lines of a number of days and an action."""

    widget = forms.Textarea(attrs={"rows": 8})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{row['after_days']} {row['what']}" for row in value)
        return value

    def to_python(self, value: Any) -> Any:
        plan = []
        for line in (super().to_python(value) or "").splitlines():
            if not line.strip():
                continue
            found = LINE.fullmatch(line)
            if found is None:
                raise forms.ValidationError(
                    gettext("“%(line)s”: begin the line with a number of days.")
                    % {"line": line.strip()[:40]}
                )
            plan.append({"after_days": int(found[1]), "what": found[2].strip()})
        return plan

    def run_validators(self, value: Any) -> None:
        """Leave a list alone: the length of the text was checked before it was read."""


class PlaybookForm(VersionedForm):
    """Name, the type of defection it is against, its actions."""

    plan = PlanField(
        label=_("Actions"),
        max_length=6000,
        help_text=_(
            "One a line: days after the start, then what is done, such as “2 Ring the buyer”."
        ),
        error_messages={"required": _("Write at least one action.")},
    )

    class Meta:
        model = Playbook
        fields = ("name", "against", "active")
        widgets = {"against": forms.RadioSelect}

    field_order = ("name", "against", "plan", "active")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["against"].choices = [c for c in self.fields["against"].choices if c[0] != ""]
        if self.instance.pk is None:
            del self.fields["active"]
        else:
            self.initial["plan"] = self.instance.plan

    def in_words(self, name: str, value: Any) -> str:
        """Return a value of a field as people read it."""
        if name == "plan":
            return self.fields["plan"].prepare_value(value)
        return super().in_words(name, value)
