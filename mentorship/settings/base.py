"""What every installation shares. The three others (demo, test, production) only say where they differ."""

from pathlib import Path

import django_stubs_ext
import structlog
from bootstrap_wrapper import get_bootstrap_dir
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg import IsolationLevel

from mentorship.settings.environment import env

# Lets `ModelForm[Model]` and its like, which the type checker wants, be written at run time too.
django_stubs_ext.monkeypatch()


BASE_DIR = Path(__file__).resolve().parents[2]

# --- the programme ----------------------------------------------------------------------------
SITE_NAME = env.str("SITE_NAME")
SITE_URL = env.str("SITE_URL").rstrip("/")
INVITATION_ONLY = env.bool("INVITATION_ONLY")
STAFF_SECOND_FACTOR_REQUIRED = True
CLOCK = "common.clock.real_now"

# --- content keys: id:base64 pairs, the first wraps new keys, the others still unwrap ---------
CONTENT_KEYS = env.str("CONTENT_KEYS")

# --- what signed before SECRET_KEY was changed: links, codes and sessions made with it still hold -------
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS")

# --- apps -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "engagements",
    "matching",
    "cohorts",
    "accounts",
    "outbox",
    "common",
    "mentorship.desk",
    "mentorship.own_data",
    "mentorship.ui",
    "django.contrib.auth",
    "django.contrib.humanize",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "mentorship.site.CoordinationAdmin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
]

# Asked from inside the network, by address and without TLS; they say nothing that is anybody's.
HEALTH_PATHS = ("/health/", "/health/live/", "/letters/health/", "/letters/metrics/")

MIDDLEWARE = [
    "common.middleware.AnyHostForHealth",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.middleware.Compressed",
    "common.middleware.NeverStored",
    "common.middleware.Readable",
    "common.middleware.RedirectsTold",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "common.log_paths.RequestLog",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.PersonalLocale",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SignInAgain",
    "accounts.middleware.SecondFactorUnreadable",
    "common.sent_once.SentOnce",
]

ROOT_URLCONF = "mentorship.urls"
WSGI_APPLICATION = "mentorship.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mentorship.ui.context.site",
                "mentorship.ui.context.nav",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "django.templatetags.tz"],
        },
    }
]

# --- one engine everywhere --------------------------------------------------------------------
DATABASES = {"default": {**env.db("DATABASE_URL"), "ATOMIC_REQUESTS": False}}
# Verbs lock what they look at, and rely on seeing what was committed before the lock was theirs.
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    "isolation_level": IsolationLevel.READ_COMMITTED,
    # Values go apart from the statement, so that one asked so often is prepared (docs/decisions/0036). 0: never, behind
    # a pooler that cannot keep them (PgBouncer < 1.21).
    "server_side_binding": True,
    "prepare_threshold": env.int("DATABASE_PREPARE_AFTER") or None,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "mentorship.sessions"

# --- Celery: UTC, no long countdowns, thin tasks that may run twice ---------------------------
# Celery spells a broker on a Unix socket "redis+socket://path?virtual_host=N"; the cache spells it "unix://path?db=N".
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Whoever wakes a worker tries the broker once: Kombu would try again for six seconds, for each e-mail that is posted.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2, "max_retries": 0}
CELERY_BEAT_SCHEDULER = "outbox.beat:Scheduler"
# A tick that waited longer than its own period is worth nothing: the next one does the same work.
CELERY_BEAT_SCHEDULE = {
    "deliver letters": {
        "task": "outbox.tasks.deliver",
        "schedule": 10.0,
        "options": {"expires": 30},
    },
    "bring new addresses into effect": {
        "task": "accounts.tasks.sweep_addresses",
        "schedule": 300.0,
        "options": {"expires": 600},
    },
    "erase what was asked to be erased": {
        "task": "mentorship.own_data.tasks.sweep_erasures",
        "schedule": 3600.0,
        "options": {"expires": 7200},
    },
    "bring spreadsheets in": {
        "task": "cohorts.tasks.bring_in",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
    "clear spreadsheets that nobody confirmed": {
        "task": "cohorts.tasks.sweep_imports",
        "schedule": 3600.0,
        "options": {"expires": 7200},
    },
    "make match runs": {
        "task": "matching.tasks.make_runs",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
    "expire and remind requests": {
        "task": "matching.tasks.sweep_requests",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
    "watch pairings": {
        "task": "matching.tasks.sweep_pairings",
        "schedule": 300.0,
        "options": {"expires": 600},
    },
    "watch independence": {
        "task": "matching.tasks.sweep_independence",
        "schedule": 3600.0,
        "options": {"expires": 7200},
    },
    "watch check-ins": {
        "task": "engagements.tasks.sweep_check_ins",
        "schedule": 300.0,
        "options": {"expires": 600},
    },
    "count outcomes": {
        "task": "engagements.tasks.sweep_outcomes",
        "schedule": 3600.0,
        "options": {"expires": 7200},
    },
}

# --- signing in -------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["mentorship.authentication.PersonBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # letters can be slow, and executives' inboxes are guarded
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "accounts.forms.sign_in.Login",
    "signup": "accounts.forms.sign_in.SignUp",
    "add_email": "accounts.forms.sign_in.AddEmail",
    "change_password": "accounts.forms.sign_in.ChangePassword",
    "set_password": "accounts.forms.sign_in.SetPassword",
    "reset_password": "accounts.forms.sign_in.ResetPassword",
    "reset_password_from_key": "accounts.forms.sign_in.ResetPasswordFromKey",
    "reauthenticate": "accounts.forms.sign_in.Reauthenticate",
    "request_login_code": "accounts.forms.sign_in.RequestLoginCode",
}
# How many proxies of ours stand before the site: the client is the one who spoke to the outermost of them.
ALLAUTH_TRUSTED_PROXY_COUNT = 0
# By client ("ip", which may be a whole office behind one address) and by account ("key").
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {
    "login": "100/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    "request_login_code": "100/m/ip,3/m/key",
    "reset_password": "100/m/ip,5/m/key",
    "invitation_code": "20/h/ip",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "edit_webauthn": "accounts.forms.sign_in.EditPasskey",
    "add_webauthn": "accounts.forms.sign_in.AddPasskey",
    "authenticate_webauthn": "accounts.forms.sign_in.AuthenticateByPasskey",
    "login_webauthn": "accounts.forms.sign_in.LoginByPasskey",
    "reauthenticate_webauthn": "accounts.forms.sign_in.ReauthenticateByPasskey",
}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"

# --- sessions, cookies, headers ---------------------------------------------------------------
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mentorship.views.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- words, places, times ---------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["mentorship.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", get_bootstrap_dir())]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Compressed already; and maps, which are large and read by nobody but whoever looks for a fault.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("gif", "jpg", "png", "webp", "woff", "woff2", "map")

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- letters ----------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20
OUTBOX_LEASE_SECONDS = 120
OUTBOX_BATCH = 50
OUTBOX_SPREAD_SECONDS = 120  # over which more letters than two batches hold leave, if they fall due at one moment
OUTBOX_UNDO_SECONDS = 60  # in which what tells of a request or an alert can be undone, and others join it
OUTBOX_MAX_ATTEMPTS = 12
OUTBOX_FIRST_PAUSE_SECONDS = 30  # before a letter's second try; doubled for each further one
OUTBOX_TROUBLE_PAUSE_SECONDS = 60  # while the mail server cannot be reached
# What becomes of a letter of which nobody knows whether it arrived: "retry" sends it again with the same Message-ID,
# "hold" keeps it until somebody decides at the desk.
OUTBOX_AFTER_DOUBT = env.str("OUTBOX_AFTER_DOUBT")

# Whoever sends it as a bearer token may read /letters/metrics/; without one there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN")

# --- logging: names and numbers of things, never their content --------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        }
    },
    "filters": {"without_tokens": {"()": "common.log_paths.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_tokens"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        **{
            name: {"handlers": ["console"], "level": "INFO", "propagate": False}
            for name in ("common", "outbox", "accounts", "cohorts", "matching", "engagements")
        },
        # Django's own set-up mails errors to ADMINS, from the request in which they happen.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
