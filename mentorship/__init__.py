"""The composition root: settings, addresses, Celery. It imports every app; no app imports it."""

from mentorship.celery import app as celery_app

__all__ = ["celery_app"]
