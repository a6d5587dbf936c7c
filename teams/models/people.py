"""The people of our company, their posts, their API tokens."""

from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from customers.calendar import business_today
from customers.models import Contact, Function, Region


def check_time_zone(name: str) -> None:
    """Raise ValidationError for what is no IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(
            gettext("“%(name)s” is no time zone. Try Asia/Shanghai.") % {"name": name}
        )


def default_time_zone() -> str:
    """Return the business time zone; a function, so that migrations do not freeze it."""
    return settings.BUSINESS_TIME_ZONE


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox is untyped
    """One of our people."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Mail(models.TextChoices):
        OFF = "off", _("Off")
        DAILY = "daily", _("Daily, in the morning")
        AT_ONCE = "at_once", _("At once")

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
    mail = models.CharField(_("notices by e-mail"), max_length=7, choices=Mail, default=Mail.DAILY)
    # The day, in the person's time zone, whose digest was sent.
    digest_on = models.DateField(null=True, blank=True, editable=False)
    shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)

    REQUIRED_FIELDS = ["email", "name"]

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name


class Post(models.Model):
    """A place in our organisation, held by a person or vacant; written by actions.posts alone.

    holder is who holds it now; who held it when stands in PostHolding.
    """

    class Level(models.TextChoices):
        NATIONAL = "national", _("National")
        INTERNATIONAL = "international", _("International")
        REGIONAL = "regional", _("Regional")
        CITY = "city", _("City")

    title = models.CharField(_("title"), max_length=120)
    level = models.CharField(_("level"), max_length=13, choices=Level, default=Level.REGIONAL)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("reports to"),
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("region"),
    )  # null: every region
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("holder"),
    )
    since = models.DateField(_("since"), default=business_today)
    until = models.DateField(_("until"), null=True, blank=True)  # abolished after that day
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="post_not_own_parent",
            )
        ]

    def __str__(self):
        return self.title


class PostHolding(models.Model):
    """Who held a post, from a day until a day."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="holdings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="holdings")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="holding_until_after_since",
            ),
            models.UniqueConstraint(
                fields=["post"],
                condition=models.Q(until__isnull=True),
                name="one_holder_of_a_post",
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.post}"


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
