"""The roof: pages made of several apps, the URL map, the API router, the nightly run, settings.

May import every other app.
"""

from accounts_crm.celery import app as celery_app

__all__ = ["celery_app"]
