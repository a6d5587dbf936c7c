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
from customers.errors import Refused
from teams.models import Competence, CompetenceAnswer, TrainingGoal, User

GAP = 2  # a score up to this becomes a training goal
GOAL_DAYS = 180
Item = Competence.Item
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


def seen_by(user) -> QuerySet[Competence]:
    """Return the assessments of oneself, by oneself, and of the people below."""
    below = User.objects.filter(people_below(user)).values("pk")
    return Competence.objects.filter(Q(user=user) | Q(rater=user) | Q(user__in=below))


def rated_by(user) -> QuerySet[User]:
    """Return whom a person may assess: the managers below, never himself."""
    people = User.objects.filter(people_below(user), is_active=True).exclude(pk=user.pk)
    return people.order_by("name", "pk")


@transaction.atomic
def assess(user: User, *, by: User, year: int, answers: dict[str, tuple[int, str]]) -> Competence:
    """Assess a person for a year; each gap becomes a training goal.

    answers  by item: a score from 1 to 5 and what shows it; items may be left out
    Raises Refused for oneself, without any answer, without evidence, and a second time a year.
    """
    if user.pk == by.pk:
        raise Refused(_("Nobody assesses himself. Ask your director."))
    if not answers:
        raise Refused(_("Answer at least one item."))
    if bare := [item for item, (_score, evidence) in answers.items() if not evidence.strip()]:
        raise Refused(
            _("%(item)s: say what shows the score.") % {"item": Item(bare[0]).label},
            field=f"{bare[0]}_evidence",
        )
    try:
        with transaction.atomic():
            competence = Competence.objects.create(user=user, rater=by, year=year)
    except IntegrityError:
        raise Refused(
            _("You have assessed %(person)s for %(year)s already.") % {"person": user, "year": year}
        ) from None
    rows = CompetenceAnswer.objects.bulk_create(
        CompetenceAnswer(competence=competence, item=item, score=score, evidence=evidence.strip())
        for item, (score, evidence) in answers.items()
    )
    due = business_today() + dt.timedelta(days=GOAL_DAYS)
    TrainingGoal.objects.bulk_create(
        TrainingGoal(answer=row, due=due) for row in rows if row.score <= GAP
    )
    # Without scores: events are read by more people than an assessment is.
    events.record("competence.assessed", by=by, about=competence, user=(None, user))
    return competence


@transaction.atomic
def reach_goal(goal: TrainingGoal, *, by, done: bool = True) -> None:
    """Mark a training goal as reached, or as open again."""
    TrainingGoal.objects.filter(pk=goal.pk).update(done_on=business_today() if done else None)
    events.record("training.done" if done else "training.reopened", by=by, about=goal)
