"""The customer's people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.accounts import Account, AccountScopedQuerySet


class Function(models.TextChoices):
    """The one list of functions that both sides share."""

    COMMERCIAL = "commercial", _("Sales and purchasing")
    MARKETING = "marketing", _("Marketing")
    OPERATIONS = "operations", _("Operations")
    LOGISTICS = "logistics", _("Logistics")
    FINANCE = "finance", _("Finance")
    RND = "rnd", _("R&D")
    QUALITY = "quality", _("Quality")
    SERVICE = "service", _("After-sales service")
    IT = "it", _("IT")
    LEGAL = "legal", _("Legal")
    BOARD = "board", _("Executive board")


class Contact(models.Model):
    """A person at a customer."""

    class Level(models.TextChoices):
        STAFF = "staff", _("Staff")
        MANAGER = "manager", _("Manager level")
        DIRECTOR = "director", _("Director level")
        EXECUTIVE = "executive", _("Executive level")
        BOARD = "board", _("Board level")

    class DmuRole(models.TextChoices):
        INITIATOR = "initiator", _("Initiator")
        USER = "user", _("User")
        INFLUENCER = "influencer", _("Influencer")
        GATEKEEPER = "gatekeeper", _("Gatekeeper")
        BUYER = "buyer", _("Buyer")
        DECIDER = "decider", _("Decider")

    class Attitude(models.TextChoices):
        CHAMPION = "champion", _("Champion")
        SUPPORTER = "supporter", _("Supporter")
        NEUTRAL = "neutral", _("Neutral")
        SCEPTIC = "sceptic", _("Sceptic")
        OPPONENT = "opponent", _("Opponent")

    account = models.ForeignKey(Account, models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    other_name = models.CharField(_("other name"), max_length=120, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    function = models.CharField(_("function"), max_length=12, choices=Function, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level, blank=True)
    dmu_role = models.CharField(_("role in decisions"), max_length=12, choices=DmuRole, blank=True)
    attitude = models.CharField(_("attitude"), max_length=10, choices=Attitude, blank=True)
    influence = models.PositiveSmallIntegerField(
        _("influence"), null=True, blank=True, help_text=_("1 (little) to 5 (decides)")
    )
    # `parent` in the tree's sense, so that the one refusal of cycles serves here too.
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("reports to"),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name"], name="contact_list")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(influence__isnull=True)
                | models.Q(influence__gte=1, influence__lte=5),
                name="contact_influence_1_to_5",
            )
        ]

    def __str__(self):
        return self.name
