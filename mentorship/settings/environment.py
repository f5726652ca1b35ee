"""The variables that settings come from: what each means, what it is by default, and what production refuses.

Any of them may be given by a file instead, whose path is in the variable of that name and `_FILE`: SECRET_KEY_FILE.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

YES = {"true", "1", "yes", "on", "y", "ok"}
NO = {"false", "0", "no", "off", "n", ""}
SECRET_LENGTH, SECRET_VARIETY = 50, 12  # characters, and different ones among them
KEY_BYTES, KEY_VARIETY = 32, 8  # bytes, and different ones among them
# Nobody may own these (RFC 2606): such a sender is a forgotten one, and mail servers refuse it.
NOBODYS_DOMAINS = (".example", ".example.com", ".example.net", ".example.org", ".invalid", ".test", ".localhost")


class _FilesToo(FileAwareMapping):  # type: ignore[misc]  # which has no types
    """A value, or what is in the file that is named for it, without blanks and newlines around."""

    def __getitem__(self, key: str) -> str:
        try:
            return str(super().__getitem__(key)).strip()
        except (OSError, UnicodeDecodeError) as problem:
            raise ImproperlyConfigured(f"{key}_FILE names a file that cannot be read as text.") from problem


class Environment(environ.Env):  # type: ignore[misc]  # which has no types
    """Refuses by its name what is neither yes nor no, or no number: the package reads "maybe" as no. An empty variable
    is one that says nothing.
    """

    ENVIRON = _FilesToo(cache=False)

    def bool(self, var: str) -> bool:
        said = self.str(var).lower()
        if said not in YES and said not in NO:
            raise ImproperlyConfigured(f"{var} is {said!r}: set it to true or false.")
        return (said or self._by_default(var)) in YES

    def int(self, var: str) -> int:
        said = self.str(var) or self._by_default(var)
        if not (said.isascii() and said.isdigit()):
            raise ImproperlyConfigured(f"{var} is {said!r}: set it to a whole number.")
        return int(said)

    def list(self, var: str) -> list[str]:
        return [each.strip() for each in self.str(var).split(",") if each.strip()]

    def _by_default(self, var: str) -> str:
        return str(self.scheme[var][1])


@dataclass(frozen=True, slots=True)
class Variable:
    """One that the settings read.

    meaning     what it is for, and what it is
    default     what it is where nothing is said (None: no settings load without it); production wants to be told a
                `required` one
    secret      never shown
    unsafe      says why production does not start with what is there; "": it does
    """

    name: str
    meaning: str
    default: str | None = ""
    required: bool = False
    secret: bool = False
    unsafe: Callable[[Environment], str] = lambda _env: ""


def _is_weak(key: str) -> bool:
    return len(key) < SECRET_LENGTH or len(set(key)) < SECRET_VARIETY or key.startswith("django-insecure")


def _secret_key(env: Environment) -> str:
    return "Set SECRET_KEY to at least 50 random characters." if _is_weak(env.str("SECRET_KEY")) else ""


def _former_secret_keys(env: Environment) -> str:
    if any(_is_weak(key) for key in env.list("SECRET_KEY_FALLBACKS")):
        return "SECRET_KEY_FALLBACKS: each former key must be at least 50 random characters; commas stand between them."
    return ""


def _content_keys(env: Environment) -> str:
    pairs = [pair.partition(":") for pair in env.str("CONTENT_KEYS").split(",") if pair.strip()]
    if not pairs:
        return "Set CONTENT_KEYS to id:base64 of 32 random bytes. It must not be derived from SECRET_KEY."
    for name, _colon, text in pairs:
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES or len(set(key)) < KEY_VARIETY or not name.strip():
            return f"CONTENT_KEYS: the key {name.strip()!r} must be base64 of 32 random bytes."
    return ""


def _hosts(env: Environment) -> str:
    hosts = env.list("ALLOWED_HOSTS")
    if not hosts or "*" in hosts:
        return "Set ALLOWED_HOSTS to the names this site answers to, separated by commas."
    return ""


def _address(env: Environment) -> str:
    if not env.str("SITE_URL").startswith("https://"):
        return "Set SITE_URL to the site's address, beginning with https://."
    named = urlsplit(env.str("SITE_URL")).hostname or ""
    hosts = env.list("ALLOWED_HOSTS")
    if not any(named == host or (host.startswith(".") and f".{named}".endswith(host)) for host in hosts):
        return f"ALLOWED_HOSTS must name the host of SITE_URL, {named}: its own links would be refused."
    return ""


def _sender(env: Environment) -> str:
    mailbox, _at, domain = parseaddr(env.str("DEFAULT_FROM_EMAIL"))[1].lower().rpartition("@")
    if not mailbox or not domain or f".{domain}".endswith(NOBODYS_DOMAINS):
        return "Set DEFAULT_FROM_EMAIL to the sender of all e-mails, such as Programme <letters@your-domain>."
    return ""


# The embedded servers trust whoever reaches their Unix socket: fit for a laptop, not for people's secrets.
def _database(env: Environment) -> str:
    if not env.str("DATABASE_URL", default=""):
        return "Set DATABASE_URL to the database, such as postgres://app:password@host:5432/name."
    database: dict[str, Any] = env.db("DATABASE_URL")
    host = str(database.get("OPTIONS", {}).get("host") or database.get("HOST", ""))
    if host.startswith("/") and not env.bool("ALLOW_SOCKETS"):
        return "DATABASE_URL points to a Unix socket. If that server is a real one, set ALLOW_SOCKETS=1."
    return ""


def _broker(env: Environment) -> str:
    if not env.str("REDIS_URL", default=""):
        return "Set REDIS_URL to the broker, such as redis://:password@host:6379/0."
    if env.str("REDIS_URL").startswith("unix://") and not env.bool("ALLOW_SOCKETS"):
        return "REDIS_URL points to a Unix socket. If that server is a real one, set ALLOW_SOCKETS=1."
    return ""


def _mail_server(env: Environment) -> str:
    if not env.str("EMAIL_URL"):
        return "Set EMAIL_URL to the mail server, such as smtp+tls://user:password@host:587."
    env.email_url("EMAIL_URL")
    return ""


def _after_doubt(env: Environment) -> str:
    return "" if env.str("OUTBOX_AFTER_DOUBT") in ("retry", "hold") else "OUTBOX_AFTER_DOUBT must be retry or hold."


def _error_reports(env: Environment) -> str:
    said = env.str("SENTRY_DSN")
    return "" if not said or said.startswith("https://") else "SENTRY_DSN must begin with https://."


def _preload(env: Environment) -> str:
    if env.bool("HSTS_PRELOAD") and not env.bool("HSTS_INCLUDE_SUBDOMAINS"):
        return "HSTS_PRELOAD needs HSTS_INCLUDE_SUBDOMAINS: browsers' lists take whole domains alone."
    return ""


def _yes_or_no(name: str) -> Callable[[Environment], str]:
    def asked(env: Environment) -> str:
        env.bool(name)
        return ""

    return asked


def _whole_number(name: str) -> Callable[[Environment], str]:
    def asked(env: Environment) -> str:
        env.int(name)
        return ""

    return asked


def _never(name: str, sentence: str) -> Callable[[Environment], str]:
    return lambda env: sentence if env.str(name).lower() not in NO else ""


DEMO_ALONE = "The demo clock and the demo pages exist in the demo settings only: unset CLOCK and DEMO."
VARIABLES = (
    Variable(
        "SECRET_KEY",
        "Signs sessions, links and codes: at least 50 random characters.",
        required=True,
        secret=True,
        unsafe=_secret_key,
    ),
    Variable(
        "SECRET_KEY_FALLBACKS",
        "Former secret keys, separated by commas: what they signed still holds.",
        secret=True,
        unsafe=_former_secret_keys,
    ),
    Variable(
        "CONTENT_KEYS",
        "Seal the words of pairs: id:base64 of 32 random bytes, separated by commas. The first seals, all unseal.",
        required=True,
        secret=True,
        unsafe=_content_keys,
    ),
    Variable(
        "DATABASE_URL",
        "PostgreSQL 15 or later, as the role app: postgres://app:password@host:5432/name.",
        default=None,
        required=True,
        secret=True,
        unsafe=_database,
    ),
    Variable(
        "REDIS_URL",
        "The broker, which speaks Redis' protocol: redis://:password@host:6379/0.",
        default=None,
        required=True,
        secret=True,
        unsafe=_broker,
    ),
    Variable(
        "EMAIL_URL",
        "The mail server: smtp+tls://user:password@host:587.",
        required=True,
        secret=True,
        unsafe=_mail_server,
    ),
    Variable(
        "DEFAULT_FROM_EMAIL",
        "The sender of all e-mails, of a domain of your own: Programme <letters@your-domain>.",
        default="Counterpoint <letters@counterpoint.example>",
        required=True,
        unsafe=_sender,
    ),
    Variable("ALLOWED_HOSTS", "The names that the site answers to, separated by commas.", required=True, unsafe=_hosts),
    Variable(
        "SITE_URL",
        "The site's address, beginning with https://, for links in e-mails.",
        default="http://127.0.0.1:8000",
        required=True,
        unsafe=_address,
    ),
    Variable("SITE_NAME", "What the site is called on its pages and in its e-mails.", default="Counterpoint"),
    Variable(
        "INVITATION_ONLY",
        "Whether accounts are made by invitation alone.",
        default="true",
        unsafe=_yes_or_no("INVITATION_ONLY"),
    ),
    Variable(
        "TRUSTED_PROXIES",
        "How many proxies of your own stand before the site: tries to sign in are counted by the client before them.",
        default="1",
        unsafe=_whole_number("TRUSTED_PROXIES"),
    ),
    Variable(
        "HSTS_INCLUDE_SUBDOMAINS",
        "Whether browsers are to reach every host below the site's by TLS alone.",
        default="false",
        unsafe=_yes_or_no("HSTS_INCLUDE_SUBDOMAINS"),
    ),
    Variable(
        "HSTS_PRELOAD",
        "Whether browsers may ship that with themselves; hard to undo.",
        default="false",
        unsafe=_preload,
    ),
    Variable(
        "DATABASE_PREPARE_AFTER",
        "How often a statement is asked before PostgreSQL prepares it; 0: never, behind PgBouncer before 1.21.",
        default="5",
        unsafe=_whole_number("DATABASE_PREPARE_AFTER"),
    ),
    Variable(
        "OUTBOX_AFTER_DOUBT",
        "What becomes of an e-mail of which nobody knows whether it arrived: retry sends it again with the same "
        "Message-ID, hold keeps it until somebody decides at the desk.",
        default="retry",
        unsafe=_after_doubt,
    ),
    Variable(
        "METRICS_TOKEN",
        "Opens /letters/metrics/ to Prometheus, as a bearer token; without one there is no such page.",
        secret=True,
    ),
    Variable(
        "SENTRY_DSN",
        "Where errors are reported to, by Sentry's protocol; without it nowhere. No report holds anything personal.",
        secret=True,
        unsafe=_error_reports,
    ),
    Variable(
        "ALLOW_SOCKETS",
        "Whether the servers may be reached over Unix sockets, by whoever may open these.",
        default="false",
        unsafe=_yes_or_no("ALLOW_SOCKETS"),
    ),
    Variable("DEBUG", "Never in production.", unsafe=_never("DEBUG", "DEBUG must not be set in production.")),
    Variable("CLOCK", "Of the demo alone.", unsafe=_never("CLOCK", DEMO_ALONE)),
    Variable("DEMO", "Of the demo alone.", unsafe=_never("DEMO", DEMO_ALONE)),
)
env = Environment(
    **{
        each.name: str if each.default is None else (str, each.default) for each in VARIABLES
    }  # what django-environ asks
)


def problem(variable: Variable, env: Environment = env) -> str:
    """Why production does not start with what this variable is; "": it does."""
    try:
        return variable.unsafe(env)
    except (ImproperlyConfigured, ValueError) as refused:
        ours = str(refused)
        # What the package says names no variable, and may hold a password.
        return ours if variable.name in ours else f"{variable.name} cannot be read. {variable.meaning}"


def problems() -> Iterator[str]:
    """All that keeps production from starting, a sentence each."""
    yield from dict.fromkeys(filter(None, map(problem, VARIABLES)))
