"""Every setting of Konter, read from the environment once.

The demo (`KONTER_DEMO=1`) fills in what a newcomer has not set; production refuses to start
without its secrets and says which are missing (`portal/checks.py` and `_required` below).
"""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from portal import embedded
from portal.lib import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

KONTER_HOME = Path(env.str("KONTER_HOME", str(BASE_DIR / ".konter"))).absolute()
_found = embedded.read_environment(KONTER_HOME)
"""What the embedded services wrote about themselves: used only where the environment is silent."""

DEBUG = False
DEMO = env.bool("KONTER_DEMO", _found.get("KONTER_DEMO", "0") == "1")
# Commands that never open a connection or answer a request may run without secrets.
_OFFLINE = {"check", "makemigrations", "makemessages", "compilemessages", "collectstatic", "up", "help"}
_OFFLINE |= {"backup", "restore"}  # they find the database by themselves
_offline = len(sys.argv) > 1 and sys.argv[1] in _OFFLINE and "--deploy" not in sys.argv


def _required(name: str, fallback: str) -> str:
    value: str = env.str(name, "") or _found.get(name, "")
    if value:
        return value
    if DEMO or _offline:
        return fallback
    raise ImproperlyConfigured(
        f"{name} is not set. Set it in the environment, or start `make run`, which keeps its own in {KONTER_HOME}."
    )


SECRET_KEY = _required("SECRET_KEY", "only-for-commands-that-serve-nobody")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
KONTER_ENCRYPTION_KEYS = _required("KONTER_ENCRYPTION_KEYS", "only-for-commands-that-serve-nobody").split(",")

HOST = env.str("HOST", "127.0.0.1")
DEMO_PUBLIC = env.bool("KONTER_DEMO_PUBLIC", False)
PORT = env.int("PORT", int(_found.get("PORT", "8000")))
TLS_PORT = env.int("TLS_PORT", int(_found.get("TLS_PORT", "8443")))
SIMULATOR_PORT = env.int("SIMULATOR_PORT", int(_found.get("SIMULATOR_PORT", "8001")))
KONTER_BASE_URL = env.str("KONTER_BASE_URL", f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS = _required("ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{HOST}").split(",")
CSRF_TRUSTED_ORIGINS = [KONTER_BASE_URL]
_https = KONTER_BASE_URL.startswith("https://")
_at_home = urlsplit(KONTER_BASE_URL).hostname in {"localhost", "127.0.0.1", "::1"}

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "dealers.apps.DealersConfig",
    "transactions.apps.TransactionsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "rest_framework",
    "drf_spectacular",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.lib.web.RequestIdMiddleware",
    "portal.lib.web.TroubleMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pads every answer by a random length, so that its size tells nothing of the secrets in it.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.lib.web.MessagesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.lib.style.PolicyMiddleware",
    "portal.lib.web.NotAllowedMiddleware",
    "axes.middleware.AxesMiddleware",
    "dealers.middleware.DealerMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
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
                "portal.lib.web.site",
            ],
            "builtins": ["portal.templatetags.words"],
        },
    }
]

_BATCH = {"dispatcher", "audit_ledger", "demo", "migrate", "rollup", "seal", "celery", "worker"}
STATEMENT_TIMEOUT_MS = 60_000 if _BATCH & set(sys.argv) or "celery" in sys.argv[0] else 5_000


def _database(name: str, *, batch: bool = False) -> dict[str, Any]:
    url = _required(name, "postgresql://konter@localhost/konter")
    database = dict(env.dj_db_url("NO_SUCH_VARIABLE", url))
    timeout = 60_000 if batch else STATEMENT_TIMEOUT_MS
    database["ENGINE"] = "portal.lib.database"
    database["CONN_MAX_AGE"] = 600
    database["CONN_HEALTH_CHECKS"] = True
    database["OPTIONS"] = {
        **database.get("OPTIONS", {}),
        "connect_timeout": 2,
        "options": f"-c lock_timeout=2s -c statement_timeout={timeout} -c idle_in_transaction_session_timeout=10s",
    }
    database["ATOMIC_REQUESTS"] = False  # a request's transaction belongs to one dealer: dealers/middleware.py
    return database


DATABASES = {
    "default": _database("DATABASE_URL"),
    "owner": _database("DATABASE_OWNER_URL", batch=True),
    "audit": _database("DATABASE_AUDIT_URL", batch=True),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", _found.get("REDIS_URL", "redis://localhost:6379/0"))
CACHES = {"default": env.dj_cache_url("CACHE_URL", "locmem://konter")}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "transactions.api.native.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Konter",
    "VERSION": "1",
    "DESCRIPTION": "Buy pulsa, data packages and PLN tokens from a dealer by machine. Sums are whole rupiah.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # The same two words for a webhook's format and for a call's dialect.
    "ENUM_NAME_OVERRIDES": {"FormatEnum": [("native", "native"), ("digiflazz", "digiflazz")]},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "transactions.api.native.links.add",
    ],
}

AUTH_USER_MODEL = "dealers.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/akun/masuk/"
LOGIN_REDIRECT_URL = "/akun/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3600
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours: never a permanent lock
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_CALLABLE = "dealers.views.account.locked"
AXES_CLIENT_IP_CALLABLE = "dealers.people.axes_address"
AXES_VERBOSE = False

SESSION_COOKIE_NAME = "__Host-session" if _https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrftoken"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "portal.lib.web.csrf_failure"
SECURE_SSL_REDIRECT = _https and env.bool("KONTER_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^h2h/", r"^hooks/", r"^healthz/", r"^metrics$"]
if _at_home:
    SECURE_SSL_HOST = urlsplit(KONTER_BASE_URL).netloc  # https has a port of its own there
# Never for localhost: a browser would ask every other program on this machine for https too.
SECURE_HSTS_SECONDS = 31_536_000 if _https and not _at_home else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https and not _at_home
SECURE_REFERRER_POLICY = "same-origin"
TRUSTED_PROXIES: list[str] = env.list("KONTER_TRUSTED_PROXIES", [])
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
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
        "worker-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", KONTER_HOME / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False

MAIL_FOLDER = KONTER_HOME / "mail"
if DEMO and not env.str("EMAIL_URL", ""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_FOLDER
else:
    vars().update(env.dj_email_url("EMAIL_URL", "smtp://localhost:25"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Konter <konter@localhost>")

METRICS_TOKEN = env.str("METRICS_TOKEN", "konter-demo" if DEMO else "")
CELERY_BROKER_URL = REDIS_URL
OUTBOUND_ALLOW_NETWORKS: list[str] = env.list("KONTER_PROBE_ALLOW_NETWORKS", ["127.0.0.0/8"] if DEMO else [])
OUTBOUND_ADDRESSES: list[str] = env.list("KONTER_OUTBOUND_ADDRESSES", [])
"""From where suppliers see us call, as far as the operator knows: what they have to allow-list."""
PROBE_CA = env.str("KONTER_PROBE_CA", _found.get("KONTER_PROBE_CA", ""))
"""A file of authorities that calls to others trust besides the public ones."""
SUPPLIER_CALL_SECONDS = 30.0
"""The longest a call to a supplier may take, all in all."""
CHECK_INTERVAL_SECONDS = env.int("KONTER_CHECK_INTERVAL_SECONDS", 2 if DEMO else 60)
"""How long an attempt without a verdict rests before the supplier is asked again."""
NAME_CHECK_SECONDS = 6.0
"""How long a buyer waits for the name behind an electricity meter."""
GUEST_QUOTES_PER_MINUTE = 12_000 if DEMO else 30
GUEST_ORDERS_PER_MINUTE = 6_000 if DEMO else 10
NAME_CHECKS_PER_MINUTE = 6_000 if DEMO else 8
"""Meters that one address may ask about."""
GUEST_LOOKUPS_PER_MINUTE = 6_000 if DEMO else 10
LOOKUPS_PER_ORDER_AND_MINUTE = 2
"""After ten at once: four digits are found in a week of trying, and then only facts."""
ACCOUNT_TRIES_PER_MINUTE = 3_000 if DEMO else 20
"""Sign-ins, sign-ups and forgotten passwords that one address may try, each."""
SANDBOX_SECRET = env.str("SANDBOX_SECRET", "konter-sandbox-secret" if DEMO else "")
"""Signs the sandbox gateway's callbacks; empty means that nobody can pay with it."""
CRASH_AT = env.str("KONTER_CRASH_AT", "")

LOGGING_CONFIG = None
logs.configure(json=not (DEMO or sys.stderr.isatty() or "pytest" in sys.modules))
