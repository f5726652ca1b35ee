"""The outbox as it is in production, but for the mail server's address and a beat that looks four times a second."""

from mentorship.settings import base
from tests.chaos.settings import *  # noqa: F403 - settings modules build on one another

OUTBOX_LEASE_SECONDS = base.OUTBOX_LEASE_SECONDS
OUTBOX_MAX_ATTEMPTS = base.OUTBOX_MAX_ATTEMPTS
EMAIL_TIMEOUT = base.EMAIL_TIMEOUT
