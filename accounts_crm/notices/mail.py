"""Notices by e-mail: once a day in the person's morning, or at once, as each person chose.

What is to be sent is claimed by a conditional update before the mail goes out, so that two
workers never send it twice; a mail server that does not answer gives the claim back.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import ngettext, override

from accounts_crm.models import Notice
from accounts_crm.notices.telling import told
from teams.models import User

# More than anybody reads in a mail; the page has them all.
MOST = 50
logger = structlog.get_logger(__name__)


def send_due() -> int:
    """Send each person the notices that are due; return how many mails went out."""
    waiting = Notice.objects.filter(
        user=OuterRef("pk"), read_at__isnull=True, mailed_at__isnull=True
    )
    people = User.objects.filter(
        Exists(waiting), mail__in=(User.Mail.DAILY, User.Mail.AT_ONCE), is_active=True
    ).exclude(email="")
    return sum(_send(person) for person in people.order_by("pk").iterator())


def _send(person: User) -> bool:
    now = timezone.now()
    here = now.astimezone(ZoneInfo(person.time_zone))
    daily = person.mail == User.Mail.DAILY
    if daily and (here.hour < settings.DIGEST_HOUR or not _take_day(person, here.date())):
        return False
    due = Notice.objects.filter(user=person, read_at__isnull=True, mailed_at__isnull=True)
    ids = list(due.values_list("pk", flat=True))
    # What another worker took meanwhile is not ours; what may no longer be seen is never mailed.
    if not due.filter(pk__in=ids).update(mailed_at=now):
        return False
    mine = Notice.objects.filter(pk__in=ids, mailed_at=now)
    notices = list(
        mine.visible_to(person).select_related("event__account", "event__actor").order_by("-pk")
    )
    if not notices:
        return False
    try:
        _mail(person, notices)
    except OSError as error:  # smtplib's errors too: no line, no server, no such address
        logger.warning("notices_not_mailed", user=person.pk, error=str(error))
        mine.update(mailed_at=None)
        if daily:
            User.objects.filter(pk=person.pk).update(digest_on=person.digest_on)
        return False
    return True


def _take_day(person: User, today: dt.date) -> bool:
    """Claim a person's digest of today; False if it was sent, or another worker has it."""
    untaken = Q(digest_on__isnull=True) | Q(digest_on__lt=today)
    return bool(User.objects.filter(untaken, pk=person.pk).update(digest_on=today))


def _mail(person: User, notices: list[Notice]) -> None:
    with (
        override(person.language or settings.LANGUAGE_CODE),
        timezone.override(person.time_zone),
    ):
        context = {
            "person": person,
            "rows": told(notices[:MOST]),
            "more": max(0, len(notices) - MOST),
            "site": settings.SITE_URL,
        }
        number = len(notices)
        subject = ngettext("Keel: %d notice", "Keel: %d notices", number) % number
        text = render_to_string("accounts_crm/notices_mail.txt", context)
    send_mail(subject, text, None, [person.email])
