"""Celery tasks of the roof."""
