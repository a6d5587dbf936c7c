"""Plain forms that show what an action refused: at the field at fault, with both values.

For what is no row's own form; those edit a model and meet halfway (customers.versioned_forms).
"""

from typing import Any, cast

from django import forms
from django.http import QueryDict

from customers.errors import Refused


class RefusableForm(forms.Form):
    """A form that shows what an action refused at the field at fault."""

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class PairedForm(RefusableForm):
    """Values under the version that was read; sent again after a conflict, they win.

    both  label, stored and typed value of each field in conflict, in words, after refuse()
    """

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.both: list[tuple[str, Any, Any]] = []
        self.stale = False  # somebody else changed it meanwhile

    @property
    def answer(self) -> int:
        """Return the status of the page that shows the form."""
        if not self.is_bound:
            return 200
        return 409 if self.stale else 422

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal, of a conflict both values, and take over the version now stored."""
        super().refuse(refusal)
        if not refusal.conflict:
            return
        self.stale = True
        self.both = [
            (
                str(self.fields[name].label),
                self.in_words(name, pair["theirs"]),
                self.in_words(name, pair["yours"]),
            )
            for name, pair in refusal.conflict.get("fields", {}).items()
        ]
        data = cast(QueryDict, self.data).copy()
        data["version"] = str(refusal.conflict["version"])
        self.data = data

    def in_words(self, name: str, value: Any) -> Any:
        """Return a value of a field as people read it."""
        return value
