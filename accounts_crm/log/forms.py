"""The form of a contact log entry: shape only; what it means is checked by the actions."""

import datetime as dt
from collections.abc import Iterable

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.dates_in_words import Unclear, day_in, moment_in
from customers.due import Due, due_day
from customers.errors import Refused
from customers.models import Account, Function, Interaction

KINDS = Interaction.Kind.choices
TONES = Interaction.Tone.choices
OLDEST = dt.date(2000, 1, 1)  # earlier is a slip of the keyboard
KEPT = dt.timedelta(days=14)  # so long an entry may wait to be sent
# What the actions call a field, where the form calls it otherwise.
FIELDS_OF_ACTIONS = {"who": "step_who", "due": "step_date", "what": "step_what"}


class EntryForm(forms.Form):
    """What happened, when and who was there.

    contacts    the customer's people to choose from
    colleagues  our people to choose from; one who left may have been there
    """

    kind = forms.ChoiceField(
        choices=KINDS, error_messages={"required": _("Say what kind of contact it was.")}
    )
    at = forms.CharField(required=False, max_length=100)  # in words
    theirs = forms.MultipleChoiceField(
        required=False,
        error_messages={
            "invalid_choice": _("One of these people is not at this account. Pick its own people.")
        },
    )
    ours = forms.MultipleChoiceField(
        required=False,
        error_messages={
            "invalid_choice": _("One of these colleagues is not in the team. Pick from the team.")
        },
    )
    subject = forms.CharField(required=False, max_length=200)
    note = forms.CharField(required=False, max_length=20_000)
    tone = forms.TypedChoiceField(
        required=False, choices=[("", ""), *TONES], coerce=int, empty_value=None
    )

    def __init__(self, *args, contacts: Iterable = (), colleagues: Iterable = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.contacts = {str(person.pk): person for person in contacts}
        self.colleagues = {str(person.pk): person for person in colleagues}
        offer(self.fields["theirs"], self.contacts)
        offer(self.fields["ours"], self.colleagues)

    def now(self) -> dt.datetime:
        """Return the moment at which it is written."""
        return timezone.localtime()

    def clean_at(self):
        text = self.cleaned_data["at"]
        if not text:
            return None
        try:
            at = moment_in(text, self.now())
        except Unclear as fault:
            raise forms.ValidationError(str(fault)) from None
        if at.date() < OLDEST:
            raise forms.ValidationError(gettext("This is too long ago. Check the year."))
        return at

    def clean_theirs(self):
        return [self.contacts[pk] for pk in self.cleaned_data["theirs"]]

    def clean_ours(self):
        return [self.colleagues[pk] for pk in self.cleaned_data["ours"]]

    def refuse(self, refusal: Refused) -> None:
        """Say an action's refusal at the field it names."""
        field = FIELDS_OF_ACTIONS.get(refusal.field, refusal.field)
        self.add_error(field if field in self.fields else None, str(refusal))

    def faults(self) -> list[tuple[str, str]]:
        """Return every fault in the order of the form: the field, what is wrong with it."""
        errors = self.errors
        return [
            (field, str(fault))
            for field in (*self.fields, "__all__")
            for fault in errors.get(field, ())
        ]

    def chosen_theirs(self) -> list[str]:
        """Return the ids of the customer's people that are checked."""
        return [str(pk) for pk in self["theirs"].value() or ()]

    def chosen_ours(self) -> list[str]:
        """Return the ids of our people that are checked."""
        return [str(pk) for pk in self["ours"].value() or ()]

    def takers(self) -> list:
        """Return the colleagues who can be given a next step."""
        return [person for person in self.colleagues.values() if person.is_active]

    def at_text(self) -> str:
        """Return the moment as one may type it, or what was typed."""
        at = self["at"].value()
        if isinstance(at, dt.datetime):
            return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
        return at or ""

    def has_more(self) -> bool:
        """Say whether the folded part holds something that should be seen."""
        typed = self["subject"].value() or self["tone"].value() not in (None, "")
        at_fault = self.is_bound and {"subject", "tone", "ours"} & set(self.errors)
        return bool(typed or at_fault or len(self.chosen_ours()) > 1)


class LogForm(EntryForm):
    """A new entry: the account, a moment in words, at most one next step.

    account  the one picked, None while there is none
    """

    account = forms.CharField(required=False)
    when = forms.ChoiceField(
        choices=[
            ("now", _("Just now")),
            ("morning", _("This morning")),
            ("yesterday", _("Yesterday")),
            ("other", _("Other")),
        ],
        error_messages={"required": _("Say when it was.")},
    )
    new = forms.BooleanField(required=False)
    someone_new = forms.CharField(required=False, max_length=120)
    someone_title = forms.CharField(required=False, max_length=120)
    someone_function = forms.ChoiceField(required=False, choices=[("", ""), *Function.choices])
    # Only of an entry that had to wait for the line: "just now" is when it was typed.
    typed_at = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"],
        widget=forms.HiddenInput,
    )
    step_what = forms.CharField(required=False, max_length=200)
    step_due = forms.ChoiceField(
        required=False,
        choices=[("", ""), *Due.choices],
    )
    step_date = forms.CharField(required=False, max_length=100)  # in words
    step_who = forms.ChoiceField(
        required=False,
        error_messages={"invalid_choice": _("Pick somebody of this account's team.")},
    )
    field_order = [
        "typed_at",
        "account",
        "theirs",
        "new",
        "someone_new",
        "someone_title",
        "someone_function",
        "kind",
        "when",
        "at",
        "subject",
        "note",
    ]

    def __init__(self, *args, account: Account | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.met = account
        offer(self.fields["step_who"], ["", *self.colleagues])

    def now(self) -> dt.datetime:
        return timezone.localtime(self.cleaned_data.get("typed_at"))

    def clean_typed_at(self):
        at = self.cleaned_data["typed_at"]
        if at and not timezone.now() - KEPT <= at <= timezone.now() + dt.timedelta(minutes=5):
            raise forms.ValidationError(gettext("This entry waited too long. Check when it was."))
        return at and min(at, timezone.now())

    def clean_step_date(self):
        text = self.cleaned_data["step_date"]
        if not text or self.data.get("step_due") != Due.DATE:
            return None
        try:
            return day_in(text, self.now().date())
        except Unclear as fault:
            raise forms.ValidationError(str(fault)) from None

    def clean(self):
        if self.met is None:
            self.add_error("account", gettext("Choose the account."))
        if not self.cleaned_data.get("new"):
            # What is left over from another choice.
            for name in ("someone_new", "someone_title", "someone_function"):
                self.errors.pop(name, None)
                self.cleaned_data[name] = ""
        elif not self.cleaned_data.get("someone_new") and "someone_new" not in self.errors:
            self.add_error("someone_new", gettext("Give the name of the person you met."))
        self._clean_moment()
        self._clean_step()
        return self.cleaned_data

    def _clean_moment(self):
        when = self.cleaned_data.get("when")
        if when == "other":
            if self.cleaned_data.get("at") is None and "at" not in self.errors:
                self.add_error("at", gettext("Say when it was: give the day and the time."))
        elif when:
            self.errors.pop("at", None)  # a date left over from another choice
            self.cleaned_data["at"] = moment(when, self.now())

    def _clean_step(self):
        """Gather the next step into cleaned_data["step"], or None."""
        what, due = self.cleaned_data.get("step_what"), self.cleaned_data.get("step_due")
        self.cleaned_data["step"] = None
        if due != Due.DATE:
            self.errors.pop("step_date", None)
            day = due_day(due, self.now().date()) if due else None
        else:
            day = self.cleaned_data.get("step_date")
            if day is None and "step_date" not in self.errors:
                self.add_error("step_date", gettext("Give the day it is due."))
        if what and not due and "step_due" not in self.errors:
            self.add_error(
                "step_due", gettext("A next step needs a due date, so it can appear in your day.")
            )
        if due and not what and "step_what" not in self.errors:
            self.add_error("step_what", gettext("Say what is to be done."))
        if what and day:
            who = self.colleagues.get(self.cleaned_data.get("step_who") or "")
            self.cleaned_data["step"] = {"what": what, "due": day, "who": who}

    def newcomer(self) -> dict:
        """Return what `customers.actions.add_contact` takes of the person first met, or nothing."""
        fields = {
            "name": "someone_new",
            "job_title": "someone_title",
            "function": "someone_function",
        }
        found = {name: self.cleaned_data[field] for name, field in fields.items()}
        return found if found["name"] else {}

    def values(self) -> dict:
        """Return what `customers.actions.log_contact` takes."""
        names = ("kind", "at", "ours", "theirs", "subject", "note", "tone", "step")
        return {name: self.cleaned_data[name] for name in names}


def offer(field: forms.Field, ids: Iterable[str]) -> None:
    """Let a field of choices take these ids; what they are called is drawn elsewhere."""
    field.choices = [(pk, pk) for pk in ids]  # type: ignore[attr-defined]


def moment(when: str, now: dt.datetime) -> dt.datetime:
    """Return the moment meant by a word, never later than now, which is in the person's zone."""
    if when == "morning":
        return min(now, timezone.make_aware(dt.datetime.combine(now.date(), dt.time(9))))
    if when == "yesterday":
        noon = dt.datetime.combine(now.date() - dt.timedelta(days=1), dt.time(12))
        return timezone.make_aware(noon)
    return now
