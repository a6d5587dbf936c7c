"""The app's place in Django."""

from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    """Lifecycle."""

    name = "lifecycle"
