"""The Celery app and its beat schedule."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accounts_crm.settings")

app = Celery("keel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def schedule(sender, **_kwargs) -> None:
    """Set the beat: relay every few seconds, mail every minute, the night's run at 02:00."""
    sender.conf.beat_schedule = {
        "relay": {"task": "accounts_crm.tasks.relay", "schedule": settings.RELAY_SECONDS},
        "notices": {"task": "accounts_crm.tasks.mail_notices", "schedule": 60.0},
        "nightly": {
            "task": "accounts_crm.tasks.schedule_nightly",
            # Celery's own clock is the business time zone, so this is 02:00 there.
            "schedule": settings.NIGHTLY_EVERY_SECONDS or crontab(hour=2, minute=0),
        },
    }
