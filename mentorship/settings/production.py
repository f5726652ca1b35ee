"""Production, wholly by environment. It refuses to start when something is unsafe, and says what to set."""

import base64
import binascii
import re
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from mentorship.settings.base import *  # noqa: F403 - settings modules build on one another
from mentorship.settings.base import (
    CONTENT_KEYS,
    DATABASES,
    HEALTH_PATHS,
    OUTBOX_AFTER_DOUBT,
    REDIS_URL,
    SECRET_KEY_FALLBACKS,
    SITE_URL,
    env,
)

DEMO = False
DEBUG = False

SECRET_LENGTH, SECRET_VARIETY = 50, 12  # characters, and different ones among them
KEY_BYTES, KEY_VARIETY = 32, 8  # bytes, and different ones among them


def _refuse(sentence: str) -> None:
    raise ImproperlyConfigured(sentence)


def _is_weak(key: str) -> bool:
    return len(key) < SECRET_LENGTH or len(set(key)) < SECRET_VARIETY or key.startswith("django-insecure")


SECRET_KEY = env.str("SECRET_KEY", default="")
if _is_weak(SECRET_KEY):
    _refuse("Set SECRET_KEY to at least 50 random characters.")
if any(_is_weak(key) for key in SECRET_KEY_FALLBACKS):
    _refuse("SECRET_KEY_FALLBACKS: each former key must be at least 50 random characters; commas stand between them.")

if env.bool("DEBUG", default=False):
    _refuse("DEBUG must not be set in production.")

if env.str("CLOCK", default="") or env.bool("DEMO", default=False):
    _refuse("The demo clock and the demo pages exist in the demo settings only: unset CLOCK and DEMO.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    _refuse("Set ALLOWED_HOSTS to the names this site answers to, separated by commas.")

if not SITE_URL.startswith("https://"):
    _refuse("Set SITE_URL to the site's address, beginning with https://.")

_site_host = urlsplit(SITE_URL).hostname or ""
if not any(_site_host == host or (host.startswith(".") and f".{_site_host}".endswith(host)) for host in ALLOWED_HOSTS):
    _refuse(f"ALLOWED_HOSTS must name the host of SITE_URL, {_site_host}: its own links would be refused.")

# Nobody may own these (RFC 2606): such a sender is a forgotten one, and mail servers refuse it.
NOBODYS_DOMAINS = (".example", ".example.com", ".example.net", ".example.org", ".invalid", ".test", ".localhost")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="")
_mailbox, _, _sender_domain = parseaddr(DEFAULT_FROM_EMAIL)[1].lower().rpartition("@")
if not _mailbox or not _sender_domain or f".{_sender_domain}".endswith(NOBODYS_DOMAINS):
    _refuse("Set DEFAULT_FROM_EMAIL to the sender of all e-mails, such as Programme <letters@your-domain>.")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

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

if not env.str("EMAIL_URL", default=""):
    _refuse("Set EMAIL_URL to the mail server, such as smtp+tls://user:password@host:587.")
globals().update(env.email_url("EMAIL_URL"))
if OUTBOX_AFTER_DOUBT not in ("retry", "hold"):
    _refuse("OUTBOX_AFTER_DOUBT must be retry or hold.")

_options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
# One proxy, the one that ends TLS, always stands before the site.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [f"^{re.escape(path.lstrip('/'))}$" for path in HEALTH_PATHS]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
# This host alone, unless whoever owns the domain says more: it binds sites that are not ours, and for long.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
if SECURE_HSTS_PRELOAD and not SECURE_HSTS_INCLUDE_SUBDOMAINS:
    _refuse("HSTS_PRELOAD needs HSTS_INCLUDE_SUBDOMAINS: browsers' lists take whole domains alone.")
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # which want both for everybody
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True
