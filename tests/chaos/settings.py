"""The settings of workers and beat under attack: short leases and pauses, and a beat that looks four times a second.

CHAOS_TASK names what beat asks for: the outbox, or one of the two controls that must fail.
"""

import os

from mentorship.settings.test import *  # noqa: F403 - settings modules build on one another
from mentorship.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.app.ChaosApp"]
CLOCK = "common.clock.real_now"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("SINK_PORT", "0"))
EMAIL_TIMEOUT = 2
OUTBOX_LEASE_SECONDS = 5
OUTBOX_SPREAD_SECONDS = 0  # all of them at once
OUTBOX_MAX_ATTEMPTS = 8
OUTBOX_FIRST_PAUSE_SECONDS = 0.1
OUTBOX_TROUBLE_PAUSE_SECONDS = 0.5
CELERY_BEAT_SCHEDULE = {
    "deliver letters": {
        "task": os.environ.get("CHAOS_TASK", "outbox.tasks.deliver"),
        "schedule": 0.25,
        "options": {"expires": 5},
    }
}
