"""The form of a yearly assessment: a score and its evidence per item, each may be left out."""

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from customers.calendar import business_today
from teams.competence import VIEWS
from teams.linkage_forms import RefusableForm
from teams.models import Competence


class AssessmentForm(RefusableForm):
    """Scores from 1 to 5 with what shows them."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        this = business_today().year
        self.fields["year"].choices = [(year, str(year)) for year in (this, this - 1)]
        for _name, items in VIEWS.values():
            for item in items:
                self.fields[item.value] = forms.TypedChoiceField(
                    label=item.label,
                    required=False,
                    coerce=int,
                    empty_value=None,
                    choices=[("", _("Not answered")), *((n, str(n)) for n in range(1, 6))],
                )
                self.fields[f"{item.value}_evidence"] = forms.CharField(
                    label=_("What shows it"),
                    required=False,
                    max_length=2000,
                    widget=forms.Textarea({"rows": 2}),
                    validators=[ProhibitNullCharactersValidator()],
                )

    @property
    def answers(self) -> dict[str, tuple[int, str]]:
        """Return the answered items."""
        typed = self.cleaned_data
        return {
            item: (typed[item], typed[f"{item}_evidence"])
            for item in Competence.Item.values
            if typed[item] is not None
        }
