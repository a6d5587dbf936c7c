"""The form of a stage gate: shape only; what it means is checked by the action."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.refusable_forms import PairedForm
from lifecycle.gate_actions import LONGEST, SPANLESS, most
from lifecycle.models import StageGate

YES_OR_NO = [(1, _("Asked for")), (0, _("Not asked for"))]


class GateForm(PairedForm):
    """How much is asked for, and within how many days, under the version that was read."""

    least: forms.Field = forms.IntegerField()  # drawn by the kind of the gate
    days = forms.IntegerField(label=_("Within days"), min_value=1, max_value=LONGEST)

    def __init__(self, data=None, *, gate: StageGate):
        drawn = list(self.base_fields)
        super().__init__(data, initial={name: getattr(gate, name) for name in drawn})
        if gate.kind in SPANLESS:
            del self.fields["days"]
        if most(gate) == 1:
            self.fields["least"] = forms.TypedChoiceField(
                label=_("This gate"), choices=YES_OR_NO, coerce=int, widget=forms.RadioSelect
            )
        else:
            self.fields["least"] = forms.IntegerField(
                label=_("At least, %") if gate.kind == StageGate.Kind.SHARE else _("At least"),
                min_value=0,
                max_value=most(gate),
                help_text=_("0: it is not asked for."),
            )
        self.order_fields(drawn)

    def in_words(self, name: str, value: Any) -> str:
        """Return a value of a field as people read it."""
        known = dict(getattr(self.fields[name], "choices", ()))
        return str(known.get(value, value))
