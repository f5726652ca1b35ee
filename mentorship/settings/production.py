"""Production, wholly by environment. It refuses to start when something is unsafe, and says what to set."""

import re

from django.core.exceptions import ImproperlyConfigured

from common import error_reports
from mentorship.settings.environment import env, problems

if _found := list(problems()):
    raise ImproperlyConfigured("\n".join(_found))

# After that: without a database or a broker, this would say so of the first alone.
from mentorship.settings.base import *  # noqa: F403 - settings modules build on one another
from mentorship.settings.base import DATABASES, DEFAULT_FROM_EMAIL, HEALTH_PATHS, SITE_URL

DEMO = False
DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
globals().update(env.email_url("EMAIL_URL"))

DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
# One proxy, the one that ends TLS, always stands before the site.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [f"^{re.escape(path.lstrip('/'))}$" for path in HEALTH_PATHS]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
# This host alone, unless whoever owns the domain says more: it binds sites that are not ours, and for long.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD")
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # which want both for everybody
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True

if env.str("SENTRY_DSN"):
    error_reports.start(env.str("SENTRY_DSN"))
