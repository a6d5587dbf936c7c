"""The embedded mode in one command: the site, a worker and beat, started and ended together."""

import signal
import subprocess
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Serve the site at 127.0.0.1:8000 with one Celery worker beside it."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000")

    def handle(self, *, address, **options):
        # Ended by a service manager, take the worker along as Ctrl-C does.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "accounts_crm",
                "worker",
                "-B",
                "-c",
                "1",
                "--loglevel",
                "warning",
            ],
            cwd=settings.BASE_DIR,
        )
        try:
            call_command("runserver", address, use_reloader=settings.DEBUG)
        finally:
            worker.terminate()
            try:
                worker.wait(timeout=10)
            except subprocess.TimeoutExpired:
                worker.kill()
