"""The suite: the demo's apps, letters kept in memory, plain static files, cheap passwords."""

from mentorship.settings.base import *  # noqa: F403 - settings modules build on one another
from mentorship.settings.base import INSTALLED_APPS
from mentorship.settings.environment import env

DEMO = True
STYLEGUIDE = True
SECRET_KEY = env.str("SECRET_KEY", default="only-for-tests")
CONTENT_KEYS = env.str("CONTENT_KEYS", default="test:" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
INSTALLED_APPS = [*INSTALLED_APPS, "mentorship.demo"]
CLOCK = "mentorship.demo.clock.now"
STAFF_SECOND_FACTOR_REQUIRED = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
OUTBOX_UNDO_SECONDS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ACCOUNT_RATE_LIMITS = False
# Static files are found where they lie: nothing was collected.
WHITENOISE_AUTOREFRESH = True
