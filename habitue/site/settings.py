"""Django's settings, derived from the environment (environment.py says what can be set)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from habitue.site import environment, postgres

ENVIRONMENT = environment.read()
PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = ENVIRONMENT.debug
SECRET_KEY = environment.secret(ENVIRONMENT)
HABITUE_HOME = ENVIRONMENT.home
HABITUE_DROP = ENVIRONMENT.drop
HABITUE_ADDRESS = ENVIRONMENT.address
HABITUE_MAIL_CONFIGURED = ENVIRONMENT.mail is not None
HABITUE_OUTBOX = ENVIRONMENT.outbox


INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "habitue.members",
    "habitue.ledger",
    "habitue.lake",
    "habitue.outreach",
    "habitue.connectors",
    "habitue.pages",
    "habitue.api",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random against BREACH; our style sheets too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it looks at what the others let through
]

ROOT_URLCONF = "habitue.site.urls"
WSGI_APPLICATION = "habitue.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# ---- database: a server of one's own, else the embedded one ---------------------------------


def _django_database(client: dict[str, Any]) -> dict[str, Any]:
    # The ledger's prepared statements take whole batches: one plan serves every size.
    client = {"options": "-c plan_cache_mode=force_generic_plan", **client}
    known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    known["dbname"] = "NAME"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        **{known[name]: value for name, value in client.items() if name in known},
        "OPTIONS": {name: value for name, value in client.items() if name not in known},
    }


DATABASES = {"default": _django_database(postgres.client(ENVIRONMENT))}

# ---- languages: French first ----------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("it", "Italiano"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---- signing in: a code by mail, no password ------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ENVIRONMENT.address.startswith("http://localhost")
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1  # hour
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# ---- programs and apps that talk to us: how long what they carry is good ----------------------

API_KEY_OVERLAP = timedelta(hours=ENVIRONMENT.api_key_overlap_hours)
MEMBER_TOKEN_LIFE = timedelta(minutes=ENVIRONMENT.member_token_minutes)
STAFF_TOKEN_LIFE = timedelta(hours=ENVIRONMENT.staff_token_hours)

# ---- the web ----------------------------------------------------------------------------------

ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
HTTPS = ENVIRONMENT.public_url.startswith("https://")
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.public_url] if ENVIRONMENT.public_url else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "habitue-session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
CSRF_FAILURE_VIEW = "habitue.pages.errors.csrf"
X_FRAME_OPTIONS = "DENY"
if ENVIRONMENT.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_IPWARE_PROXY_COUNT = ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the package: nothing to collect before a start
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# ---- mail -------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from
if ENVIRONMENT.mail:
    EMAIL_HOST, EMAIL_PORT = ENVIRONMENT.mail.host, ENVIRONMENT.mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENVIRONMENT.mail.user, ENVIRONMENT.mail.password
    EMAIL_USE_TLS = ENVIRONMENT.mail.encryption == "starttls"
    EMAIL_USE_SSL = ENVIRONMENT.mail.encryption == "tls"
    EMAIL_TIMEOUT = 15
else:
    EMAIL_BACKEND = "habitue.site.outbox.Backend"
    EMAIL_FILE_PATH = ENVIRONMENT.outbox

# ---- the door for programs -------------------------------------------------------------------

API_RATE = ENVIRONMENT.api_rate
WEB_PROCESSES = ENVIRONMENT.processes
WEB_THREADS = ENVIRONMENT.threads
API_BURST = ENVIRONMENT.api_burst
WEBHOOKS_LOOPBACK = ENVIRONMENT.webhooks_loopback

SHOPS_LOOPBACK = ENVIRONMENT.shops_loopback

# ---- jobs and logs ----------------------------------------------------------------------------

PROCRASTINATE_IMPORT_PATHS = ["habitue.site.tasks"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {
        "no_health": {"()": "habitue.site.health.NotHealth"},
        "discreet": {"()": "habitue.site.discretion.Discreet"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no_health", "discreet"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "habitue": {"level": "INFO"},
        "procrastinate": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
    },
}
