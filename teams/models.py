"""The people of our company, their posts, the account teams, their API tokens."""

from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from customers.access import TeamRole
from customers.models import Account, AccountScopedQuerySet, Contact, Function, Region


def check_time_zone(name: str) -> None:
    """Raise ValidationError for what is no IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(_g("“%(name)s” is no time zone. Try Asia/Shanghai.") % {"name": name})


def default_time_zone() -> str:
    """Return the business time zone; a function, so that migrations do not freeze it."""
    return settings.BUSINESS_TIME_ZONE


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox is untyped
    """One of our people."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    # One name, as people write it: 林悦 has no first name.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=120)
    function = models.CharField(_("function"), max_length=12, choices=Function, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Contact.Level, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=default_time_zone, validators=[check_time_zone]
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True
    )  # blank: what the browser asks for
    theme = models.CharField(_("theme"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)

    REQUIRED_FIELDS = ["email", "name"]

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name


class Post(models.Model):
    """A place in our organisation, held by a person or vacant."""

    title = models.CharField(_("title"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="posts"
    )  # null: every region
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="posts"
    )

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self):
        return self.title


class TeamMember(models.Model):
    """A person's place in the team of an account, from a day until a day."""

    class Layer(models.TextChoices):
        CORE = "core", _("Core")
        SUPPORT = "support", _("Support")
        PERIPHERAL = "peripheral", _("Peripheral")

    account = models.ForeignKey(Account, models.CASCADE, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(_("access"), max_length=6, choices=TeamRole, default=TeamRole.EDITOR)
    layer = models.CharField(_("layer"), max_length=10, choices=Layer, default=Layer.CORE)
    function = models.CharField(_("function"), max_length=12, choices=Function, blank=True)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="member_until_after_since",
            ),
            models.UniqueConstraint(
                fields=["account", "user"], condition=Q(until__isnull=True), name="member_once"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(until__isnull=True, role="lead"),
                name="one_open_lead",
            ),
        ]
        indexes = [models.Index(fields=["user", "role"])]

    def __str__(self):
        return f"{self.user} ({self.get_role_display()})"


class ApiToken(AbstractAuthToken):
    """A token for the API: hashed, named, limited to scopes; several per person."""

    name = models.CharField(_("name"), max_length=64)
    # "accounts:read", "facts:write", "*:read" ...; see teams.tokens.
    scopes = models.JSONField(default=list)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta(AbstractAuthToken.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="token_name")]

    def __str__(self):
        return self.name
