"""Days as people say them: tomorrow, on Friday, in a week."""

import datetime as dt

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Due(models.TextChoices):
    """The words for a due day; DATE means that the day itself is given beside it."""

    TOMORROW = "tomorrow", _("Tomorrow")
    FRIDAY = "friday", _("Friday")
    WEEK = "week", _("In a week")
    DATE = "date", _("Date")


def due_day(word: Due | str, today: dt.date | None = None) -> dt.date:
    """Return the day meant by a word in the person's time zone; Friday is the next, never today."""
    today = today or timezone.localdate()
    days = {Due.TOMORROW: 1, Due.FRIDAY: (3 - today.weekday()) % 7 + 1, Due.WEEK: 7}[Due(word)]
    return today + dt.timedelta(days=days)
