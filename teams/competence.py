"""Competence: assessed by another, scored on what was answered; gaps become training goals."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import events
from customers.access import people_below
from customers.calendar import business_today
from customers.editing import touch
from customers.errors import Refused
from customers.models import Event
from teams.models import Competence, CompetenceAnswer, TrainingGoal, User

GAP = 2  # a score up to this becomes a training goal
GOAL_DAYS = 180
Item = Competence.Item
Answers = dict[str, tuple[int, str]]  # by item: a score from 1 to 5, and what shows it
VIEWS: dict[str, tuple[Promise | str, tuple[Item, ...]]] = {
    "customer": (
        gettext_lazy("The customer's view"),
        (Item.BUSINESS, Item.COMMUNICATION, Item.PRODUCTS, Item.AUTHORITY),
    ),
    "company": (
        gettext_lazy("The company's view"),
        (
            Item.LOYALTY,
            Item.NEGOTIATION,
            Item.STRATEGY,
            Item.PLANNING,
            Item.ADMINISTRATION,
            Item.LAW_FINANCE,
        ),
    ),
}


@dataclass(frozen=True)
class Correction:
    """One answer that the rater corrected; None where there was, or is, none."""

    at: dt.datetime
    by: User | None
    item: str
    was: list | None
    now: list | None


@dataclass
class View:
    """One view of an assessment: its mean over what was answered, None where nothing was."""

    name: str
    asked: int
    answers: list[CompetenceAnswer] = field(default_factory=list)

    @property
    def mean(self) -> float | None:
        """Return the mean of the scores, 1 to 5."""
        scores = [answer.score for answer in self.answers]
        return sum(scores) / len(scores) if scores else None


def views_of(competence: Competence) -> list[View]:
    """Return the two views of an assessment."""
    answers = {answer.item: answer for answer in competence.answers.all()}
    return [
        View(str(name), len(items), [answers[item] for item in items if item in answers])
        for name, items in VIEWS.values()
    ]


def corrections_of(competence: Competence) -> list[Correction]:
    """Return what was corrected in an assessment, newest first, an entry for each answer."""
    found = Event.objects.filter(
        account=None, kind="competence.corrected", subject__competence=competence.pk
    ).select_related("actor")
    return [
        Correction(event.at, event.actor, str(Item(item).label), was, now)
        for event in found.order_by("-at", "-pk")
        for item, (was, now) in event.changes.items()
    ]


def years() -> list[int]:
    """Return the years that may be assessed: this one and the last."""
    this = business_today().year
    return [this, this - 1]


def seen_by(user) -> QuerySet[Competence]:
    """Return the assessments of oneself, by oneself, and of the people below."""
    below = User.objects.filter(people_below(user)).values("pk")
    return Competence.objects.filter(Q(user=user) | Q(rater=user) | Q(user__in=below))


def rated_by(user) -> QuerySet[User]:
    """Return whom a person may assess: the managers below, never himself."""
    people = User.objects.filter(people_below(user), is_active=True).exclude(pk=user.pk)
    return people.order_by("name", "pk")


@transaction.atomic
def assess(user: User, *, by: User, year: int, answers: Answers) -> Competence:
    """Assess a person for a year; each gap becomes a training goal. Items may be left out.

    Raises Refused for oneself, without any answer, without evidence, and a second time a year.
    """
    if user.pk == by.pk:
        raise Refused(_("Nobody assesses himself. Ask your director."))
    _check(answers)
    try:
        with transaction.atomic():
            competence = Competence.objects.create(user=user, rater=by, year=year)
    except IntegrityError:
        raise Refused(
            _("You have assessed %(person)s for %(year)s already.") % {"person": user, "year": year}
        ) from None
    CompetenceAnswer.objects.bulk_create(_rows(competence, answers))
    _set_goals(competence)
    # Without scores: events are read by more people than an assessment is.
    events.record("competence.assessed", by=by, about=competence, user=(None, user))
    return competence


@transaction.atomic
def correct(competence: Competence, *, by, version: int, answers: Answers) -> list[str]:
    """Correct an assessment: the answers given take the place of all that were.

    A new gap becomes a training goal; an open goal whose gap is gone goes too.
    Return the corrected items; none, and no event, if every answer was so already.
    Raises Refused for anybody but the rater, as `assess` does for the answers, and with both
    values of each answer that differs if the assessment changed since that version.
    """
    if competence.rater_id != by.pk:
        raise Refused(_("An assessment is corrected by who made it."))
    _check(answers)
    new: Answers = {item: (score, shown.strip()) for item, (score, shown) in answers.items()}
    # Locked where the database locks rows; on SQLite the transaction is the only writer.
    stored = Competence.objects.select_for_update().get(pk=competence.pk)
    changed = _differing(stored, new)
    if stored.version == version and not changed:
        return []
    competence.version = version
    try:
        touch(competence)
    except Refused as refusal:
        refusal.conflict["fields"] = {
            item: {"yours": mine, "theirs": theirs} for item, (theirs, mine) in changed.items()
        }
        raise
    competence.answers.filter(item__in=set(changed) - set(new)).delete()
    CompetenceAnswer.objects.bulk_create(
        _rows(competence, {item: new[item] for item in changed if item in new}),
        update_conflicts=True,
        unique_fields=["competence", "item"],
        update_fields=["score", "evidence"],
    )
    _set_goals(competence)
    events.record("competence.corrected", by=by, about=competence, **changed)
    return list(changed)


def goals_under(user) -> QuerySet:
    """Return the training goals that a user may mark: of people he rated or directs, never his."""
    seen = seen_by(user).exclude(user=user)
    return TrainingGoal.objects.filter(answer__competence__in=seen)


@transaction.atomic
def reach_goal(goal: TrainingGoal, *, by, done: bool = True) -> None:
    """Mark a training goal as reached, or as open again; one that is so already stays as it is."""
    goals = TrainingGoal.objects.filter(pk=goal.pk, done_on__isnull=done)
    if goals.update(done_on=business_today() if done else None):
        events.record("training.done" if done else "training.reopened", by=by, about=goal)


def _check(answers: Answers) -> None:
    if not answers:
        raise Refused(_("Answer at least one item."))
    if bare := [item for item, (_score, evidence) in answers.items() if not evidence.strip()]:
        raise Refused(
            _("%(item)s: say what shows the score.") % {"item": Item(bare[0]).label},
            field=f"{bare[0]}_evidence",
        )


def _rows(competence: Competence, answers: Answers) -> list[CompetenceAnswer]:
    return [
        CompetenceAnswer(competence=competence, item=item, score=score, evidence=evidence.strip())
        for item, (score, evidence) in answers.items()
    ]


def _differing(competence: Competence, new: Answers) -> dict[str, tuple]:
    """Return by item what is stored and what was given, where they differ."""
    rows = CompetenceAnswer.objects.filter(competence=competence)
    was = {row.item: (row.score, row.evidence) for row in rows}
    return {
        str(item): (was.get(item), new.get(item)) for item in Item if was.get(item) != new.get(item)
    }


def _set_goals(competence: Competence) -> None:
    """Open a training goal for each gap without one; drop the open ones of no gap."""
    due = business_today() + dt.timedelta(days=GOAL_DAYS)
    gaps = CompetenceAnswer.objects.filter(competence=competence, score__lte=GAP)
    TrainingGoal.objects.bulk_create(
        TrainingGoal(answer=row, due=due) for row in gaps.filter(goal__isnull=True)
    )
    goals = TrainingGoal.objects.filter(answer__competence=competence, done_on__isnull=True)
    goals.filter(answer__score__gt=GAP).delete()
