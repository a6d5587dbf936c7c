"""Forms that edit a row which others may edit meanwhile.

The form carries the version it was drawn from, and what each field held then. So it passes on only
what the person changed, and where somebody else was quicker it keeps what was typed, takes over
what the other changed elsewhere, and shows both values of the fields that both changed.
"""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from customers.errors import Refused


@dataclass(frozen=True)
class BothValues:
    """A field that two people changed, each value in words."""

    label: str
    yours: str
    theirs: str


class VersionedForm(forms.ModelForm):
    """Shape only: what the values mean is checked by the action that the view calls.

    conflict  the fields that somebody else changed meanwhile, after refuse()
    """

    version = forms.IntegerField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": _("The page was not sent whole. Open it again.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflict: list[BothValues] = []
        self.stale = False  # somebody else changed the row meanwhile
        if self.instance.pk is None:
            del self.fields["version"]
            return
        self.initial["version"] = self.instance.version
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "version"

    @property
    def answer(self) -> int:
        """Return the status of the page that shows the form."""
        if not self.is_bound:
            return 200
        return 409 if self.stale else 422

    def _post_clean(self):
        """Leave the row alone: the action compares what is typed with what is stored."""

    def clean_version(self):
        if self.cleaned_data["version"] is None:
            raise forms.ValidationError(self.fields["version"].error_messages["invalid"])
        return self.cleaned_data["version"]

    def values(self) -> dict[str, Any]:
        """Return what a new row is made of."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def touched(self) -> dict[str, Any]:
        """Return the values that the person changed since the form was drawn."""
        return {name: value for name, value in self.values().items() if self._is_touched(name)}

    def refuse(self, refusal: Refused) -> None:
        """Say an action's refusal at the field it names, with both values of a conflict."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        if refusal.conflict:
            self._meet_halfway()

    def hidden(self):
        """Return the hidden inputs: the version, and what each field held when drawn."""
        inputs = [self["version"]] if "version" in self.fields else []
        inputs += [
            self[name].as_hidden(only_initial=True)
            for name, field in self.fields.items()
            if field.show_hidden_initial
        ]
        return format_html_join("", "{}", ((tag,) for tag in inputs))

    def in_words(self, name: str, value: Any) -> str:
        """Return a value of a field as people read it."""
        choices = dict(getattr(self.fields[name], "choices", ()) or ())
        if value is None or value == "":
            return ""
        return str(choices.get(value, value))

    def _is_touched(self, name: str) -> bool:
        # Without the hidden input nobody can say what was there: then everything counts.
        return name in self.changed_data or self.add_initial_prefix(name) not in self.data

    def _meet_halfway(self) -> None:
        """Draw the form again on top of what is stored now."""
        self.stale = True
        stored = type(self.instance)._default_manager.get(pk=self.instance.pk)
        fresh = self.drawn_anew(stored)
        data = cast(QueryDict, self.data).copy()
        touched = self.touched()
        for name in self.fields:
            if name == "version":
                continue
            now = _as_typed(fresh, name)
            was = data.getlist(self.add_initial_prefix(name))
            data.setlist(self.add_initial_prefix(name), now)
            if name not in touched:
                data.setlist(self.add_prefix(name), now)
            elif now != was and touched[name] != fresh.held(name):
                self.conflict.append(
                    BothValues(
                        str(self.fields[name].label),
                        self.in_words(name, touched[name]),
                        fresh.in_words(name, fresh.held(name)),
                    )
                )
        data[self.add_prefix("version")] = str(stored.version)
        self.data = data

    def drawn_anew(self, stored):
        """Return an unbound form of the row as it is stored now."""
        return type(self)(instance=stored)

    def held(self, name: str) -> Any:
        """Return what the row holds in a field."""
        return getattr(self.instance, name)


def _as_typed(form: forms.BaseForm, name: str) -> list[str]:
    """Return what a browser would send for a field as it is drawn."""
    value = form.get_initial_for_field(form.fields[name], name)
    value = form.fields[name].prepare_value(value)
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return ["" if value is None else str(value)]
