"""The form of a yearly assessment: a score and its evidence per item, each may be left out."""

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from customers.refusable_forms import PairedForm, RefusableForm
from teams.competence import VIEWS, Answers, years
from teams.models import Competence


class AssessmentForm(RefusableForm):
    """Scores from 1 to 5 with what shows them."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in years()]
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
    def answers(self) -> Answers:
        """Return the answered items."""
        typed = self.cleaned_data
        return {
            item: (typed[item], typed[f"{item}_evidence"])
            for item in Competence.Item.values
            if typed[item] is not None
        }


class CorrectionForm(PairedForm, AssessmentForm):
    """The answers of an assessment once more, under the version that the rater read."""

    def __init__(self, data=None, *, competence: Competence):
        answers = list(competence.answers.all())
        super().__init__(
            data,
            initial={
                "version": competence.version,
                **{answer.item: answer.score for answer in answers},
                **{f"{answer.item}_evidence": answer.evidence for answer in answers},
            },
        )
        del self.fields["year"]

    def in_words(self, name: str, value: Any) -> str:
        """Return a score with what shows it, as people read it."""
        return f"{value[0]} · {value[1]}" if value else "–"
