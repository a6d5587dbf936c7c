"""Whether a Celery worker is there, and what to do when none is."""

import subprocess
import sys
import time

from django.conf import settings
from django.core.cache import cache

from accounts_crm.models import NightlyRun

RELAY_SEEN = "relay-seen"


def note_relay() -> None:
    """Note that a worker has run the relay just now."""
    cache.set(RELAY_SEEN, time.time(), timeout=None)


def alive() -> bool:
    """Say whether a worker has run the relay lately."""
    seen = cache.get(RELAY_SEEN)
    return seen is not None and time.time() - seen < max(30, 4 * settings.RELAY_SECONDS)


def start_alone(run: NightlyRun) -> None:
    """Carry out a requested run in a process of its own, for a site without a worker."""
    subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "nightly", "--run", str(run.pk)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
