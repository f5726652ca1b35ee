"""Production, wholly by environment. It refuses to start when something is unsafe, and says what to set."""

import base64
import binascii

from django.core.exceptions import ImproperlyConfigured

from mentorship.settings.base import *  # noqa: F403 - settings modules build on one another
from mentorship.settings.base import CONTENT_KEYS, DATABASES, REDIS_URL, SITE_URL, env

DEMO = False
DEBUG = False

SECRET_LENGTH, SECRET_VARIETY = 50, 12  # characters, and different ones among them
KEY_BYTES, KEY_VARIETY = 32, 8  # bytes, and different ones among them


def _refuse(sentence: str) -> None:
    raise ImproperlyConfigured(sentence)


SECRET_KEY = env.str("SECRET_KEY", default="")
if len(SECRET_KEY) < SECRET_LENGTH or len(set(SECRET_KEY)) < SECRET_VARIETY or SECRET_KEY.startswith("django-insecure"):
    _refuse("Set SECRET_KEY to at least 50 random characters.")

if env.bool("DEBUG", default=False):
    _refuse("DEBUG must not be set in production.")

if env.str("CLOCK", default="") or env.bool("DEMO", default=False):
    _refuse("The demo clock and the demo pages exist in the demo settings only: unset CLOCK and DEMO.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    _refuse("Set ALLOWED_HOSTS to the names this site answers to, separated by commas.")

if not SITE_URL.startswith("https://"):
    _refuse("Set SITE_URL to the site's address, beginning with https://.")

_pairs = [pair.partition(":") for pair in CONTENT_KEYS.split(",") if pair.strip()]
if not _pairs:
    _refuse("Set CONTENT_KEYS to id:base64 of 32 random bytes. It must not be derived from SECRET_KEY.")
for _id, _, _text in _pairs:
    try:
        _bytes = base64.b64decode(_text, validate=True)
    except binascii.Error:
        _bytes = b""
    if len(_bytes) != KEY_BYTES or len(set(_bytes)) < KEY_VARIETY or not _id.strip():
        _refuse(f"CONTENT_KEYS: the key {_id.strip()!r} must be base64 of 32 random bytes.")

# The embedded servers trust whoever reaches their Unix socket: fit for a laptop, not for people's secrets.
_options = DATABASES["default"]["OPTIONS"]
_database_host = str(_options.get("host") or DATABASES["default"].get("HOST", ""))
_sockets_meant = env.bool("ALLOW_SOCKETS", default=False)
if _database_host.startswith("/") and not _sockets_meant:
    _refuse("DATABASE_URL points to a Unix socket. If that server is a real one, set ALLOW_SOCKETS=1.")
if REDIS_URL.startswith("unix://") and not _sockets_meant:
    _refuse("REDIS_URL points to a Unix socket. If that server is a real one, set ALLOW_SOCKETS=1.")

globals().update(env.email_url("EMAIL_URL"))

_options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
# One proxy, the one that ends TLS, always stands before the site.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True
