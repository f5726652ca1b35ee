"""Production refuses to start when something is unsafe, and says what to set; the entry points choose production."""

import base64
import os
import re
import runpy
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

import mentorship.settings.base
from mentorship.settings.environment import VARIABLES

ROOT = Path(__file__).resolve().parents[2]
GOOD_KEY = base64.b64encode(bytes(range(32))).decode()
RIGHT = {
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789-ABCDEFGHIJKLMNOPQ",
    "ALLOWED_HOSTS": "mentoring.example,www.mentoring.example",
    "SITE_URL": "https://mentoring.example/",
    "CONTENT_KEYS": f"k2:{GOOD_KEY},k1:{GOOD_KEY}",
    "DATABASE_URL": "postgres://app:word@db.example:5432/app",
    "REDIS_URL": "redis://broker.example:6379/0",
    "DEFAULT_FROM_EMAIL": "Programme <letters@mentoring.internal>",
    "EMAIL_URL": "smtp+tls://letters:word@mail.example:587",
}
UNSET = tuple(each.name for each in VARIABLES) + tuple(f"{each.name}_FILE" for each in VARIABLES)
WEAK_KEY = base64.b64encode(b"a" * 32).decode()
SHORT_KEY = base64.b64encode(bytes(range(31))).decode()
SOCKET = "postgres:////var/run/postgresql/app"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a settings module anew under the right environment, changed by the words given (None: unset)."""

    def run(name: str, **changed: str | None) -> dict[str, Any]:
        for variable in UNSET:
            monkeypatch.delenv(variable, raising=False)
        for variable, value in {**RIGHT, **changed}.items():
            if value is None:
                monkeypatch.delenv(variable, raising=False)
            else:
                monkeypatch.setenv(variable, value)
        # The base reads the environment when it is imported: afresh here, and the suite's own one back afterwards.
        monkeypatch.setattr(mentorship.settings, "base", mentorship.settings.base)
        monkeypatch.delitem(sys.modules, "mentorship.settings.base")
        return runpy.run_module(f"mentorship.settings.{name}")

    return run


def test_production_loads_when_all_is_right(load: Any) -> None:
    loaded = load("production")
    assert loaded["DEBUG"] is loaded["DEMO"] is False
    assert loaded["ALLOWED_HOSTS"] == ["mentoring.example", "www.mentoring.example"]
    assert loaded["CSRF_TRUSTED_ORIGINS"] == ["https://mentoring.example"]
    assert loaded["CLOCK"] == "common.clock.real_now"
    assert "mentorship.demo" not in loaded["INSTALLED_APPS"]
    assert loaded["STAFF_SECOND_FACTOR_REQUIRED"]
    assert loaded["DATABASES"]["default"]["HOST"] == "db.example"
    assert loaded["EMAIL_HOST"] == "mail.example"
    assert loaded["EMAIL_USE_TLS"]
    for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY"):
        assert loaded[name] is True, name


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"SECRET_KEY": None}, "Set SECRET_KEY to at least 50 random characters."),
        ({"SECRET_KEY": RIGHT["SECRET_KEY"][:49]}, "Set SECRET_KEY to at least 50 random characters."),
        ({"SECRET_KEY": "abc" * 20}, "Set SECRET_KEY to at least 50 random characters."),
        ({"SECRET_KEY_FALLBACKS": f"{RIGHT['SECRET_KEY']},short"}, "SECRET_KEY_FALLBACKS: each former key must be"),
        ({"SECRET_KEY": "django-insecure-" + RIGHT["SECRET_KEY"]}, "Set SECRET_KEY to at least 50 random characters."),
        ({"INVITATION_ONLY": "maybe"}, "INVITATION_ONLY is 'maybe': set it to true or false."),
        ({"HSTS_INCLUDE_SUBDOMAINS": "2"}, "HSTS_INCLUDE_SUBDOMAINS is '2': set it to true or false."),
        ({"HSTS_PRELOAD": "1"}, "HSTS_PRELOAD needs HSTS_INCLUDE_SUBDOMAINS"),
        ({"TRUSTED_PROXIES": "two"}, "TRUSTED_PROXIES is 'two': set it to a whole number."),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES is '-1': set it to a whole number."),
        ({"OUTBOX_AFTER_DOUBT": "wait"}, "OUTBOX_AFTER_DOUBT must be retry or hold."),
        ({"SENTRY_DSN": "http://key@errors.example/1"}, "SENTRY_DSN must begin with https://."),
        ({"EMAIL_URL": ""}, "Set EMAIL_URL to the mail server"),
        ({"DEBUG": "1"}, "DEBUG must not be set in production."),
        ({"CLOCK": "mentorship.demo.clock.now"}, "unset CLOCK and DEMO."),
        ({"DEMO": "true"}, "unset CLOCK and DEMO."),
        ({"ALLOWED_HOSTS": None}, "Set ALLOWED_HOSTS to the names this site answers to"),
        ({"ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS to the names this site answers to"),
        ({"ALLOWED_HOSTS": "mentoring.example,*"}, "Set ALLOWED_HOSTS to the names this site answers to"),
        ({"SITE_URL": None}, "Set SITE_URL to the site's address, beginning with https://."),
        ({"SITE_URL": "http://mentoring.example"}, "Set SITE_URL to the site's address, beginning with https://."),
        ({"SITE_URL": "https://elsewhere.example"}, "ALLOWED_HOSTS must name the host of SITE_URL, elsewhere.example"),
        ({"ALLOWED_HOSTS": ".other.example"}, "ALLOWED_HOSTS must name the host of SITE_URL, mentoring.example"),
        ({"DEFAULT_FROM_EMAIL": None}, "Set DEFAULT_FROM_EMAIL to the sender of all e-mails"),
        ({"DEFAULT_FROM_EMAIL": "Programme"}, "Set DEFAULT_FROM_EMAIL to the sender of all e-mails"),
        ({"DEFAULT_FROM_EMAIL": "letters@counterpoint.example"}, "Set DEFAULT_FROM_EMAIL to the sender"),
        ({"DEFAULT_FROM_EMAIL": "A <a@mail.Example.org>"}, "Set DEFAULT_FROM_EMAIL to the sender of all e-mails"),
        ({"DEFAULT_FROM_EMAIL": "root@localhost"}, "Set DEFAULT_FROM_EMAIL to the sender of all e-mails"),
        ({"CONTENT_KEYS": None}, "Set CONTENT_KEYS to id:base64 of 32 random bytes."),
        ({"CONTENT_KEYS": " , "}, "Set CONTENT_KEYS to id:base64 of 32 random bytes."),
        ({"CONTENT_KEYS": "k1:!no base64!"}, "CONTENT_KEYS: the key 'k1' must be base64 of 32 random bytes."),
        ({"CONTENT_KEYS": f"k1:{SHORT_KEY}"}, "CONTENT_KEYS: the key 'k1' must be base64 of 32 random bytes."),
        ({"CONTENT_KEYS": f"k1:{WEAK_KEY}"}, "CONTENT_KEYS: the key 'k1' must be base64 of 32 random bytes."),
        ({"CONTENT_KEYS": f":{GOOD_KEY}"}, "CONTENT_KEYS: the key '' must be base64 of 32 random bytes."),
        ({"CONTENT_KEYS": f"k2:{GOOD_KEY},k1:"}, "CONTENT_KEYS: the key 'k1' must be base64 of 32 random bytes."),
        ({"DATABASE_URL": SOCKET}, "DATABASE_URL points to a Unix socket."),
        ({"REDIS_URL": "unix:///var/run/valkey.sock?db=0"}, "REDIS_URL points to a Unix socket."),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"REDIS_URL": None}, "REDIS_URL"),
        ({"EMAIL_URL": None}, "EMAIL_URL"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_production_refuses_and_says_what_to_set(load: Any, changed: dict[str, str | None], sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        load("production", **changed)
    assert sentence in str(refusal.value)


def test_hosts_may_be_a_whole_domain(load: Any) -> None:
    assert load("production", ALLOWED_HOSTS=".mentoring.example")["SITE_URL"] == "https://mentoring.example"
    assert load("production", ALLOWED_HOSTS=".example")["SERVER_EMAIL"] == RIGHT["DEFAULT_FROM_EMAIL"]


@pytest.mark.parametrize(
    ("said", "means"), [(None, True), ("", True), ("True", True), (" yes ", True), ("off", False), ("0", False)]
)
def test_yes_and_no_are_read_however_they_are_written(load: Any, said: str | None, means: bool) -> None:
    assert load("production", INVITATION_ONLY=said)["INVITATION_ONLY"] is means


def test_what_binds_others_is_chosen(load: Any) -> None:
    names = ("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")
    loaded = load("production")
    assert loaded["SECURE_HSTS_SECONDS"] > 0
    assert [loaded[name] for name in names] == [False, False]
    assert loaded["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
    chosen = load("production", HSTS_INCLUDE_SUBDOMAINS="1", HSTS_PRELOAD="1", TRUSTED_PROXIES="2")
    assert [chosen[name] for name in names] == [True, True]
    assert chosen["ALLAUTH_TRUSTED_PROXY_COUNT"] == 2


def test_errors_are_reported_where_it_says_and_nowhere_without(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr("common.error_reports.start", started.append)
    load("production")
    assert started == []
    load("production", SENTRY_DSN="https://key@errors.example/1")
    assert started == ["https://key@errors.example/1"]


def test_health_is_asked_without_tls(load: Any) -> None:
    exempt = load("production")["SECURE_REDIRECT_EXEMPT"]
    for path in ("health/", "health/live/", "letters/health/", "letters/metrics/"):
        assert any(re.search(each, path) for each in exempt), path
    assert not any(re.search(each, "letters/unsubscribe/health/") for each in exempt)


NOT_OF_COMPOSE = {"DEBUG", "CLOCK", "DEMO", "ALLOW_SOCKETS"}


def test_compose_passes_every_variable_there_is() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    passed = set(re.findall(r"^    ([A-Z_]+): ", compose, re.MULTILINE)) - {"DJANGO_SETTINGS_MODULE"}
    assert {variable.name for variable in VARIABLES} - passed == NOT_OF_COMPOSE


def test_the_settings_read_no_other_variable() -> None:
    folder = ROOT / "mentorship" / "settings"
    read = set(re.findall(r"""env\.\w+\(\s*"([A-Z_]+)\"""", "".join(path.read_text() for path in folder.glob("*.py"))))
    assert {"DEFAULT_FROM_EMAIL", "INVITATION_ONLY", "DATABASE_URL"} <= read
    assert read <= {variable.name for variable in VARIABLES}


def test_operations_explain_every_variable() -> None:
    said = (ROOT / "docs" / "operations.md").read_text()
    rows = [
        f"| `{each.name}` | {each.meaning} | {'**required**' if each.required else each.default or 'nothing'} |"
        for each in VARIABLES
        if each.name not in NOT_OF_COMPOSE - {"ALLOW_SOCKETS"}
    ]
    assert "\n".join(rows) in said


def test_everything_that_is_wrong_is_said_at_once(load: Any) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        load("production", DATABASE_URL=None, EMAIL_URL="no address", SITE_URL="", TRUSTED_PROXIES="two")
    assert str(refusal.value).splitlines() == [
        "Set DATABASE_URL to the database, such as postgres://app:password@host:5432/name.",
        "EMAIL_URL cannot be read. The mail server: smtp+tls://user:password@host:587.",
        "Set SITE_URL to the site's address, beginning with https://.",
        "TRUSTED_PROXIES is 'two': set it to a whole number.",
    ]


def test_a_variable_may_come_from_a_file(load: Any, tmp_path: Path) -> None:
    secret, url = tmp_path / "secret", tmp_path / "url"
    secret.write_text(RIGHT["SECRET_KEY"] + "\n")
    url.write_text("smtp+tls://letters:word@other.example:587\n")
    loaded = load("production", SECRET_KEY=None, SECRET_KEY_FILE=str(secret), EMAIL_URL_FILE=str(url))
    assert (loaded["SECRET_KEY"], loaded["EMAIL_HOST"]) == (RIGHT["SECRET_KEY"], "other.example")
    with pytest.raises(ImproperlyConfigured) as refusal:
        load("production", SECRET_KEY_FILE=str(tmp_path / "nothing"), EMAIL_URL_FILE="")
    assert str(refusal.value) == "SECRET_KEY_FILE names a file that cannot be read as text."


def check_config(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    """The exit code, and what was said."""
    monkeypatch.setattr(sys, "argv", ["manage.py", "check_config"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "manage.py"), run_name="__main__")
    return ended.value.code, capsys.readouterr().out


@pytest.mark.usefixtures("_no_settings_named")
def test_check_config_lists_what_is_there_without_its_secrets(
    load: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load("production", SECRET_KEY_FALLBACKS=None, METRICS_TOKEN="a secret token")
    code, said = check_config(monkeypatch, capsys)
    assert code == 0
    states = dict(line.split(None, 1) for line in said.splitlines() if line[:1].isupper() and line.split()[0].isupper())
    assert states.keys() == {variable.name for variable in VARIABLES}
    assert states["SECRET_KEY"] == states["CONTENT_KEYS"] == states["EMAIL_URL"] == states["METRICS_TOKEN"] == "set"
    assert (states["SECRET_KEY_FALLBACKS"], states["TRUSTED_PROXIES"]) == ("not set", "default: 1")
    assert states["ALLOWED_HOSTS"] == f"set: {RIGHT['ALLOWED_HOSTS']}"
    assert said.endswith("Nothing is missing, and nothing is unsafe.\n")
    for secret in ("a secret token", ":word@", GOOD_KEY, RIGHT["SECRET_KEY"]):
        assert secret not in said


@pytest.mark.usefixtures("_no_settings_named")
def test_check_config_says_what_is_missing_and_what_is_unsafe(
    load: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ImproperlyConfigured):
        load("production", DATABASE_URL=None, SITE_URL="http://mentoring.example", SECRET_KEY_FILE="/no/such/file")
    code, said = check_config(monkeypatch, capsys)
    assert code == 1
    assert re.search(r"^DATABASE_URL +missing$", said, re.MULTILINE)
    assert re.search(r"^SITE_URL +unsafe$", said, re.MULTILINE)
    assert re.search(r"^SECRET_KEY +unsafe$", said, re.MULTILINE)
    assert "SECRET_KEY_FILE names a file that cannot be read as text." in said
    assert said.endswith("3 to be mended: the site does not start.\n")


def test_real_servers_may_be_reached_over_sockets(load: Any) -> None:
    broker = "unix:///var/run/valkey.sock?db=0"
    loaded = load("production", DATABASE_URL=SOCKET, REDIS_URL=broker, ALLOW_SOCKETS="1")
    assert loaded["DATABASES"]["default"]["HOST"] == "/var/run/postgresql"
    assert loaded["CELERY_BROKER_URL"] == "redis+socket:///var/run/valkey.sock?virtual_host=0"


def test_demo_loads_and_keeps_its_letters(load: Any) -> None:
    loaded = load("demo", EMAIL_URL=None)
    assert loaded["DEMO"] is True
    assert loaded["DEBUG"] is False
    assert loaded["CLOCK"] == "mentorship.demo.clock.now"
    assert loaded["EMAIL_BACKEND"] == "mentorship.demo.mail.MailboxBackend"
    assert set(loaded["ALLOWED_HOSTS"]) == {"127.0.0.1", "localhost", "[::1]"}


def test_demo_sends_to_a_mail_server_that_is_named(load: Any) -> None:
    loaded = load("demo", EMAIL_URL="smtp://127.0.0.1:2525")
    assert loaded["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert loaded["EMAIL_PORT"] == 2525


@pytest.fixture
def _no_settings_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set first, so that what the entry point writes is taken back afterwards."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "taken.back")
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")


@pytest.mark.usefixtures("_no_settings_named")
def test_command_line_uses_production_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr("django.core.management.execute_from_command_line", ran.append)
    runpy.run_path(str(ROOT / "manage.py"), run_name="__main__")
    assert ran == [sys.argv]
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "mentorship.settings.production"


@pytest.mark.usefixtures("_no_settings_named")
@pytest.mark.parametrize("name", ["wsgi", "asgi"])
def test_servers_use_production_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("django.setup", lambda **_words: None)  # it is set up, and would set the logs up anew
    monkeypatch.delitem(sys.modules, f"mentorship.{name}", raising=False)
    loaded = import_module(f"mentorship.{name}")
    assert callable(loaded.application)
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "mentorship.settings.production"
