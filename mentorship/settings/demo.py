"""The demo: one command on a laptop, loopback only. Fictional people, a clock that can be moved, a mailbox page."""

from mentorship.settings.base import *  # noqa: F403 - settings modules build on one another
from mentorship.settings.base import INSTALLED_APPS
from mentorship.settings.environment import env

DEMO = True
DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INSTALLED_APPS = [*INSTALLED_APPS, "mentorship.demo"]
CLOCK = "mentorship.demo.clock.now"
STAFF_SECOND_FACTOR_REQUIRED = False

OUTBOX_UNDO_SECONDS = 5

# Letters go to the demo's mailbox page, or to an SMTP server if one is named.
if env.str("EMAIL_URL"):
    globals().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "mentorship.demo.mail.MailboxBackend"
