"""What each relationship tier asks of us, and what each stage must rest on."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Function, Stage, Tier


class TierPolicy(models.Model):
    """What a tier asks of us; one row per tier, made by a migration with the defaults."""

    tier = models.CharField(_("tier"), max_length=10, choices=Tier, unique=True)
    # A relationship is observed as this tier when so much was met in 180 days; 0: not asked for.
    seen_functions = models.PositiveSmallIntegerField(_("their functions met"), default=0)
    seen_ours = models.PositiveSmallIntegerField(_("our functions that met them"), default=0)
    seen_levels = models.PositiveSmallIntegerField(
        _("their levels met, staff to executive"), default=0
    )
    seen_groups = models.PositiveSmallIntegerField(_("joint groups active"), default=0)
    contact_every_days = models.PositiveSmallIntegerField(
        _("contact at least every, days"), validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    # Codes of Function and Contact.Level, in the order of their lists.
    functions = models.JSONField(_("our functions staffed"), default=list)
    levels = models.JSONField(_("their levels met per quarter"), default=list)
    joint_groups = models.PositiveSmallIntegerField(
        _("joint groups that meet"), default=0, validators=[MaxValueValidator(6)]
    )
    # Hundredths of the cadence at accounts with a complex product and complex involvement.
    complex_percent = models.PositiveSmallIntegerField(
        _("cadence where all is complex, %"),
        default=75,
        validators=[MinValueValidator(10), MaxValueValidator(100)],
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["contact_every_days"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact_every_days__gte=1), name="cadence_at_least_a_day"
            )
        ]

    def __str__(self):
        return self.get_tier_display()

    @property
    def complex_days(self) -> int:
        """Return the cadence advised where product and involvement are complex, a day at least."""
        return max(1, self.contact_every_days * self.complex_percent // 100)

    @property
    def function_names(self) -> list[str]:
        """Return the functions of ours that must be staffed, in words."""
        return [str(one.label) for one in Function if one in self.functions]

    @property
    def level_names(self) -> list[str]:
        """Return the levels of theirs to meet in a quarter, in words."""
        return [str(one.label) for one in Contact.Level if one in self.levels]


class StageGate(models.Model):
    """One thing that must be shown before a stage counts as supported; the rows are the policy."""

    class Kind(models.TextChoices):
        TRADE = "trade", _("A purchase in the window")
        SHARE = "share", _("Wallet share, per cent")
        FUNCTIONS = "functions", _("Functions of theirs met")
        LEVELS = "levels", _("Levels of theirs met")
        PAIRS = "pairs", _("Pairs of functions that met without the account manager alone")
        DIRECTOR = "director", _("Director level or above met")
        GROUPS = "groups", _("Joint groups that met")
        TOP = "top", _("Meetings at executive or board level")
        OPEN_BOOK = "open_book", _("Open-book agreement in force")

    stage = models.CharField(_("stage"), max_length=12, choices=Stage)
    kind = models.CharField(_("what must be shown"), max_length=10, choices=Kind)
    # How many at least; of a wallet share the per cent. 0: the gate is not asked for.
    least = models.PositiveSmallIntegerField(_("at least"))
    # Within so many days; null where the kind has a span of its own.
    days = models.PositiveSmallIntegerField(_("within days"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "kind"], name="gate_once"),
            models.CheckConstraint(condition=models.Q(least__lte=100), name="gate_least_to_100"),
            models.CheckConstraint(
                condition=models.Q(days__isnull=True) | models.Q(days__gte=1, days__lte=730),
                name="gate_days_1_to_730",
            ),
        ]

    def __str__(self):
        return f"{self.get_stage_display()} · {self.get_kind_display()}"

    @property
    def is_yes_or_no(self) -> bool:
        """Say whether the gate is held or not, without a number worth naming."""
        return self.kind in (self.Kind.TRADE, self.Kind.OPEN_BOOK)
