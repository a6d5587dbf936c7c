"""How the directors assess their managers: gaps, training under way and training that helped."""

import datetime as dt

from accounts_crm.demo import rows
from accounts_crm.demo.sheets import sheet
from teams.models import Competence, CompetenceAnswer, TrainingGoal

NUMBERED = [Competence, CompetenceAnswer, TrainingGoal]


def make_competence(users: dict[str, int], today: dt.date) -> None:
    """Write the assessments of this year and the last, and the training goals of their gaps."""

    def ahead(days: str) -> dt.date:
        return today + dt.timedelta(days=int(days))

    # A company made before and taken back leaves its numbers behind.
    rows.reset_sequences(NUMBERED)
    for row in sheet("competence"):
        competence, _made = Competence.objects.get_or_create(
            user_id=users[row["person"]],
            rater_id=users[row["rater"]],
            year=today.year - int(row["years_ago"]),
        )
        answer = CompetenceAnswer.objects.create(
            competence=competence,
            item=row["item"],
            score=int(row["score"]),
            evidence=row["evidence"],
        )
        if row["due"]:
            done = ahead(row["done"]) if row["done"] else None
            TrainingGoal.objects.create(answer=answer, due=ahead(row["due"]), done_on=done)
