"""All settings, driven by the environment; without any, Keel runs embedded (SQLite, no broker)."""

from pathlib import Path

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Everything that a running instance writes on its own disk stands below this folder.
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])


def _secret_key() -> str:
    """Return SECRET_KEY, or one made once and kept in VAR_DIR for the embedded mode."""
    if key := env("SECRET_KEY", default=""):
        return key
    if env("DATABASE_URL", default=""):
        raise ImproperlyConfigured("Set SECRET_KEY: it is made up only for the embedded mode.")
    path = VAR_DIR / "secret_key"
    try:
        with path.open("x") as file:
            from django.core.management.utils import get_random_secret_key

            file.write(get_random_secret_key())
        path.chmod(0o600)
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = _secret_key()

# --- Keel's own settings --------------------------------------------------------------------
REPORTING_CURRENCY = env("REPORTING_CURRENCY", default="CNY").upper()
BUSINESS_TIME_ZONE = env("BUSINESS_TIME_ZONE", default="Asia/Shanghai")
RANKING_WINDOW_MONTHS = env.int("RANKING_WINDOW_MONTHS", default=12)
if RANKING_WINDOW_MONTHS not in (3, 6, 12, 24):
    raise ImproperlyConfigured("RANKING_WINDOW_MONTHS is 3, 6, 12 or 24.")
MOVEMENT_DAYS = env.int("MOVEMENT_DAYS", default=28)
RISK_HORIZON_DAYS = 90
RISK_WATCH_FROM = env.int("RISK_WATCH_FROM", default=40)
RISK_HIGH_FROM = env.int("RISK_HIGH_FROM", default=70)
RISK_REARM_BELOW = env.int("RISK_REARM_BELOW", default=65)
RISK_BACKTEST_ORIGINS = env.int("RISK_BACKTEST_ORIGINS", default=4)  # days a night looks back from
RISK_BACKTEST_DRAWS = env.int("RISK_BACKTEST_DRAWS", default=100)  # for its intervals
# Accounts that one worker scores at a time; fewer are not worth the asking.
RISK_PART_ACCOUNTS = env.int("RISK_PART_ACCOUNTS", default=5000)
RISK_FIRST_RUN_FLAGS = env.int("RISK_FIRST_RUN_FLAGS", default=20)
# A flag that nobody answers within so many days goes to the director.
FLAG_ANSWER_DAYS = env.int("FLAG_ANSWER_DAYS", default=7)
FLAG_SNOOZE_DAYS = env.int("FLAG_SNOOZE_DAYS", default=30)  # at most
# So many flags ask one manager for an answer in 7 days; the rest is summed up and waits.
FLAGS_A_WEEK = env.int("FLAGS_A_WEEK", default=5)
# What a contact weighs, in points, on the page of the tiers; an older one than EFFORT_RECENT_DAYS
# half. An account is over-served from EFFORT_FACTOR times its share of the value, and neglected the
# other way round.
EFFORT_POINTS = (
    {"visit": 4, "meeting": 4, "event": 4, "call": 2, "video": 2}
    | {"email": 1, "message": 1}
    | env.dict("EFFORT_POINTS", cast={"value": int}, default={})
)
EFFORT_RECENT_DAYS = env.int("EFFORT_RECENT_DAYS", default=90)
EFFORT_DAYS = env.int("EFFORT_DAYS", default=180)
EFFORT_FACTOR = env.int("EFFORT_FACTOR", default=3)
# With what the model of the pay mix begins: a year, in units of the reporting currency.
PAY_PER_MANAGER = env.int("PAY_PER_MANAGER", default=300_000)
# Winning a new customer costs so many times what keeping one costs.
WINNING_COSTS_TIMES = env.int("WINNING_COSTS_TIMES", default=5)
ACTIVE_DAYS = env.int("ACTIVE_DAYS", default=365)
RUN_KEEP_NIGHTS = env.int("RUN_KEEP_NIGHTS", default=90)
RUN_KEEP_EVIDENCE_NIGHTS = env.int("RUN_KEEP_EVIDENCE_NIGHTS", default=14)
RUN_HEARTBEAT_SECONDS = env.float("RUN_HEARTBEAT_SECONDS", default=10)
RUN_STALE_SECONDS = env.float("RUN_STALE_SECONDS", default=60)
RUN_MISSED_DATES = env.int("RUN_MISSED_DATES", default=7)
# Instead of 02:00: a run every so many seconds, for tests of the whole chain.
NIGHTLY_EVERY_SECONDS = env.float("NIGHTLY_EVERY_SECONDS", default=0)
RELAY_SECONDS = env.float("RELAY_SECONDS", default=5)

# --- Apps -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "chartkick.django",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "customers",
    "teams",
    "lifecycle",
    "churn",
    "accounts_crm",
]
AUTH_USER_MODEL = "teams.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "accounts_crm.urls"
WSGI_APPLICATION = "accounts_crm.wsgi.application"
SITE_NAME = "Keel"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A list of accounts is a tenth so large; random padding keeps BREACH from measuring it.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts_crm.fragments.LoginRedirectMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts_crm.fragments.ToastMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts_crm.middleware.PersonMiddleware",
]

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
                "accounts_crm.shell.shell",
            ],
            "builtins": [
                "customers.templatetags.keel",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]
FORM_RENDERER = "customers.forms.FormRenderer"

# --- Database -------------------------------------------------------------------------------
_database_url = env("DATABASE_URL", default="")
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'keel.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file: in memory, tests would prove nothing about locks.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A worker that freezes inside a write is let go when its run counts as stale.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        f"-c idle_in_transaction_session_timeout={max(1, round(RUN_STALE_SECONDS))}s"
        " -c lock_timeout=20s"
    )

# --- Broker, cache --------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": env("CACHE_URL", default=REDIS_URL),
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "keel_cache",
            # By default 300: a stranger could push out the counters of failed log-ins.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }
# Where API calls are counted. Embedded there is one process, and reading should write nothing.
THROTTLE_CACHE = "default"
if not REDIS_URL and not _database_url:
    THROTTLE_CACHE = "counts"
    CACHES["counts"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}

# --- People ---------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "teams.backends.ByUserName",
    "teams.backends.ByEmail",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my-day"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts_crm.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None  # the form asks
ACCOUNT_FORMS = {"login": "accounts_crm.login.LoginForm"}
ACCOUNT_USER_DISPLAY = "accounts_crm.login.display_name"
SOCIALACCOUNT_ONLY = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Keel"
# The proxies in front of us; allauth and DRF count attempts by the client address behind them.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
# Where people reach the site: the links in an e-mail begin with it.
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
# At this hour of a person's morning the digest is sent.
DIGEST_HOUR = env.int("DIGEST_HOUR", default=7)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="keel@localhost")

# --- Language and time ----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = BUSINESS_TIME_ZONE

# --- Static files ---------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a folder that collectstatic has yet to fill
STATICFILES_DIRS = [BASE_DIR / "static"]
# Names with a content hash only where collectstatic has run: production says so.
HASHED_STATIC = env.bool("HASHED_STATIC", default=bool(_database_url) and not DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "accounts_crm.static_files.HashedStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = not HASHED_STATIC

# --- Safety ---------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # data: for allauth's TOTP picture and the API documentation's icons.
        "img-src": ["'self'", "data:"],
        "worker-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "accounts_crm.errors.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# A site with its own database URL is a production site, served by https behind a proxy.
HTTPS = env.bool("HTTPS", default=bool(_database_url) and not DEBUG)
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
# A file of order lines arrives by command, not by form; forms and API bodies stay small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- API ------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "teams.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["teams.rest.WithinScopes"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "accounts_crm.api.schema.Schema",
    # Strangers: calls without a token that we know, from one address.
    "DEFAULT_THROTTLE_RATES": {
        "person": env("API_RATE", default="1200/min"),
        "stranger": env("API_STRANGER_RATE", default="60/min"),
    },
    "EXCEPTION_HANDLER": "customers.rest.errors.answer_error",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
KNOX_TOKEN_MODEL = "teams.ApiToken"
# Its migrations would make the table of the token model that ours replaces.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "Keel API",
    "DESCRIPTION": "Key accounts, their people, contacts, value ranking and churn risk.",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,
    # Fields of one name with different choices.
    "ENUM_NAME_OVERRIDES": {
        "StepState": "customers.models.NextStep.State",
        "FlagState": "churn.models.Flag.State",
        "FlagAnswer": "churn.api.ANSWERS",
        "InteractionKind": "customers.models.Interaction.Kind",
        "FlagKind": "churn.models.Flag.Kind",
        "FlagOutcome": "churn.models.Flag.Outcome",
        "BackTestOutcome": "churn.models.BackTest.Outcome",
        "DefectionType": "churn.models.DefectionType",
        "Stage": "customers.models.Stage",
        "Cause": "lifecycle.stages.Cause",
        "CompetenceItem": "teams.models.Competence.Item",
        "HandoverItem": "teams.models.HandoverTick.Item",
        "Tier": "customers.models.Tier",
        "TierRequestState": "lifecycle.models.TierRequest.State",
        "TierAnswer": "lifecycle.tier_api.ANSWERS",
        "Complexity": "customers.models.Account.Complexity",
        "Function": "customers.models.Function",
        "ContactLevel": "customers.models.Contact.Level",
    },
}

# --- Celery ---------------------------------------------------------------------------------
CELERY_TIMEZONE = BUSINESS_TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_ANNOTATIONS = {"*": {"max_retries": 3, "default_retry_delay": 10}}
CELERY_TASK_TIME_LIMIT = 3000
CELERY_TASK_SOFT_TIME_LIMIT = 2900
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, int | str]
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    }
    CELERY_VISIBILITY_TIMEOUT = 3600
else:
    CELERY_BROKER_URL = "filesystem://"
    _mail = VAR_DIR / "celery"
    for _box in ("messages", "control"):
        (_mail / _box).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_mail / "messages"),
        "data_folder_out": str(_mail / "messages"),
        "control_folder": str(_mail / "control"),
    }

# --- Logs -----------------------------------------------------------------------------------
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
        },
        "plain": {"format": "%(levelname)s %(name)s %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env.bool("JSON_LOGS", default=bool(_database_url)) else "plain",
        }
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
}
