"""Django's settings. What an operator may set comes from the environment (see ``stammis.config.environment``)."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from stammis.config import database, environment, mail

PACKAGE = Path(__file__).resolve().parent.parent
DEFAULT_SECRET = "only-for-development-and-tests"  # noqa: S105 - refused in production mode

PRODUCTION = environment.is_on("STAMMIS_PRODUCTION")
DEBUG = environment.is_on("STAMMIS_DEBUG")
SECRET_KEY = environment.read("STAMMIS_SECRET_KEY", DEFAULT_SECRET)
WORKERS = environment.workers()  # asked for here too, so that nonsense is refused before anything begins
ALLOWED_HOSTS = environment.split("STAMMIS_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = environment.split("STAMMIS_ORIGINS")


DATABASES = {"default": database.parse(environment.read("DATABASE_URL", "postgresql:///stammis"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "lucide",
    "procrastinate.contrib.django",
    "stammis.kit",
    "stammis.programmes",
    "stammis.staff",
    "stammis.members",
    "stammis.activity",
    "stammis.ledger",
    "stammis.rewards",
    "stammis.accrual",
    "stammis.imports",
    "stammis.insight",
    "stammis.simulation",
    "stammis.api",
    "stammis.console",
]

MIDDLEWARE = [
    "stammis.api.fallbacks.HostProblems",
    "django.middleware.security.SecurityMiddleware",
    "stammis.config.statics.Statics",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stammis.api.fallbacks.MethodProblems",
]

ROOT_URLCONF = "stammis.config.urls"
ASGI_APPLICATION = "stammis.config.asgi.application"
AUTH_USER_MODEL = "staff.Person"
LOGIN_URL = "console:sign_in"
LOGIN_REDIRECT_URL = "console:overview"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Tasks are imported by the worker and by those who ask for them: nobody else should carry what they need.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fi", _("Finnish")), ("sv", _("Swedish")), ("pl", _("Polish"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = environment.read("STAMMIS_STATIC", "") or None  # without it, files are served from the packages
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "stammis.console.views.errors.stale"

_mail = mail.parse(environment.read("STAMMIS_MAIL_URL"))
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.read("STAMMIS_MAIL_FROM", "stammis@localhost")

BACKTESTS_KEPT = environment.number("STAMMIS_BACKTESTS_KEPT", 50)
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
LOGGING_CONFIG = None
