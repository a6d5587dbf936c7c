"""The app's place in Django."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Teams."""

    name = "teams"

    def ready(self):
        from teams import receivers  # noqa: F401
