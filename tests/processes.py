"""Running the product's own processes against the test database."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

UNCOMPILED = "PYTHONDONTWRITEBYTECODE"
ROOT = Path(__file__).resolve().parent.parent


def database_url():
    """Return the URL of the test database, for a process of its own."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    base, _question, query = os.environ["DATABASE_URL"].partition("?")
    return f"{base.rpartition('/')[0]}/{name}?{query}"


def start(*command, **environment):
    """Start a process with the test database, its output kept."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if name != UNCOMPILED},
            # Kept for the next process, outside the tree.
            "PYTHONPYCACHEPREFIX": str(settings.VAR_DIR / "pycache"),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": database_url(),
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def manage(*arguments, **environment):
    """Start a manage.py command."""
    return start("manage.py", *arguments, **environment)
