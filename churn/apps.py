"""The app's place in Django."""

from django.apps import AppConfig


class ChurnConfig(AppConfig):
    """Churn."""

    name = "churn"
