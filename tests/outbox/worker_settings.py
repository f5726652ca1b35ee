"""The settings of a worker and a beat under test: letters over SMTP, short leases, a beat that looks twice a second."""

import os

from mentorship.settings.test import *  # noqa: F403 - settings modules build on one another
from mentorship.settings.test import CELERY_BEAT_SCHEDULE, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.outbox.worker_app.WorkerApp"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ["SINK_PORT"])
OUTBOX_LEASE_SECONDS = 2
CELERY_BEAT_SCHEDULE = {"deliver letters": {**CELERY_BEAT_SCHEDULE["deliver letters"], "schedule": 0.5}}
