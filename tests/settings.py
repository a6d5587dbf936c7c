"""The product's settings, with what tests need changed and nothing else."""

import os

# A database URL makes a production site, served by https; the test client speaks http.
for _name, _value in {
    "SECRET_KEY": "tests-only-" + "k" * 50,
    "HTTPS": "0",
    "HASHED_STATIC": "0",
    "JSON_LOGS": "0",
    # How good the model is has tests of its own: elsewhere a night looks back from one day.
    "RISK_BACKTEST_ORIGINS": "1",
}.items():
    os.environ.setdefault(_name, _value)

from accounts_crm.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Counted in memory on both databases, and forgotten between tests (see conftest).
THROTTLE_CACHE = "counts"
CACHES["counts"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
# Else each client of a test looks through all static files anew, for 0.1 s.
WHITENOISE_USE_FINDERS = False
