"""Competence: how a manager is assessed once a year, and the training that follows from gaps."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Competence(models.Model):
    """A rater's assessment of one of our people for a year."""

    class Item(models.TextChoices):
        BUSINESS = "business", _("Knows the customer's business and how it earns")
        COMMUNICATION = "communication", _("Communicates")
        PRODUCTS = "products", _("Knows the products")
        AUTHORITY = "authority", _("Has authority")
        LOYALTY = "loyalty", _("Loyalty")
        NEGOTIATION = "negotiation", _("Negotiation")
        STRATEGY = "strategy", _("Strategic thinking")
        PLANNING = "planning", _("Planning")
        ADMINISTRATION = "administration", _("Administration skills")
        LAW_FINANCE = "law_finance", _("Law and finance")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="competences")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "rater", "year"], name="assessed_yearly"),
            models.CheckConstraint(condition=~Q(user=F("rater")), name="rater_is_another"),
        ]

    def __str__(self):
        return f"{self.user}, {self.year}"


class CompetenceAnswer(models.Model):
    """A score of one item, and what shows it."""

    competence = models.ForeignKey(Competence, models.CASCADE, related_name="answers")
    item = models.CharField(_("item"), max_length=14, choices=Competence.Item)
    score = models.PositiveSmallIntegerField(_("score"))
    evidence = models.TextField(_("evidence"), max_length=2000)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["competence", "item"], name="answered_once"),
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5), name="score_from_1_to_5"
            ),
        ]

    def __str__(self):
        return f"{self.get_item_display()}: {self.score}"


class TrainingGoal(models.Model):
    """What a person is to learn because of a gap, until when."""

    answer = models.OneToOneField(CompetenceAnswer, models.CASCADE, related_name="goal")
    due = models.DateField(_("due"))
    done_on = models.DateField(_("done"), null=True, blank=True)

    class Meta:
        ordering = ["due", "pk"]

    def __str__(self):
        return f"{self.answer.get_item_display()}, {self.due}"
